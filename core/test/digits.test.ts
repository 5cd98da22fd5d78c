import { describe, expect, test } from 'vitest'
import type { Card } from '../card/card.ts'
import { digitsOf, roundedTo } from '../card/digits.ts'
import { responses } from '../card/outcome.ts'
import { decided } from '../card/threshold.ts'

const cardOf = (link: Card['link'], heads: number, tolerance = 1e-6) =>
  ({ link, tolerance, heads: Array.from({ length: heads }, (_, h) => ({ name: `h${h}` })) }) as unknown as Card

describe('a number', () => {
  test.each([
    [1740.2934756990096, 1e-6, '1740.2934757'],
    [0.1 + 0.2, 1e-6, '0.3'],
    [-1e-12, 1e-6, '0'],
    [-2.00000004, 1e-6, '-2'],
    [650, 100, '650'],
    [649.7, 100, '650'],
    [1e300, 1e-6, '1e+300'],
    [1 / 3, 0, String(1 / 3)],
    [1 / 3, Number.NaN, String(1 / 3)],
    [Number.POSITIVE_INFINITY, 1e-6, 'Infinity'],
    [Number.NaN, 1e-6, 'NaN'],
    [5e-324, 5e-324, '5e-324'],
  ])('%d that may be off by %d is written %s', (value, off, text) => {
    expect(String(roundedTo(value, off))).toBe(text)
  })

  test('loses at most a twentieth of what it may be off', () => {
    for (let i = 1; i < 2000; i++) {
      const value = Math.sin(i) * 10 ** (i % 9)
      expect(Math.abs(roundedTo(value, 3e-5) - value)).toBeLessThanOrEqual(3e-5 / 20 + 2 ** -52 * Math.abs(value))
    }
  })
})

describe('responses', () => {
  test.each<[string, Card['link'], number[]]>([
    ['a probability', 'logit', [0.3]],
    ['that of a rare event', 'logit', [-21]],
    ['a large amount', 'log', [14.2]],
    ['some classes', 'softmax', [0.1, 2, -12]],
    ['survival', { survival: { baseline: [[1, 0.02]] } }, [-3]],
  ])('keep the digits that the tolerance leaves them, and no more: %s', (_, link, predictors) => {
    const card = cardOf(link, predictors.length)
    const given = responses(card, predictors)
    const written = digitsOf(card)(predictors).responses
    for (const [r, score] of given.entries()) {
      const moved = predictors.map(
        (_, h) => responses(card, predictors.with(h, (predictors[h] as number) + 1e-6))[r] as number,
      )
      const off = Math.max(...moved.map((each) => Math.abs(each - score)))
      expect(Math.abs((written[r] as number) - score)).toBeLessThanOrEqual(off / 20)
      expect(String(written[r]).length).toBeLessThan(16)
      expect(written[r]).not.toBe(0)
    }
  })
})

test('a score at the threshold is above it, and one that is no number decides nothing', () => {
  const threshold = { response: 1, value: 0.5, below: 'decline', atOrAbove: 'accept' }
  expect([0.4, 0.5, 0.6, Number.NaN].map((score) => decided(threshold, [9, score]))).toEqual([
    'decline',
    'accept',
    'accept',
    '',
  ])
})
