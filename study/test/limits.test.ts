import { expect, test } from 'vitest'
import { checkCells } from '../limits.ts'

const refused = (code: string) => expect.objectContaining({ code })

test('a column by which a few records are told from all others is refused', () => {
  const few = new Float64Array(300)
  few.fill(1, 0, 4)
  expect(() => checkCells([new Float64Array(300), few], ['none', 'few'])).toThrow(
    expect.objectContaining({ code: 'study/cells', facts: { column: 'few', least: 5 } }),
  )
  // An outlier is told as a level is, and so are records that lack what all others have.
  const all = few.map((x) => 1 - x)
  expect(() => checkCells([few.map((x) => 1000 * x)], ['far'])).toThrow(refused('study/cells'))
  expect(() => checkCells([all], ['lacking'])).toThrow(refused('study/cells'))
  few.fill(1, 0, 5)
  expect(() => checkCells([few, new Float64Array(300).fill(7)], ['five', 'same'])).not.toThrow()
})
