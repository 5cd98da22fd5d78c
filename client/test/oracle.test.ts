import { describe, expect, it } from 'vitest'
import { fromBytes, toBytes } from '../../core/number/bytes.ts'
import { slotsPerCiphertext } from '../../core/protocol/paillier/layout.ts'
import { decodeChunk } from '../../core/protocol/wire.ts'
import { codeOf, FakeServer, key, shippedCard, workersOf } from '../../web/session/test/partners.ts'
import type { EncodedBlock } from '../block.ts'
import { RunControl } from '../control.ts'
import { scoreBlocks } from '../score.ts'
import { sealersOf } from '../sealerPool.ts'

/**
 * A server that answers one chunk with something that is 0 exactly where its guess of one cell is right, which the client
 * refuses. What such a server sees must not tell it whether that happened.
 */

const { shipped, card } = shippedCard('salary')
const slots = slotsPerCiphertext(card.slotBits, 2048)
const guessed = { chunk: 2, record: 7, input: 0 }
const records = 700

/** The integer of every record in the input that the server guesses at. */
const cell = (record: number, input: number): number => (record * 13 + input * 5) % ((card.inputs[input]?.max ?? 0) + 1)

/** What a server notes of a run: every request's chunk, size and outcome. */
async function seenBy(server: FakeServer): Promise<{ seen: unknown; code: string }> {
  let next = 0
  const code = await codeOf(
    scoreBlocks(
      {
        server: server.asServer,
        limits: { recordsPerChunk: slots, bodyBytes: 1024 * 1024 },
        card,
        key,
        sealers: sealersOf((await workersOf(2)).sealers),
        blocks: (capacity) => ({ next: async () => (next < records ? blockAt(capacity) : null) }),
        records,
      },
      { control: new RunControl(), onProgress: () => {}, onStuck: () => {}, onOpened: () => {} },
      new AbortController().signal,
    ),
  )
  function blockAt(capacity: number): EncodedBlock {
    const at = next
    const count = Math.min(capacity, records - at)
    next += count
    const integers = new Float64Array(card.inputs.length * capacity)
    for (let j = 0; j < card.inputs.length; j++) {
      for (let r = 0; r < count; r++) integers[j * capacity + r] = cell(at + r, j)
    }
    return { integers, capacity, records: count, at, rows: new Uint32Array(capacity) }
  }
  // Lanes overtake one another, in any run.
  const requests = server.bodies
    .map((body) => ({ chunk: decodeChunk(body).chunk, bytes: body.length }))
    .sort((a, b) => a.chunk - b.chunk)
  return { seen: { requests, registered: server.registered, aborted: server.aborted }, code }
}

/** Answers one chunk with a cell of each record less a guess: alone, or with the guessed slot put into an honest answer. */
function guessing(guess: (cell: bigint) => bigint, alone: boolean): FakeServer {
  const server: FakeServer = new FakeServer(shipped.model, (chunk) => {
    if (chunk.chunk !== guessed.chunk) return null
    const width = BigInt(card.slotBits)
    const at = width * BigInt(guessed.record)
    return server.tampered(chunk, ({ ciphertexts }) => {
      const input = chunk.ciphertexts.subarray(512 * guessed.input, 512 * (guessed.input + 1))
      const x = (fromBytes(input) >> at) & ((1n << width) - 1n)
      const honest = fromBytes(ciphertexts)
      const slot = (honest >> at) & ((1n << width) - 1n)
      const rest = alone ? fromBytes(input) + (1n << (width * BigInt(slots - 1))) : honest
      const own = alone ? x : slot
      return { ciphertexts: toBytes(rest + ((guess(x) - own) << at), 512) }
    })
  })
  return server
}

describe.each([
  ['in an otherwise honest answer', false],
  ['in an answer that is a cell throughout', true],
])('a server that guesses at a cell %s', (_, alone) => {
  it('sees the same in 20 runs in which it is right and in 20 in which it is wrong', async () => {
    const honest = await seenBy(new FakeServer(shipped.model))
    expect(honest.code).toBe('no error')
    for (let i = 0; i < 20; i++) {
      const right = await seenBy(guessing(() => 0n, alone))
      const wrong = await seenBy(guessing((x) => x + 1n, alone))
      expect(right.code).toBe('result/integrity')
      expect([right.seen, wrong.seen]).toEqual([honest.seen, honest.seen])
    }
  })
})
