import { describe, expect, test } from 'vitest'
import { fits } from '../../study/test/data.ts'
import { pValueText } from '../pValue.ts'
import { lnFTail, lnNormalTail, lnStudentTail } from '../tails.ts'

/** Tails against R's `pnorm` and `pt` with `log.p` (`study/test/fixtures/fits.R`). */

const { at, normal, student3, student200, student100000 } = fits.tails

describe.each([
  ['the normal', (x: number) => lnNormalTail(x), normal],
  ['Student’s with 3 degrees of freedom', (x: number) => lnStudentTail(x, 3), student3],
  ['Student’s with 200', (x: number) => lnStudentTail(x, 200), student200],
  ['Student’s with 100,000', (x: number) => lnStudentTail(x, 1e5), student100000],
] as const)('two-sided tails of %s distribution', (_, tail, expected) => {
  test.each(at as number[])('at %s', (x) => {
    const theirs = expected[at.indexOf(x)]
    const ours = tail(x)
    expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-13 + 2e-13 * Math.abs(theirs))
    expect(tail(-x)).toBe(ours)
  })
})

/** By R's pf with log.p: F, degrees of freedom, ln p, where a part of the continued fraction is 0. */
const parts = [
  [9, 1, 3, -2.8530374948909625],
  [5, 1, 5, -2.5824733705015159],
  [3, 2, 6, -2.0794415416798357],
  [3, 4, 4, -1.8562979903656263],
  [2, 4, 8, -1.6739764335716716],
] as const

test('a tail is one where a part of its fraction is nothing', () => {
  expect(Math.abs(lnStudentTail(3, 3) / -2.8530374948909625 - 1)).toBeLessThan(1e-14)
  for (const [f, d, freedom, theirs] of parts) expect(Math.abs(lnFTail(f, d, freedom) / theirs - 1)).toBeLessThan(1e-13)
})

test('of what has no error nothing is left', () => {
  const tails = [lnNormalTail, (x: number) => lnStudentTail(x, 5), (x: number) => lnFTail(x, 2, 5)]
  for (const tail of tails) expect(tail(Number.POSITIVE_INFINITY)).toBe(-Infinity)
})

test('p-values have three digits, also where they are no doubles', () => {
  expect([-0.5, -700, -803.9, Math.log(9.999) - 400 * Math.LN10, -Infinity].map(pValueText)).toEqual([
    '0.607',
    '9.86e-305',
    '7.42e-350',
    '1.00e-399',
    '0',
  ])
})
