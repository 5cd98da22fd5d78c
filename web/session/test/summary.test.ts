import { describe, expect, test } from 'vitest'
import { barOf, isShown, type Shown, sidesOf } from '../summary.ts'

const chart = { from: 0, to: 1 }

describe('the scores that are shown', () => {
  test.each<[string, Shown, readonly boolean[]]>([
    ['all', { rows: 'all' }, [true, true, true, true]],
    ['below a threshold', { rows: 'below', value: 0.5 }, [true, false, false, false]],
    ['at or above it', { rows: 'atOrAbove', value: 0.5 }, [false, true, true, false]],
    ['of one bar', { rows: 'bar', chart, bar: 20 }, [false, true, false, false]],
    ['of the last bar, its end included', { rows: 'bar', chart, bar: 39 }, [false, false, true, false]],
  ])('%s', (_, shown, wanted) => {
    expect([0.49, 0.5, 1, Number.NaN].map((score) => isShown(shown, score))).toEqual(wanted)
  })

  test('are as many on either side as they are, whatever no number is', () => {
    const two = Float64Array.of(0.1, 9, 0.5, 9, Number.NaN, 9, 0.7, 9)
    expect(sidesOf(two, 2, 0, 0.5)).toEqual({ below: 1, atOrAbove: 2 })
    expect(sidesOf(two, 2, 1, 9)).toEqual({ below: 0, atOrAbove: 4 })
  })

  test('stand in bars that leave none out', () => {
    for (let i = 0; i <= 1000; i++) {
      expect(barOf(chart, i / 1000)).toBeGreaterThanOrEqual(0)
      expect(barOf(chart, i / 1000)).toBeLessThan(40)
    }
  })
})
