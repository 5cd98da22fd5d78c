import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../../client/server.ts'
import { encodeChunk } from '../../../core/protocol/wire.ts'
import { TrafficLog } from '../traffic.ts'

const body = (chunk: number, size = 100, run = 1) =>
  encodeChunk({
    card: new Uint8Array(32),
    key: new Uint8Array(32),
    run: new Uint8Array(16).fill(run),
    chunk,
    records: 3,
    ciphertexts: new Uint8Array(size).fill(chunk),
  })
const exchange = (bytes: Uint8Array | null, status = 200): Exchange => ({
  method: bytes ? 'POST' : 'GET',
  path: '/v1/models/m/scores',
  status,
  bytesUp: bytes?.length ?? 0,
  bytesDown: 7,
  at: 1_700_000_000_000,
  milliseconds: 12.3,
})

describe('what the server saw', () => {
  it('keeps the very bytes that were handed over, and knows the chunk that they are', () => {
    const evidence = new TrafficLog()
    evidence.note(exchange(null), null)
    const sent = body(5)
    evidence.note(exchange(sent), sent)
    const { seen } = evidence
    expect(seen.map(({ number, bodyHeld }) => [number, bodyHeld])).toEqual([
      [1, false],
      [2, true],
    ])
    expect(seen[1]?.chunk).toEqual({ number: 5, records: 3, run: '01'.repeat(16) })
    expect(evidence.body(2)).toBe(sent)
    expect(evidence.body(1)).toBeNull()
  })

  it('keeps a bounded number of bodies and of their bytes, the last ones', () => {
    const many = new TrafficLog()
    many.note(exchange(null), null)
    for (let c = 0; c < 50; c++) many.note(exchange(body(c)), body(c))
    let { seen } = many
    expect(seen.filter(({ bodyHeld }) => bodyHeld).map(({ chunk }) => chunk?.number)).toEqual(
      Array.from({ length: 20 }, (_, i) => 30 + i),
    )
    const large = new TrafficLog()
    for (let c = 0; c < 5; c++) large.note(exchange(null), body(c, 10))
    for (let c = 0; c < 5; c++) large.note(exchange(body(c, 1_500_000)), body(c, 1_500_000))
    seen = large.seen
    expect(seen.filter(({ bodyHeld }) => bodyHeld)).toHaveLength(2)
    const huge = body(1, 6_000_000)
    large.note(exchange(huge), huge)
    expect(large.seen.filter(({ bodyHeld }) => bodyHeld)).toHaveLength(1)
  })

  it('gives for each chunk of a run the digest of its body, tries that got no answer included', async () => {
    const evidence = new TrafficLog()
    evidence.note(exchange(body(9, 50, 7)), body(9, 50, 7))
    evidence.note(exchange(body(0), 0), body(0))
    evidence.note(exchange(body(0)), body(0))
    const { chunks, omitted } = await evidence.receipt('01'.repeat(16))
    expect(omitted).toBe(0)
    const sha256 = createHash('sha256').update(body(0)).digest('hex')
    expect(chunks).toEqual([
      expect.objectContaining({ chunk: 0, records: 3, status: 0, sha256 }),
      expect.objectContaining({ chunk: 0, status: 200, sentAt: '2023-11-14T22:13:20.000Z', sha256 }),
    ])
  })

  it('knows of an earlier run what was sent, also once another one was, and of none that was not', async () => {
    const evidence = new TrafficLog()
    for (const run of [7, 1, 7]) evidence.note(exchange(body(run, 50, run)), body(run, 50, run))
    const { chunks, omitted } = await evidence.receipt('07'.repeat(16))
    expect([chunks.map(({ chunk }) => chunk), omitted]).toEqual([[7, 7], 0])
    expect(await evidence.receipt('02'.repeat(16))).toEqual({ chunks: [], omitted: 0 })
  })

  it('lists so many chunks at most, and says how many it does not: those of the oldest run go first', async () => {
    const evidence = new TrafficLog(5)
    const send = (run: number, count: number) => {
      for (let c = 0; c < count; c++) evidence.note(exchange(body(c, 50, run)), body(c, 50, run))
    }
    const listed = async (run: number) => {
      const { chunks, omitted } = await evidence.receipt(`0${run}`.repeat(16))
      return [chunks.length, omitted]
    }
    send(1, 3)
    send(2, 2)
    expect([await listed(1), await listed(2)]).toEqual([
      [3, 0],
      [2, 0],
    ])
    send(2, 1)
    expect([await listed(1), await listed(2)]).toEqual([
      [0, 3],
      [3, 0],
    ])
    send(2, 4)
    expect([await listed(1), await listed(2)]).toEqual([
      [0, 3],
      [5, 2],
    ])
    send(3, 1)
    expect([await listed(2), await listed(3)]).toEqual([
      [0, 7],
      [1, 0],
    ])
  })

  it('takes what is no chunk for what it is', () => {
    const strange = new Uint8Array([1, 2, 3])
    const evidence = new TrafficLog()
    evidence.note(exchange(strange), strange)
    const [seen] = evidence.seen
    expect(seen).toMatchObject({ bodyHeld: false })
    expect(seen?.chunk).toBeUndefined()
  })
})
