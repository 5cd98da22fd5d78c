import { expect, test } from 'vitest'
import { typedNumber } from '../typedNumber.ts'

test('a number is read with a point and with a comma', () => {
  const read: readonly (readonly [string, number])[] = [
    ['0.3', 0.3],
    ['0,3', 0.3],
    [' -1,25 ', -1.25],
    [',5', 0.5],
    ['0,300', 0.3],
    ['1500', 1500],
    ['1500,250', 1500.25],
    ['1.500', 1.5],
    ['1e-5', 1e-5],
    ['3.', 3],
  ]
  for (const [text, value] of read) expect([text, typedNumber(text)]).toEqual([text, value])
})

test('what is no number, or may be two, is none', () => {
  for (const text of [
    '',
    '-',
    '.',
    '1,500',
    '-12,345',
    '1,2,3',
    '1.2.3',
    '0x10',
    '1 5',
    'e5',
    '1e999',
    'Infinity',
    '3%',
  ])
    expect([text, typedNumber(text)]).toEqual([text, null])
})
