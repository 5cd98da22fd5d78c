import type { Fetch } from '../../client/server.ts'

/** Where the models and cards of the last visit are kept: what the server tells anybody, never what was sent to it. */
const kept = 'blindscore answers'
const publicPath = /\/v1\/models(\/[^/?]+)?$/

/** Whether some of what the page shows is from an earlier visit. */
let fromEarlier = false
const listeners = new Set<() => void>()

export function isFromEarlier(): boolean {
  return fromEarlier
}

export function onFromEarlier(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Asks the network, and where this device has none, what it answered at the last visit to the same question, if that is
 * about models: so that a file can be read and checked before there is a network to send it over.
 */
export const fetchOrRecall: Fetch = async (address, init) => {
  const isPublic = (init.method ?? 'GET') === 'GET' && publicPath.test(new URL(address).pathname)
  if (!isPublic) return fetch(address, init)
  try {
    const response = await fetch(address, init)
    if (response.ok) void keep(address, response.clone()).catch(() => {})
    return response
  } catch (error) {
    const found = navigator.onLine ? undefined : await recall(address)
    if (found === undefined) throw error
    fromEarlier = true
    for (const listener of listeners) listener()
    return found
  }
}

/** The models and cards of a server are far smaller; a longer answer is not kept. */
const mostBytes = 2 ** 21

async function keep(address: string, { body, headers }: Response): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  const reader = body?.getReader()
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    length += read.value.length
    if (length > mostBytes) return reader?.cancel()
    parts.push(read.value)
  }
  const type = headers.get('content-type') ?? ''
  await (await caches.open(kept)).put(address, new Response(new Blob(parts), { headers: { 'Content-Type': type } }))
}

async function recall(address: string): Promise<Response | undefined> {
  try {
    return await (await caches.open(kept)).match(address)
  } catch {
    // A browser that keeps nothing.
    return undefined
  }
}
