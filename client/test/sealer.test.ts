import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fromHex } from '../../core/number/bytes.ts'
import type { OwnerArithmetic } from '../../core/private/paillier/arithmetic.ts'
import { paillierOwner } from '../../core/private/paillier/owner.ts'
import { ownerReference } from '../../core/private/paillier/reference.ts'
import { slotsPerCiphertext } from '../../core/protocol/paillier/layout.ts'
import { decodeChunk, encodeChunk } from '../../core/protocol/wire.ts'
import { noop } from '../../core/test/noop.ts'
import { noopPair, scoreChunk } from '../../core/test/path.ts'
import { patience } from '../../core/test/patience.ts'
import { secureRandom } from '../../core/test/sources.ts'
import { allBlocks } from '../../reader/test/blocks.ts'
import { card, errorOf, eta, fileOf, model, planFor } from '../../reader/test/files.ts'
import type { RunHeader } from '../block.ts'
import type { KeyMessage } from '../owner/keyMessage.ts'
import { Sealer } from '../owner/sealer.ts'
import { fingerprint, keyMessage } from './key.ts'

const header: RunHeader = { card, fingerprint, run: new Uint8Array(16).fill(7) }
const slots = slotsPerCiphertext(card.slotBits, 2048)
const answerTo = (body: Uint8Array) => scoreChunk(model, body, noopPair)
const sealerOf = (arithmetic: OwnerArithmetic = noop) =>
  new Sealer(Promise.resolve([paillierOwner(arithmetic)]), secureRandom)

let channel: MessageChannel
const tell = (message: KeyMessage) => channel.port1.postMessage(message)

async function sealerWithKey(arithmetic: OwnerArithmetic = noop): Promise<Sealer> {
  const sealer = sealerOf(arithmetic)
  sealer.connect(channel.port2)
  tell(keyMessage())
  await sealer.ready(fingerprint)
  return sealer
}

beforeEach(() => {
  channel = new MessageChannel()
})
afterEach(() => {
  vi.useRealTimers()
  channel.port1.close()
})

const record = (i: number) => ({ a: (i * 37) % 100, b: (i % 21) - 10, c: ['x', 'y', 'other'][i % 3] as string })
const csv = (count: number) =>
  fileOf('a,b,c\n', Array.from({ length: count }, (_, i) => Object.values(record(i)).join(',')).join('\n'))

describe('sealing and opening', () => {
  it.each([1, slots - 1, slots, slots + 1, 2 * slots - 1, 2 * slots, 2 * slots + 1, 4 * slots])(
    'gives the plaintext model’s predictors for %i records and nothing for the padding',
    async (count) => {
      const sealer = await sealerWithKey()
      const predictors: number[] = []
      for (const { integers, capacity, records, at } of await allBlocks(csv(count), planFor(), 2 * slots)) {
        const chunk = at / capacity
        const { body, ciphertexts } = sealer.seal(header, { chunk, records, capacity, integers })
        expect(ciphertexts).toBe(Math.ceil(records / slots) * card.inputs.length)
        const sent = decodeChunk(body)
        expect([sent.chunk, sent.records]).toEqual([chunk, records])
        expect(sent.ciphertexts).toHaveLength(ciphertexts * 512)
        predictors.push(...sealer.open(header, chunk, records, answerTo(body)).predictors)
      }
      expect(predictors).toHaveLength(count)
      predictors.forEach((value, i) => {
        const { a, b, c } = record(i)
        expect(Math.abs(value - eta(a, b, c))).toBeLessThanOrEqual(card.tolerance)
      })
    },
  )

  it('does the same with Paillier, with every ciphertext its own', async () => {
    const sealer = await sealerWithKey(ownerReference)
    const [block] = await allBlocks(csv(5), planFor(), slots)
    if (!block) throw new Error('no block')
    const task = { chunk: 0, records: 5, capacity: slots, integers: block.integers }
    const first = decodeChunk(sealer.seal(header, task).body)
    const second = decodeChunk(sealer.seal(header, task).body)
    const texts = [first, second].flatMap(({ ciphertexts }) =>
      Array.from({ length: 4 }, (_, i) => ciphertexts.subarray(512 * i, 512 * (i + 1)).join()),
    )
    expect(new Set(texts).size).toBe(8)
  })

  describe('an answer that must not be believed', () => {
    const count = slots + 2
    const sealAndAnswer = async () => {
      const sealer = await sealerWithKey()
      const [block] = await allBlocks(csv(count), planFor(), 2 * slots)
      if (!block) throw new Error('no block')
      const { body } = sealer.seal(header, { chunk: 3, records: count, capacity: 2 * slots, integers: block.integers })
      return { sealer, good: decodeChunk(answerTo(body)) }
    }

    it.each<[string, (good: ReturnType<typeof decodeChunk>) => Partial<ReturnType<typeof decodeChunk>>]>([
      ['for another chunk', () => ({ chunk: 4 })],
      ['for another run', () => ({ run: new Uint8Array(16) })],
      ['of another model', () => ({ card: new Uint8Array(32) })],
      ['under another key', () => ({ key: new Uint8Array(32) })],
      ['with fewer records', () => ({ records: count - 1 })],
      ['with more records', () => ({ records: count + 1 })],
      ['with a ciphertext missing', ({ ciphertexts }) => ({ ciphertexts: ciphertexts.slice(0, -512) })],
      [
        'with a ciphertext too many',
        ({ ciphertexts }) => ({ ciphertexts: new Uint8Array([...ciphertexts, ...ciphertexts.slice(-512)]) }),
      ],
      ['with a byte missing', ({ ciphertexts }) => ({ ciphertexts: ciphertexts.slice(0, -1) })],
    ])('%s is refused whole', async (_, change) => {
      const { sealer, good } = await sealAndAnswer()
      const answer = encodeChunk({ ...good, ...change(good) })
      expect(() => sealer.open(header, 3, count, answer)).toThrow(expect.objectContaining({ code: 'result/shape' }))
      expect(sealer.open(header, 3, count, encodeChunk(good)).predictors).toHaveLength(count)
    })

    it.each([
      ['nothing', new Uint8Array()],
      ['text', new TextEncoder().encode('<html>502</html>')],
    ])('that is %s is refused', async (_, answer) => {
      const { sealer } = await sealAndAnswer()
      expect(() => sealer.open(header, 3, count, answer)).toThrow(expect.objectContaining({ code: 'result/shape' }))
    })

    it('of another version is refused as such', async () => {
      const { sealer, good } = await sealAndAnswer()
      const answer = encodeChunk(good)
      const v = answer.indexOf(0x76)
      // The member "v", a text of one letter, and its value after it.
      expect([answer[v - 1], answer[v + 1]]).toEqual([0x61, 1])
      answer[v + 1] = 2
      expect(() => sealer.open(header, 3, count, answer)).toThrow(expect.objectContaining({ code: 'run/out-of-date' }))
    })

    it.each([
      ['in a slot of the padding', 1, slots - 1],
      ['between two records of the padding', 1, 5],
    ])('differs %s', async (_, block, slot) => {
      const { sealer, good } = await sealAndAnswer()
      const bit = slot * card.slotBits
      const at = (block + 1) * 512 - 1 - (bit >> 3)
      good.ciphertexts[at] = (good.ciphertexts[at] as number) ^ (1 << (bit & 7))
      expect(() => sealer.open(header, 3, count, encodeChunk(good))).toThrow(
        expect.objectContaining({ code: 'result/integrity' }),
      )
    })

    it('has bits above the last slot', async () => {
      const { sealer, good } = await sealAndAnswer()
      const bit = slots * card.slotBits
      const at = 511 - (bit >> 3)
      good.ciphertexts[at] = (good.ciphertexts[at] as number) | (1 << (bit & 7))
      expect(() => sealer.open(header, 3, count, encodeChunk(good))).toThrow(
        expect.objectContaining({ code: 'result/integrity' }),
      )
    })

    it('has a ciphertext out of range', async () => {
      const { sealer, good } = await sealAndAnswer()
      good.ciphertexts.fill(0xff, 0, 512)
      expect(() => sealer.open(header, 3, count, encodeChunk(good))).toThrow(
        expect.objectContaining({ code: 'result/ciphertext' }),
      )
    })
  })
})

describe('a sealer without its key', () => {
  it('waits for the key it is asked to use, not for any', async () => {
    const sealer = sealerOf()
    sealer.connect(channel.port2)
    let ready = false
    const waiting = sealer.ready(fingerprint).then(() => {
      ready = true
    })
    tell({ ...keyMessage(), fingerprint: 'another' } as KeyMessage)
    await sealer.ready('another')
    expect(ready).toBe(false)
    tell(keyMessage())
    await waiting
  })

  it('says so when the key does not come', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const sealer = sealerOf()
    const error = errorOf(sealer.ready(fingerprint))
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await error).code).toBe('key/locked')
  })

  it('neither seals nor opens, before it came and after it was forgotten', async () => {
    const locked = expect.objectContaining({ code: 'key/locked' })
    const task = { chunk: 0, records: 1, capacity: slots, integers: new Float64Array(4 * slots) }
    expect(() => sealerOf().seal(header, task)).toThrow(locked)
    const sealer = await sealerWithKey()
    const { body } = sealer.seal(header, task)
    tell({ kind: 'forget', ofRun: null })
    await vi.waitFor(() => expect(() => sealer.seal(header, task)).toThrow(locked), patience)
    expect(() => sealer.open(header, 0, 1, answerTo(body))).toThrow(locked)
  })
})

it('every chunk states the card, key and run it belongs to', async () => {
  const sealer = await sealerWithKey()
  const task = { chunk: 9, records: 1, capacity: slots, integers: new Float64Array(4 * slots) }
  const { card: hash, key, run } = decodeChunk(sealer.seal(header, task).body)
  expect(hash).toEqual(fromHex(card.hash))
  expect(key).toEqual(fromHex(fingerprint))
  expect(run).toEqual(header.run)
})
