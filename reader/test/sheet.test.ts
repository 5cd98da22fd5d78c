import { describe, expect, it } from 'vitest'
import { inspect } from '../inspect.ts'
import { readSheet } from '../sheet.ts'
import { allRows, errorOf, fileOf, plain } from './files.ts'
import { workbook, zip } from './workbook.ts'

const rows = [
  ['name', 'age', 'member'],
  ['Ann, "A."', 4.61512, true],
  ['=1+1', 1e-7, false],
  [' spaced ', null, null],
]

describe('a workbook', () => {
  it('becomes text with the digits that make each number', async () => {
    const read = await readSheet(fileOf(workbook({ Data: rows })), null)
    expect(read).toMatchObject({ sheets: ['Data'], sheet: 0, notes: [] })
    expect((await allRows(read.csv)).rows).toEqual([
      ['name', 'age', 'member'],
      ['Ann, "A."', '4.61512', 'TRUE'],
      ['=1+1', '1e-7', 'FALSE'],
      [expect.stringMatching(/^ ?spaced ?$/), '', ''],
    ])
  })

  it('of several sheets gives the fullest, and another one when it is chosen', async () => {
    const file = fileOf(workbook({ Notes: [['Made by hand']], Data: rows, Codes: rows.slice(0, 2) }))
    expect(await readSheet(file, null)).toMatchObject({ sheets: ['Notes', 'Data', 'Codes'], sheet: 1 })
    expect((await allRows((await readSheet(file, 2)).csv)).rows).toHaveLength(2)
  })

  it('of few records is not taken for the longer list of what is said about them', async () => {
    const about = Array.from({ length: 9 }, (_, i) => [`Fact ${i}`])
    expect(await readSheet(fileOf(workbook({ Data: rows, About: about })), null)).toMatchObject({ sheet: 0 })
    expect(await readSheet(fileOf(workbook({ About: about, Data: rows })), null)).toMatchObject({ sheet: 1 })
  })

  it('passes over a title above the header and rows that hold nothing, and says so', async () => {
    const file = fileOf(
      workbook({ Data: [['Report of May'], [], ...rows.slice(0, 2), [null, null, null], ...rows.slice(2)] }),
    )
    const read = await readSheet(file, null)
    expect((await allRows(read.csv)).lines).toEqual([1, 3, 4, 6, 7])
    const preview = await inspect(read.csv, plain, true)
    expect(preview.rows.map((row) => row[1])).toEqual(['4.61512', '1e-7', ''])
    expect(preview.notes).toEqual([{ note: 'headerRow', facts: { row: 3, isSheet: true } }])
  })

  it.each([
    ['an archive of another kind', zip({ 'a.txt': 'x' }), 'file/not-text'],
    ['a cut one', workbook({ Data: rows }).slice(0, 300), 'file/not-text'],
    ['an empty one', workbook({ Data: [] }), 'file/empty'],
  ])('is refused by name: %s', async (_, bytes, code) => {
    expect((await errorOf(readSheet(fileOf(bytes), null))).code).toBe(code)
  })
})
