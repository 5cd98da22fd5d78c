import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { toHex } from '../../core/number/bytes.ts'
import type { Parameters } from '../../core/protocol/lattice/parameters.ts'
import { lattice } from '../../core/protocol/lattice/scheme.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../../core/protocol/wire.ts'
import { forge } from '../../core/test/lattice/support.ts'
import { shipped } from '../../core/test/shipped.ts'
import { type RunningServer, startServer } from '../../server/listen.ts'
import { type Connection, connect } from '../node.ts'
import { runSetFor } from '../schemeChoice.ts'
import { shortWaits } from './waits.ts'

/** What a server sees of whole runs under the lattice scheme, when answers get lost and when it forges them. */

const { model, rows } = shipped('salary')
const card = { ...model.card, hash: '00'.repeat(32) }
const limits = { recordsPerChunk: 1024, bodyBytes: 8 * 2 ** 20 }
const set = runSetFor({ card, limits, lanes: 4, records: 4000 })?.id ?? ''
const parameters: Parameters = lattice.parametersOf(parameterSet(set))
const records = Array.from({ length: 4000 }, (_, i) => rows[i % rows.length] as (typeof rows)[0])

let server: RunningServer
let connection: Connection
beforeAll(async () => {
  const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
  server = await startServer({ port: 0, page: null, threads: 1, workerFile, limits })
  connection = connect(server.url, {
    scheme: 'lattice',
    threads: 1,
    workerFile: new URL('../../dist/client/owner/sealerThread.js', import.meta.url),
  })
})
afterAll(async () => {
  await connection.close()
  await server.close()
})

interface Seen {
  readonly chunks: Chunk[]
  readonly bodies: string[]
  registered: number
}

/** Notes each request from here on, and gives in place of an answer what `instead` makes of it. */
function watch(instead: (asked: Chunk, answer: Response, times: number) => Promise<Response>): Seen {
  const seen: Seen = { chunks: [], bodies: [], registered: 0 }
  const honest = fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (address, request) => {
    const answer = await honest(address, request)
    if (request?.method === 'PUT') seen.registered += 1
    if (request?.method !== 'POST') return answer
    const body = request.body as Uint8Array
    const asked = decodeChunk(body)
    seen.chunks.push(asked)
    seen.bodies.push(toHex(body))
    return instead(asked, answer, seen.chunks.filter(({ chunk }) => chunk === asked.chunk).length)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  return seen
}

const seedOf = ({ ciphertexts }: Chunk): string => toHex(ciphertexts.subarray(0, 32))

describe('a run whose answers get lost', () => {
  test('sends the same bytes again, and seals nothing twice, whether it waits, pauses or is made anew', async () => {
    shortWaits()
    const lost = new TypeError('terminated')
    const stuck: string[] = []
    const seen = watch(async ({ chunk }, answer, times) => {
      // Chunk 1 comes the third time; of those after it none, until so many were lost in a row that the run paused.
      if ((chunk === 1 && times < 3) || (chunk > 1 && stuck.length === 0)) throw lost
      return answer
    })
    const onStuck = (error: Error): boolean => stuck.push(error.message) > 0
    const first = await connection.scoreAll('salary', records, { onStuck })
    const [times, bodies] = [new Map<number, number>(), new Map<number, Set<string>>()]
    seen.chunks.forEach(({ chunk }, i) => {
      times.set(chunk, (times.get(chunk) ?? 0) + 1)
      bodies.set(chunk, (bodies.get(chunk) ?? new Set()).add(seen.bodies[i] as string))
    })
    expect([times.get(1), stuck.length]).toEqual([3, 1])
    expect(times.get(2)).toBeGreaterThan(1)
    expect([...bodies.values()].map(({ size }) => size)).toEqual([...bodies].map(() => 1))
    const seeds = new Set(seen.chunks.map(seedOf))
    expect(seeds.size).toBe(bodies.size)

    // The same records again, one of them edited: nothing of the first run is there a second time.
    const edited = [{ ...records[0], age: '61' }, ...records.slice(1)] as typeof records
    const from = seen.chunks.length
    const again = await connection.scoreAll('salary', edited, { onStuck })
    expect(again[0]?.predictors).not.toEqual(first[0]?.predictors)
    expect(again.slice(1).map(({ predictors }) => predictors)).toEqual(
      first.slice(1).map(({ predictors }) => predictors),
    )
    const later = seen.chunks.slice(from)
    expect(later.filter((chunk) => seeds.has(seedOf(chunk)))).toEqual([])
    expect(new Set(seen.chunks.map(({ key }) => toHex(key))).size).toBe(2)
  })
})

describe('a server that forges an answer', () => {
  const forged = (change: (answer: Chunk) => Uint8Array<ArrayBuffer>) =>
    watch(async ({ chunk }, answer) => {
      if (chunk !== 1) return answer
      const told = decodeChunk(new Uint8Array(await answer.arrayBuffer()))
      return new Response(encodeChunk({ ...told, ciphertexts: change(told) }), {
        headers: { 'content-type': 'application/cbor' },
      })
    })
  /** All that it sees of a run besides what is sealed. Lanes overtake one another, in any run. */
  const seenOf = ({ chunks, bodies, registered }: Seen) => ({
    registered,
    requests: chunks
      .map(({ chunk }, i) => [chunk, bodies[i]?.length])
      .sort(([a = 0], [b = 0]) => Number(a) - Number(b)),
  })
  const run = () =>
    connection.scoreAll('salary', records).then(
      () => 'no error',
      ({ code }) => code,
    )

  test('sees the same requests as if it had been honest, and none of its answers is believed', async () => {
    const honest = forged(({ ciphertexts }) => Uint8Array.from(ciphertexts))
    expect(await run()).toBe('no error')
    vi.restoreAllMocks()
    const { slotBits } = parameters
    const ways: ((answer: Chunk) => Uint8Array<ArrayBuffer>)[] = [
      // The key printed into a slot, and A turned by a power of X.
      ({ ciphertexts }) => forge(ciphertexts, 0, 2n ** 16n, parameters),
      ({ ciphertexts }) => forge(ciphertexts, 200, 2n ** BigInt(16 + slotBits), parameters),
      ({ ciphertexts }) => Uint8Array.from(ciphertexts).copyWithin(33, 32, 32 + 1024),
    ]
    for (const way of ways) {
      const seen = forged(way)
      expect(await run()).toMatch(/^result\/(integrity|ciphertext)$/)
      expect(seenOf(seen)).toEqual(seenOf(honest))
      vi.restoreAllMocks()
    }
  })
})
