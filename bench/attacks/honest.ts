import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { asked, type Target } from './target.ts'

/** What the honest client saw: milliseconds of the requests that were answered well, and how many were not. */
export interface Seen {
  readonly ms: readonly number[]
  readonly failed: number
  /** Milliseconds that /healthz took meanwhile, which needs the event loop alone. */
  readonly healthMs: readonly number[]
}

/** By how much what a client waits for nineteen times in twenty is longer under a load than alone. */
export const p95Ratio = (under: Seen, alone: Seen): number => at(under.ms, 0.95) / at(alone.ms, 0.95)

/** The quantile of at least one number by the nearest rank; none has no quantile. */
export function at(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? Number.NaN
}

/** Sends a chunk of four blocks, again and again, for so long: at least one is waited for. */
export async function watch(target: Target, forMs: number): Promise<Seen> {
  const agent = new Agent({ keepAlive: true, localAddress: '127.0.0.1' })
  const [ms, healthMs]: [number[], number[]] = [[], []]
  let failed = 0
  const end = performance.now() + forMs
  const health = (async () => {
    while (performance.now() < end) {
      const took = await timed(agent, new URL('/healthz', target.url), 'GET')
      if (took !== null) healthMs.push(took)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  while (performance.now() < end) {
    const url = new URL(`/v1/models/${target.model}/scores`, target.url)
    const took = await timed(agent, url, 'POST', chunkOf(target), asked(target))
    if (took === null) failed++
    else ms.push(took)
  }
  await health
  agent.destroy()
  return { ms, failed, healthMs }
}

function chunkOf({ card, key, slots, inputs, width }: Target): Uint8Array {
  const blocks = 4
  const ciphertexts = randomBytes(blocks * inputs * width)
  for (let i = 0; i < ciphertexts.length; i += width) ciphertexts[i] = 0
  const run = randomBytes(16)
  return encodeChunk({ card, key: key.fingerprint, run, chunk: 0, records: blocks * slots, ciphertexts })
}

/** Milliseconds until the whole answer was there, or null when it was none or a refusal. */
function timed(
  agent: Agent,
  url: URL,
  method: string,
  body?: Uint8Array,
  more: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const started = performance.now()
  return new Promise((resolve) => {
    const headers = { ...more, ...(body && { 'Content-Type': 'application/cbor' }) }
    const asking = request(url, { method, agent, headers, timeout: 60_000 }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode === 200 ? performance.now() - started : null))
      answer.on('error', () => resolve(null))
    })
    asking.on('error', () => resolve(null))
    asking.on('timeout', () => asking.destroy())
    asking.end(body)
  })
}
