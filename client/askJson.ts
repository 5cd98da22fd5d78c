import type { ScoringServer } from './server.ts'

/** Bytes of an answer in JSON, at most. */
export const mostJsonBytes = 1024 * 1024

/** What a request says, and the headers that say whose it is about. */
interface Said {
  readonly json?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** What a server answers in JSON, as yet unknown; null for what is none. Throws as `ScoringServer.exchange` does. */
export async function askJson(
  server: ScoringServer,
  method: string,
  path: string,
  { json, headers, signal }: Said,
): Promise<unknown> {
  const bytes = await server.exchange(method, path, {
    ...(json !== undefined && { body: new TextEncoder().encode(JSON.stringify(json)), type: 'application/json' }),
    ...(headers && { headers }),
    accept: 'application/json',
    most: mostJsonBytes,
    signal,
  })
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
