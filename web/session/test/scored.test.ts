import { expect, it } from 'vitest'
import type { Scores } from '../scored.ts'
import { predictorsOf } from '../scored.ts'

it('finds the predictors of rows, whichever rows were left out between them', () => {
  const scores = {
    rows: Uint32Array.of(1, 2, 5, 9),
    predictors: Float64Array.of(10, 11, 20, 21, 50, 51, 90, 91),
  } as Scores
  expect([...predictorsOf(scores, [9, 1, 5], 2)]).toEqual([90, 91, 10, 11, 50, 51])
  expect([...predictorsOf(scores, [], 2)]).toEqual([])
})
