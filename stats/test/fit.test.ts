import { describe, expect, test } from 'vitest'
import type { DoubleDouble } from '../../core/number/doubleDouble.ts'
import { crossProducts } from '../exactSums.ts'
import { type CanonicalName, canonicalNames } from '../families.ts'
import { fitModel } from '../fit.ts'
import { inTwoDoubles } from '../rounded.ts'

/** What no data set of a test's own shows: data that determine nothing, and X'y that is all a fit takes of outcomes. */

const ones = new Float64Array(40).fill(1)
const x = Float64Array.from({ length: 40 }, (_, i) => i)
const one: DoubleDouble = [1, 0]
const fitOf = (family: CanonicalName, y: Float64Array, columns = [ones, x]) =>
  fitModel({ family, columns, totals: crossProducts(columns, y).map(inTwoDoubles) })

describe('there is no fit', () => {
  test('where a column tells the outcomes apart', () => {
    const apart = x.map((v) => (v < 20 ? 0 : 1))
    expect(() => fitOf('binomial', apart)).toThrow(expect.objectContaining({ code: 'study/fit', fault: 'noFiniteFit' }))
  })

  test.each([0, 1])('where every outcome is %s', (y) => {
    const all = new Float64Array(40).fill(y)
    expect(() => fitOf('binomial', all)).toThrow(expect.objectContaining({ code: 'study/fit', fault: 'oneOutcome' }))
  })

  test('where there are fewer records than coefficients', () => {
    const columns = [0, 1, 2].map((j) => Float64Array.from({ length: 2 }, (_, i) => i ** j))
    expect(fitOf('gaussian', Float64Array.of(1, 2), columns).kept).toEqual([0, 1])
  })
})

test.each(canonicalNames)('other outcomes with the same X’y have the same fit (%s)', (family) => {
  const y = x.map((v) => (v % 3 === 0 ? 1 : 0))
  // Moves one outcome to the right and another to the left by as much.
  const moved = y.map((v, i) => (i === 3 || i === 12 ? 1 - v : i === 4 || i === 11 ? 1 - v : v))
  expect(moved).not.toEqual(y)
  expect(crossProducts([ones, x], moved)).toEqual(crossProducts([ones, x], y))
  const told = ({ errorOf, ...fit }: ReturnType<typeof fitOf>) => ({ ...fit, error: errorOf([one, one]) })
  expect(told(fitOf(family, moved))).toEqual(told(fitOf(family, y)))
})
