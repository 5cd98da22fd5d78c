import { expect, test } from 'vitest'
import { numbers } from '../en/numbers.ts'

test.each([
  [99, '99 s'],
  [100, '2 min'],
  [3540, '59 min'],
  [3600, '1 h'],
  [3601, '1 h 1 min'],
  [7200, '2 h'],
] as const)('a wait of %i seconds is %s', (seconds, text) => {
  expect(numbers.wait(seconds)).toBe(text)
})
