import { errorOf } from '../../rpc/faults.ts'
import { carriedText } from './carried.ts'

const texts = new Map<string, Promise<string>>()

/** The text of a worker's script, fetched once; one that could not be had is asked for again. */
export function scriptText(script: URL): Promise<string> {
  const address = script.href
  const text = texts.get(address) ?? fetchWhole(address)
  texts.set(address, text)
  text.catch(() => texts.delete(address))
  return text
}

/** The first line of a file that others belong before: `tools/demo/workerParts.mjs` writes it. */
const partsLine = /^\/\/parts (.+)\n/

/** A worker's whole text: what it has in common with others is in files of its own. */
async function fetchWhole(address: string): Promise<string> {
  const own = await fetchText(address)
  const names = partsLine.exec(own)?.[1]?.split(' ') ?? []
  const parts = await Promise.all(names.map((name) => scriptText(new URL(name, address))))
  return parts.join('') + own
}

async function fetchText(address: string): Promise<string> {
  const carried = carriedText(address)
  if (carried !== null) return carried
  const response = await fetch(address)
  // A host that was renewed no longer has the scripts of this page; some give their page in the place of every file.
  const isPage = /^text\/html\b/i.test(response.headers.get('content-type') ?? '')
  if (response.status === 404 || response.status === 410 || (response.ok && isPage)) {
    throw errorOf('run/out-of-date', 'scriptGone')
  }
  if (!response.ok) throw new Error(`A worker's script was answered with ${response.status}.`)
  return response.text()
}
