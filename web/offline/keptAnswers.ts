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

async function keep(address: string, response: Response): Promise<void> {
  await (await caches.open(kept)).put(address, response)
}

async function recall(address: string): Promise<Response | undefined> {
  try {
    return await (await caches.open(kept)).match(address)
  } catch {
    // A browser that keeps nothing.
    return undefined
  }
}
