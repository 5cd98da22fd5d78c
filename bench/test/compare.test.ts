import { expect, test } from 'vitest'
import { compare } from '../compare.ts'
import type { Participant } from '../operations.ts'
import { interleave, spread } from '../timing.ts'

const pace = { rounds: 3, sampleMs: 1 }

function participant(name: string, answer: number): Participant {
  return {
    name,
    valuesPerCiphertext: 1,
    bytesUp: 1,
    bytesDown: 1,
    preparations: {},
    operations: { open: { items: 2, run: () => answer, right: (result) => result === 42 } },
  }
}

test('a wrong result is named, and a right one is not', () => {
  const { wrong } = compare([participant('good', 42), participant('bad', 41)], ['open', 'residue'], pace, () => {})
  expect(wrong).toEqual(['bad: decrypt one ciphertext'])
})

test('a participant without an operation is left out of it', () => {
  const { operations, participants } = compare([participant('good', 42)], ['open', 'residue'], pace, () => {})
  expect(operations.map(({ timings }) => timings.length)).toEqual([1, 0])
  expect(participants).toEqual([{ name: 'good', valuesPerCiphertext: 1, bytesUp: 1, bytesDown: 1, preparations: {} }])
})

test('tasks take turns, and times are per item', () => {
  const turns: string[] = []
  const wait = (name: string, ms: number) => () => {
    if (turns.at(-1) !== name) turns.push(name)
    const until = performance.now() + ms
    while (performance.now() < until);
  }
  const [a, b] = interleave(
    [
      { participant: 'a', items: 1, run: wait('a', 2) },
      { participant: 'b', items: 1000, run: wait('b', 2) },
    ],
    { rounds: 3, sampleMs: 2 },
  )
  // Warm-up, then a round after the other.
  expect(turns).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'])
  expect(a?.least).toBeGreaterThanOrEqual(2000)
  expect(b?.least).toBeGreaterThanOrEqual(2)
  expect(b?.least).toBeLessThan(200)
})

test.each([
  [[3], { median: 3, least: 3, most: 3 }],
  [[9, 1, 5], { median: 5, least: 1, most: 9 }],
  [[4, 1, 3, 2], { median: 2.5, least: 1, most: 4 }],
])('the spread of %j', (values, expected) => {
  expect(spread(values)).toEqual(expected)
})
