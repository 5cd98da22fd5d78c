import { carriedText } from './carried.ts'

const texts = new Map<string, Promise<string>>()

/** The text of a worker's script, fetched once; one that could not be had is asked for again. */
export function scriptText(script: URL): Promise<string> {
  const address = script.href
  const text = texts.get(address) ?? fetchText(address)
  texts.set(address, text)
  text.catch(() => texts.delete(address))
  return text
}

async function fetchText(address: string): Promise<string> {
  const carried = carriedText(address)
  if (carried !== null) return carried
  const response = await fetch(address)
  if (!response.ok) throw new Error(`A worker's script was answered with ${response.status}.`)
  return response.text()
}
