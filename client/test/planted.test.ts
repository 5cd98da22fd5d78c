import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { knownRecords } from '../../core/card/knownRecords.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { shippedCard } from '../../web/session/test/partners.ts'
import type { EncodedBlock } from '../block.ts'
import { catchRate, Planter, reservedSlots } from '../planted.ts'

const { shipped, card } = shippedCard('salary')
const unverified: Card = { ...card, verification: [] }
const inputs = card.inputs.length
const blockRecords = 51
const seed = (byte: number) => new Uint8Array(32).fill(byte)

/** A block of random records. */
function blockOf(records: number, capacity = records): EncodedBlock {
  const integers = new Float64Array(inputs * capacity)
  for (let j = 0; j < inputs; j++) {
    for (let r = 0; r < records; r++) integers[j * capacity + r] = (r * 31 + j * 17) % ((card.inputs[j]?.max ?? 0) + 1)
  }
  return { integers, capacity, records, at: 0, rows: new Uint32Array(capacity) }
}

/** What an honest server's answer to a block opens to, by the plaintext model. */
function honest({ integers, capacity, records }: EncodedBlock): Float64Array {
  const predictors = Array.from({ length: records }, (_, r) =>
    plainPredictors(
      shipped.model,
      Float64Array.from({ length: inputs }, (_, j) => integers[j * capacity + r] as number),
    ),
  )
  return Float64Array.from(predictors.flat())
}

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (thrown) {
    return (thrown as { code: string }).code
  }
  return 'no error'
}

describe.each([
  ['the card’s verification records', card],
  ['copies and mixtures of the chunk’s own', unverified],
])('planted records that are %s', (_, of) => {
  const planter = new Planter(of, { apart: true, blockRecords }, knownRecords(of))

  it('leave the run’s own records and predictors as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), fc.nat(200), fc.nat(255), async (records, chunk, byte) => {
        const block = blockOf(records, records + (byte % 7))
        const planted = await planter.plant(seed(byte), chunk, block)
        const own = planted.read(honest(planted.block))
        expect([...own]).toEqual([...honest(block)])
        expect(planted.block.records).toBe(records + planted.places.length)
        expect(planted.block.capacity % blockRecords).toBe(0)
      }),
    )
  })

  it('are in every chunk whose last block has room, one in 64, and never cost a block', async () => {
    for (let records = 1; records <= 300; records++) {
      const { places, block } = await planter.plant(seed(1), 0, blockOf(records))
      const room = (blockRecords - (records % blockRecords)) % blockRecords
      expect(places.length).toBe(Math.min(room, Math.max(1, Math.round(records / 64))))
      expect(Math.ceil(block.records / blockRecords)).toBe(Math.ceil(records / blockRecords))
    }
  })

  it('stand in places that only the seed and the chunk’s number tell', async () => {
    const places = async (byte: number, chunk: number) =>
      (await planter.plant(seed(byte), chunk, blockOf(402))).places.join()
    expect(await places(1, 0)).toBe(await places(1, 0))
    const all = await Promise.all([places(1, 0), places(1, 1), places(2, 0), places(3, 0)])
    expect(new Set(all).size).toBe(4)
  })

  it('stand anywhere: every place of a block has one sooner or later', async () => {
    const seen = new Set<number>()
    for (let chunk = 0; chunk < 600; chunk++) {
      for (const place of (await planter.plant(seed(9), chunk, blockOf(50))).places) seen.add(place)
    }
    expect(seen.size).toBe(51)
  })

  it('notice an answer in which one of them is off, however little', async () => {
    const planted = await planter.plant(seed(5), 3, blockOf(402))
    for (const place of planted.places) {
      const off = honest(planted.block)
      off[place] = (off[place] as number) + 2 * card.tolerance
      expect(codeOf(() => planted.read(off))).toBe('result/integrity')
    }
  })

  it('notice a server that answers each slot by a rule of its own', async () => {
    const planted = await planter.plant(seed(6), 0, blockOf(402))
    const uneven = honest(planted.block).map((value, r) => value + r / 8)
    expect(codeOf(() => planted.read(uneven))).toBe('result/integrity')
  })
})

describe('verification records', () => {
  it('notice another model, which no record of one’s own could', async () => {
    const planted = await new Planter(card, { apart: true, blockRecords }, knownRecords(card)).plant(
      seed(7),
      0,
      blockOf(100),
    )
    const other = honest(planted.block).map((value) => 1.01 * value + 0.5)
    expect(codeOf(() => planted.read(other))).toBe('result/integrity')
  })

  it('notice a server that answers with an input instead of the score', async () => {
    const planted = await new Planter(card, { apart: true, blockRecords }, knownRecords(card)).plant(
      seed(8),
      0,
      blockOf(100),
    )
    const raw = honest(planted.block).map((_, r) => ((planted.block.integers[r] as number) - 7) / 2 ** card.scaleBits)
    expect(codeOf(() => planted.read(raw))).toBe('result/integrity')
  })
})

it('a card’s records without anything that comes out are not planted', async () => {
  const silent = { ...card, verification: card.verification.map(({ record }) => ({ record })) }
  expect(new Planter(silent, { apart: true, blockRecords }, knownRecords(silent)).kind).toBe('consistency')
  expect(new Planter(card, { apart: true, blockRecords }, knownRecords(card)).kind).toBe('verification')
})

describe('slots reserved in a chunk', () => {
  it('are one to three in a hundred, or none where one would be more', () => {
    for (let slots = 1; slots < 9000; slots++) {
      const share = reservedSlots(slots) / slots
      expect(share === 0 ? slots < 32 : share >= 0.01 && share <= 1 / 32).toBe(true)
    }
  })
})

describe('the rate of being caught', () => {
  it('is that of drawing without putting back', () => {
    expect(catchRate(1, 51, 51)).toBe(1)
    expect(catchRate(1, 50, 5)).toBeCloseTo(0.1, 12)
    expect(catchRate(2, 4, 2)).toBeCloseTo(1 - 1 / 6, 12)
    expect(catchRate(0, 51, 51)).toBe(0)
  })

  it('is how often it happens', async () => {
    const planter = new Planter(card, { apart: true, blockRecords }, knownRecords(card))
    let [caught, expected] = [0, 0]
    for (let chunk = 0; chunk < 400; chunk++) {
      const planted = await planter.plant(seed(11), chunk, blockOf(150))
      const wrong = honest(planted.block).map((value, r) => (r % 8 === 0 ? value + 1 : value))
      caught += codeOf(() => planted.read(wrong)) === 'result/integrity' ? 1 : 0
      expected += catchRate(planted.places.length, planted.block.records, Math.ceil(planted.block.records / 8))
    }
    // Within six standard deviations of 400 draws.
    expect(Math.abs(caught - expected)).toBeLessThan(6 * Math.sqrt(400 / 4))
  })
})
