import { describe, expect, it } from 'vitest'
import { inspect } from '../inspect.ts'
import { allRows, fileOf } from './files.ts'

describe('the format of a file', () => {
  it.each<[string, string, string, string]>([
    ['commas', 'a,b\n1,2\n3,4\n', ',', '.'],
    ['semicolons and decimal commas', 'a;b\n1,5;2,5\n3;4,25\n', ';', ','],
    ['semicolons and decimal points', 'a;b\n1.5;2.5\n', ';', '.'],
    ['semicolons, one decimal comma, all else whole', 'a;b\n1;2\n3;4,5\n', ';', ','],
    ['tabs and decimal commas', 'a\tb\n1,5\t2\n', '\t', ','],
    ['bars', 'a|b\n1|2\n', '|', '.'],
    ['quoted decimal commas between commas', 'a,b\n"1,5","2,25"\n', ',', ','],
    ['quoted thousands between commas', 'a,b\n"1,500","2,250"\n', ',', '.'],
    ['commas in text between semicolons', 'a;b\n"x, y, z";1\n"x, y, w";2\n', ';', '.'],
    ['points and commas mixed', 'a;b\n1,5;2.5\n', ';', '.'],
    ['one column', 'a\n1\n2\n', ',', '.'],
  ])('finds %s', async (_, text, delimiter, decimalMark) => {
    expect((await inspect(fileOf(text))).format).toEqual({ encoding: 'utf-8', delimiter, decimalMark })
  })

  it('tells of a decimal comma', async () => {
    expect((await inspect(fileOf('a;b\n1,5;2,5\n'))).notes).toEqual([{ note: 'decimalComma', facts: {} }])
  })

  it('leaves the last word to the person', async () => {
    const file = fileOf('a;b\n1,5;2,5\n')
    const preview = await inspect(file, { delimiter: ',', decimalMark: '.' })
    expect(preview.format).toMatchObject({ delimiter: ',', decimalMark: '.' })
    expect(preview.header).toEqual(['a;b'])
    expect(preview.rows).toEqual([['1', '5;2', '5']])
  })

  it('shows fifty rows and says whether that is all', async () => {
    const rows = (count: number) => fileOf('a,b\n', '1,2\n'.repeat(count))
    expect(await inspect(rows(50))).toMatchObject({ complete: true })
    const more = await inspect(rows(51))
    expect([more.rows.length, more.complete]).toEqual([50, false])
  })
})

describe('headers', () => {
  const names = ['a', 'a', '', '__proto__', 'constructor', '__proto__', 'toString', ' ']
  const file = fileOf(`${names.join(',')}\n1,2,3,4,5,6,7,8\n`)

  it('keep every column, whatever its name', async () => {
    const preview = await inspect(file)
    expect(preview.header).toEqual(names)
    expect(preview.rows).toEqual([['1', '2', '3', '4', '5', '6', '7', '8']])
    expect((await allRows(file)).rows).toEqual([names, ['1', '2', '3', '4', '5', '6', '7', '8']])
  })

  it('are told of where they are empty or stand twice', async () => {
    expect((await inspect(file)).notes).toEqual([
      { note: 'columnsWithoutName', facts: { columns: [3, 8] } },
      { note: 'columnNameTwice', facts: { name: 'a' } },
      { note: 'columnNameTwice', facts: { name: '__proto__' } },
    ])
  })
})
