import { expect, test } from 'vitest'
import { lattice } from '../../protocol/lattice/scheme.ts'
import type { Layout } from '../../protocol/scheme.ts'
import type { Head } from '../../protocol/scoring.ts'
import { integerPredictor } from '../../protocol/scoring.ts'
import { predictorsUnder, type WideModel, wideModel, wideRecords } from './models.ts'
import { draws } from './support.ts'

/** Models of every width at full size: what is opened is what the plain model says, to the last digit, or there is no set. */

test.each([
  [20, 1, 1],
  [20, 40, 3],
  [28, 5, 100],
  [33, 8, 20],
  [46, 22, 10],
  [60, 300, 2],
  [80, 120, 1],
  [110, 30, 2],
  [120, 22, 2],
  [64, 2000, 1],
] as const)('slots of %i bits, %i inputs, %i heads', (slotBits, inputs, heads) => {
  const model = wideModel(slotBits, inputs, heads)
  const sets = lattice.setsFor(model.shape)
  if (slotBits < 73) expect(sets.length).toBeGreaterThan(0)
  for (const set of sets) {
    const { slots } = lattice.layout(set, model.shape) as Layout
    const [records, capacity] = [2 * slots + 1, 3 * slots]
    const integers = wideRecords(model, records, capacity, slotBits)
    predictorsUnder(set, model, integers, records, capacity).forEach((read, h) => {
      expect(Array.from(read)).toEqual(exactly(model, h, integers, records, capacity))
    })
  }
})

/** SLOW=1 compares ten million scores; every time it is a few of as many kinds of models. */
const wanted = (process.env.SLOW ?? '') === '' ? 30_000 : 10_000_000

test(`${wanted.toLocaleString('en-US')} scores of models drawn from 20 to 120 bits, 1 to 2,000 inputs and 1 to 100 heads: none is wrong`, () => {
  const draw = draws(wanted)
  // Of any size between its ends one is as likely as another of double the size.
  const between = (least: number, most: number): number =>
    Math.min(most, Math.floor(least * (most / least) ** (draw(1000) / 999)))
  let [compared, wrong] = [0, 0]
  while (compared < wanted) {
    const [slotBits, inputs, heads] = [20 + draw(101), between(1, 2000), between(1, 100)]
    const model = wideModel(slotBits, inputs, heads)
    const sets = lattice.setsFor(model.shape)
    const set = sets[draw(Math.max(1, sets.length))]
    if (set === undefined) continue
    const { slots, mostRecords } = lattice.layout(set, model.shape) as Layout
    // A predictor of more than 53 bits is computed in BigInt, so there are fewer of them.
    const most = Math.floor((slotBits > 53 ? 2e6 : wanted) / (inputs * heads))
    const records = Math.max(1, Math.min(mostRecords, most, Math.ceil((wanted - compared) / heads)))
    const capacity = Math.ceil(records / slots) * slots
    const integers = wideRecords(model, records, capacity, compared)
    const exact = slotBits > 53 ? exactly : inDoubles
    predictorsUnder(set, model, integers, records, capacity).forEach((read, h) => {
      const right = exact(model, h, integers, records, capacity)
      for (let r = 0; r < records; r++) if (read[r] !== right[r]) wrong += 1
    })
    compared += records * heads
  }
  expect(wrong).toBe(0)
}, 7_200_000)

function exactly({ heads, maxima }: WideModel, h: number, integers: Float64Array, records: number, capacity: number) {
  return Array.from({ length: records }, (_, r) => {
    const x = maxima.map((_, j) => integers[j * capacity + r] as number)
    return Number(integerPredictor(heads[h] as Head, x))
  })
}

/** The same where no sum of products reaches 2^53. */
function inDoubles({ heads, maxima }: WideModel, h: number, integers: Float64Array, records: number, capacity: number) {
  const { weights, constant } = heads[h] as Head
  const sums = new Float64Array(records).fill(Number(constant))
  maxima.forEach((max, j) => {
    // Its weight may be as large as it likes, and its values are all zero.
    if (max === 0) return
    const weight = weights[j] as number
    for (let r = 0; r < records; r++) sums[r] = (sums[r] as number) + weight * (integers[j * capacity + r] as number)
  })
  return sums
}
