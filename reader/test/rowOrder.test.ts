import { describe, expect, it } from 'vitest'
import { rowOrder, rowsWith, textOrder } from '../rowOrder.ts'
import { card, fileOf, plain, planFor } from './files.ts'

const plan = planFor(4, plain, [1, 2, 3])
// The third row has no score: places count those that have one.
const file = fileOf('id,a,b,c\nz10,3,1,x\nZ9,20,2,y\nbad,500,2,x\n,100,3,x\nÄ1,7,4,other\n')

describe('the scored rows of a file', () => {
  it.each([
    ['texts, in which digits count as numbers', { column: 0 }, [3, 1, 0, 2]],
    ['numbers', { column: 1 }, [0, 3, 1, 2]],
    ['levels', { column: 3 }, [3, 0, 2, 1]],
  ] as const)('are sorted by %s, nothing last', async (_, key, order) => {
    expect([...(await rowOrder(file, plan, key, new Float64Array(4)))]).toEqual(order)
  })

  it('are sorted by the label that their scores give', async () => {
    const link = { cumulative: 'logit' as const, categories: ['bad', 'good'], thresholds: [0] }
    const labelled = { ...plan, card: { ...card, link, responses: ['bad', 'good'], label: true } }
    expect([...(await rowOrder(file, labelled, 'label', Float64Array.of(2, -2, 3, -3)))]).toEqual([1, 3, 0, 2])
  })

  it.each([
    ['Z', [0, 1]],
    ['ä1', [3]],
    ['20', [1]],
    ['bad', []],
    ['500', []],
    ['x', [0, 2]],
  ])('are found by a text in any of their cells: %s', async (text, places) => {
    expect([...(await rowsWith(file, plan, text))]).toEqual(places)
  })
})

it('numbers are sorted by their values with the mark of the file, equal ones as they stand', () => {
  expect([...textOrder(['1,5', '-2', 'b', '', '10', 'a', '1,5', ' '], ',')]).toEqual([1, 0, 6, 4, 5, 2, 3, 7])
})
