import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { accuracyOf } from '../accuracy.ts'
import { shareInterval } from '../tenths.ts'
import { brierScore, confusionAt, discriminationOf } from '../validation.ts'

/** Against R (`fixtures/validation.R`): scores with ties, of events and of amounts. */

const r = JSON.parse(readFileSync(new URL('./fixtures/validation.json', import.meta.url), 'utf8'))
const scores = Float64Array.from(r.scores)
const events = Float64Array.from(r.events)
const amounts = Float64Array.from(r.amounts)
const near = (ours: number | null | undefined, theirs: number): void =>
  expect(Math.abs((ours ?? Number.NaN) - theirs)).toBeLessThan(1e-12 * (1 + Math.abs(theirs)))

describe('scores of events', () => {
  const found = discriminationOf(scores, events)

  test('have the AUC of every pair, and DeLong’s interval', () => {
    near(found.auc, r.auc)
    near(found.error, r.error)
    near(found.interval?.[0], r.auc - 1.959963984540054 * r.error)
    near(found.interval?.[1], r.auc + 1.959963984540054 * r.error)
  })

  test('have the same in any order, and 1 less it turned around', () => {
    const order = [...scores.keys()].sort((a, b) => ((a * 7919) % 499) - ((b * 7919) % 499))
    const shuffled = discriminationOf(
      scores.map((_, i) => scores[order[i] as number] as number),
      events.map((_, i) => events[order[i] as number] as number),
    )
    near(shuffled.auc, found.auc)
    expect(shuffled.lift.map(({ records }) => records)).toEqual(found.lift.map(({ records }) => records))
    near(
      discriminationOf(
        scores.map((score) => -score),
        events,
      ).auc,
      1 - found.auc,
    )
  })

  test('have a curve that rises from nothing to all, and tenths that hold every record and event', () => {
    expect(found.roc[0]).toEqual([0, 0])
    expect(found.roc.at(-1)).toEqual([1, 1])
    for (const [i, [x, y]] of found.roc.entries()) {
      const [left, below] = found.roc[i - 1] ?? [0, 0]
      expect(x >= left && y >= below).toBe(true)
    }
    expect(found.lift.reduce((sum, { records }) => sum + records, 0)).toBe(scores.length)
    near(
      found.lift.reduce((sum, { records, rate }) => sum + records * rate, 0),
      found.events,
    )
  })

  test('are counted at a threshold, which itself counts as above', () => {
    const counted = confusionAt(r.threshold, scores, events)
    expect([counted.trueNegatives, counted.falseNegatives, counted.falsePositives, counted.truePositives]).toEqual(
      r.confusion,
    )
    near(brierScore(scores, events), r.brier)
  })

  test('have R’s tenths, and the intervals of their shares', () => {
    for (const [g, { meanScore, rate, records }] of found.lift.entries()) {
      near(meanScore, r.tenths[3 * g])
      near(rate, r.tenths[3 * g + 1])
      expect(records).toBe(r.tenths[3 * g + 2])
      const interval = shareInterval(rate, records)
      near(interval[0], r.wilson[2 * g])
      near(interval[1], r.wilson[2 * g + 1])
    }
  })

  test('of which one alone is an event, or none, have no interval', () => {
    const ten = scores.subarray(0, 10)
    for (const flip of [0, 1]) {
      const single = discriminationOf(
        ten,
        ten.map((_, i) => (i === 3 ? 1 - flip : flip)),
      )
      expect(single.auc).toBeGreaterThan(0)
      expect([single.error, single.interval]).toEqual([null, null])
    }
  })

  test('of trials are those of as many records', () => {
    const [share, trials] = [Float64Array.of(1 / 3, 0.7, 0, 1), Float64Array.of(3, 10, 0, 2)]
    const of = Float64Array.of(0.1, 0.5, 0.3, 0.5)
    const each = [...of].flatMap((score, i) => {
      const [count, events] = [trials[i] as number, Math.round((share[i] as number) * (trials[i] as number))]
      return Array.from({ length: count }, (_, k) => [score, k < events ? 1 : 0] as const)
    })
    const [long, told] = [0, 1].map((k) => Float64Array.from(each, (pair) => pair[k] as number))
    const rows = [long, told] as [Float64Array, Float64Array]
    expect(discriminationOf(of, share, trials)).toEqual(discriminationOf(...rows))
    expect(confusionAt(0.4, of, share, trials)).toEqual(confusionAt(0.4, ...rows))
    near(brierScore(of, share, trials), brierScore(...rows))
  })

  test('of one kind alone tell nothing', () => {
    expect(() =>
      discriminationOf(
        scores,
        events.map(() => 1),
      ),
    ).toThrow(expect.objectContaining({ code: 'study/fit' }))
  })
})

test('scores of amounts have R’s figures', () => {
  const found = accuracyOf(scores, amounts)
  for (const member of ['r2', 'squaredCorrelation', 'rootMeanSquare', 'meanAbsolute', 'bias'] as const)
    near(found[member], r[member])
  for (const [i, ours] of found.quantiles.entries()) near(ours, r.quantiles[i])
  for (const [g, { meanScore, rate }] of found.tenths.entries()) {
    near(meanScore, r.amountTenths[3 * g])
    near(rate, r.amountTenths[3 * g + 1])
  }
  const residuals = amounts.map((amount, i) => amount - (scores[i] as number))
  const { from, to, counts } = found.spread
  expect([from, to]).toEqual([Math.min(...residuals), Math.max(...residuals)])
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500)
  expect(counts[0]).toBe(residuals.filter((x) => x < from + (to - from) / counts.length).length)
  // The mean of six times 0.1 is not 0.1 in doubles.
  for (const [same, count] of [[3, 500] as const, [0.1, 6] as const, [1e9 + 0.1, 99] as const]) {
    expect(() => accuracyOf(scores.subarray(0, count), new Float64Array(count).fill(same))).toThrow(
      expect.objectContaining({ code: 'study/fit' }),
    )
  }
})
