import { expect, test } from 'vitest'
import { checkDeviance, checkWeights } from '../checks.ts'

/** Each check of an estimate by itself, where no other one would refuse. */

const count = 1000
const ones = new Float64Array(count).fill(1)
const spread = ones.map((_, i) => i % 7)
const rare = ones.map((_, i) => (i < 5 ? 1 : 0))
const even = ones.map(() => 0.25)
const steered = expect.objectContaining({ code: 'study/steered' })

test('weights that are alike ask for all records alike', () => {
  expect(() => checkWeights([ones, spread, rare], even)).not.toThrow()
})

test('weights that vanish for nine records in ten ask for the tenth', () => {
  const some = even.map((w, i) => (i % 10 === 0 ? w : 1e-12))
  expect(() => checkWeights([ones, spread], some)).toThrow(steered)
  const more = even.map((w, i) => (i % 4 === 0 ? w : 1e-12))
  expect(() => checkWeights([ones, spread], more)).not.toThrow()
})

test('weights that leave one of the few records that a column tells apart ask for that one', () => {
  const one = even.map((w, i) => (i > 0 && i < 5 ? 1e-12 : w))
  expect(() => checkWeights([ones, spread, rare], one)).toThrow(steered)
})

test('a deviance that is far above that of the mean is of an estimate that nobody came to honestly', () => {
  expect(() => checkDeviance(3.1, 1)).toThrow(steered)
  expect(() => checkDeviance(2.9, 1)).not.toThrow()
})
