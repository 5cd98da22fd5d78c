import { describe, expect, test } from 'vitest'
import { fits } from '../../study/test/data.ts'
import { lnNormalTail, lnStudentTail } from '../tails.ts'

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
