import { describe, expect, it } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { checkFile } from '../check.ts'
import type { FileFormat } from '../format.ts'
import { someReasons, someRows } from '../someRows.ts'
import { card, errorOf, fileOf, plain, planFor, utf16 } from './files.ts'

const header = ['a', 'b', 'c']

/** More than three pieces long, with rows of all lengths, so that pieces end in every kind of place. */
function text(newline: string): { text: string; rows: string[][] } {
  const rows = Array.from({ length: 60_000 }, (_, i) => [
    `${i % 100}`,
    'é€😀'.repeat(i % 7),
    i % 11 === 0 ? `two${newline}lines ${i}` : `x${i}`,
  ])
  const lines = rows.map(([a, b, c]) => `${a},${b},"${c}"`)
  return {
    text: [header.join(), ...lines].join(newline) + newline,
    // A cell's own line ends are read as LF.
    rows: rows.map((cells) => cells.map((cell) => cell.replaceAll(/\r\n?/g, '\n'))),
  }
}

describe('rows read again', () => {
  it.each<[string, string, FileFormat['encoding'], boolean]>([
    ['LF', '\n', 'utf-8', false],
    ['CR LF after a byte-order mark', '\r\n', 'utf-8', true],
    ['CR', '\r', 'utf-8', false],
    ['CR LF in UTF-16', '\r\n', 'utf-16le', true],
    ['LF in UTF-16 BE', '\n', 'utf-16be', true],
  ])('are those that were asked for, wherever they stand: %s', async (_, newline, encoding, mark) => {
    const made = text(newline)
    const bytes =
      encoding === 'utf-8'
        ? new TextEncoder().encode(`${mark ? '\ufeff' : ''}${made.text}`)
        : utf16(made.text, encoding === 'utf-16le' ? 'le' : 'be', mark)
    const file = fileOf(bytes)
    const plan = planFor(3, { ...plain, encoding })
    const { offsets, rows } = await checkFile(file, plan, header, () => {})
    expect(rows).toBe(made.rows.length)
    expect(offsets.length).toBeGreaterThan(2)
    const wanted = [60_000, 1, 2, ...offsets.flatMap(({ row }) => [row - 1, row, row + 1]), 31_234].filter(
      (row) => row <= rows,
    )
    const found = await someRows(file, plan, offsets, wanted, [2, 0])
    expect(found).toEqual(wanted.map((row) => [made.rows[row - 1]?.[2], made.rows[row - 1]?.[0]]))
  })

  it('reads no more of the file than it needs', async () => {
    const file = fileOf('a,b,c\n', '1,2,x\n'.repeat(700_000))
    const plan = planFor()
    const { offsets } = await checkFile(file, plan, header, () => {})
    let read = 0
    const slice = file.slice.bind(file)
    file.slice = (from, to) => {
      read += (to ?? 0) - (from ?? 0)
      return slice(from, to)
    }
    await someRows(file, plan, offsets, [400_000, 400_001], [0])
    expect(read).toBeLessThanOrEqual(2 * 1024 * 1024)
  })

  it('are empty where there are none', async () => {
    expect(await someRows(fileOf('a,b,c\n1,2,x\n'), planFor(), [], [1, 7], [0])).toEqual([['1'], ['']])
  })
})

describe('reason codes of rows read again', () => {
  const reasoned: Card = {
    ...card,
    heads: [{ name: 'score' }, { name: 'of b', role: 'reason' }, { name: 'of c', role: 'reason' }],
    reasons: {
      characteristics: [
        {
          head: 'of b',
          column: 'c',
          codes: [
            ['x', 'B-x'],
            ['y', 'B-y'],
          ],
        },
        { head: 'of c', column: 'c', codes: [['y', 'C-y']] },
      ],
    },
  }
  const plan = { ...planFor(), card: reasoned }
  const file = fileOf('a,b,c\n1,2,x\n1,2,unheard of\n1,2,y\n')

  it('stand with their row, the weightiest first', async () => {
    const predictors = Float64Array.of(0, 1, 5, 9, 2, 1)
    expect(await someReasons(file, plan, [], [3, 1], predictors)).toEqual([['C-y', 'B-y'], ['B-x']])
  })

  it('are refused where a row is no longer one that can be scored', async () => {
    expect((await errorOf(someReasons(file, plan, [], [2], new Float64Array(3)))).code).toBe('file/unreadable')
  })
})
