import { describe, expect, it } from 'vitest'
import { A, a, eta, expectScores, header, type Scores, scoresOf } from './records.ts'

/** Files of the kinds of `fixtures/cases` whose table begins late, ends early or is not the only one. */

describe('where the table begins', () => {
  const table = `${header}${a}B,50,1000,7,rent\n`
  const both = { A, B: eta(50, 1000, 7, 'rent') }
  const deep = Array.from({ length: 24 }, (_, i) => `Line ${i} of the preface\n`).join('')
  it.each<[string, string, Scores]>([
    ['a line for a spreadsheet, with tabs', `sep=\t\n${table.replaceAll(',', '\t')}`, both],
    ['a quoted line for a spreadsheet', `"sep=;"\r\n${table.replaceAll(',', ';')}`, both],
    ['comments', `# made by a program, on a Tuesday\n# of, five, cells, in, all\n${table}`, both],
    ['a header that is a comment', `#${table}`.replace('#id', '# id'), both],
    ['a title with delimiters', `Customers, by region, 2024\n\n${table}`, both],
    ['a long preface', `${deep}${table}`, both],
    ['blank cells first', `,,,,\n , ,,,\n${table}`, both],
    ['delimiters at the end of rows', `${header}${a.trim()},\nB,50,1000,7,rent,\n`, both],
    ['delimiters at every end', `id,age,income,rate,home,,\n${a.trim()},,\nB,50,1000,7,rent,,\n`, both],
    ['a delimiter at the end of the header alone', `id,age,income,rate,home,\n${a}B,50,1000,7,rent\n`, both],
    ['row names after tabs', `age\tincome\trate\thome\nA\t40\t30000\t5\town\nB\t50\t1000\t7\trent\n`, both],
    ['row names without a mark', `,age,income,rate,home\n${a}B,50,1000,7,rent\n`, both],
    [
      'several blanks as delimiter',
      `id   age  income rate home\nA    40   30000  5    own\nB    50   1000   7    rent\n`,
      both,
    ],
    ['carets', table.replaceAll(',', '^'), both],
    ['braces', table.replaceAll(',', '}'), both],
    ['a preface of many lines', `${deep.repeat(5)}${table}`, both],
    ['mixed line ends', `${header.trim()}\r${a.trim()}\r\nB,50,1000,7,rent\n\r`, both],
    [
      'a footer that is longer than the table',
      `${header}${a}B,50,1000,7,rent\n\nSource, 1: office\nCopyright, 2\nEnd, 3\nx, 4\ny, 5\n`,
      both,
    ],
    ['three marks of the encoding', `\ufeff\ufeff\ufeff${table}`, both],
    [
      'blanks before quotes',
      `id, "age", "income", rate, home\nA, "40", "30000", 5, "own"\nB, 50, 1000, 7, "rent"\n`,
      both,
    ],
  ])('%s', async (_, text, wanted) => {
    for (const whole of [text, text.trimEnd()]) {
      const { asks, scores } = await scoresOf(whole, 'strict', { near: 'none' })
      expect(asks).toBe(null)
      expectScores(scores, wanted)
    }
  })

  it.each([
    ['commas', `${a}B,50,1000,7,rent\n`],
    ['semicolons', `${a}B,50,1000,7,rent\n`.replaceAll(',', ';')],
  ])('asks where the first line may be a record: %s', async (_, text) => {
    const columns = { age: 1, income: 2, rate: 3, home: 4 }
    expect((await scoresOf(text, 'strict', { near: 'none' })).asks).toBe('header')
    expect((await scoresOf(text, 'strict', { near: 'none', columns })).asks).toBe('header')
    const { scores } = await scoresOf(text, 'strict', { near: 'none', columns, format: { header: 0 } })
    expectScores(scores, both)
  })

  it('is where the person says', async () => {
    const text = `id,age,income,rate,home\nid,age,income,rate,home\n${a}`
    const { scores } = await scoresOf(text, 'strict', { near: 'none', format: { header: 2 } })
    expectScores(scores, { A })
  })
})

describe('rows that are no records', () => {
  it.each([
    ['a total', 'Total,45,15500,6,\n'],
    ['a total with a colon', 'Total: 2,45,15500,6,own\n'],
    ['a sum in German', 'Summe,45,15500,6,own\n'],
    ['a grand total', 'Grand Total,45,15500,6,own\n'],
    ['a mean', 'Mean of all,45,15500,6,own\n'],
    ['a total of a group', 'Berlin Total,45,15500,6,own\n'],
    ['a sum without a name', ',45,15500,6,own\n'],
    ['a total that is named in its second cell', ' ,Total,15500,6,own\n'],
    ['the header again', header],
    ['the header again, in capitals', header.toUpperCase()],
    ['a name without values', 'Z,,,,\n'],
    ['a legend', '"All figures in EUR, but rates",,,,\n'],
    ['a line', '-----,-----,-----,-----,-----\n'],
    ['nothing but delimiters', ',,,,\n  , ,,,\n'],
  ])('are not scored unasked: %s', async (_, row) => {
    for (const text of [`${header}${a}${row}`, `${header}${a.replace('A', 'A0')}${row}${a}`]) {
      const { scores } = await scoresOf(text, 'lenient', { near: 'none' })
      expectScores(scores, text.includes('A0') ? { A0: A, A } : { A })
    }
  })

  it('are told from customers of such names', async () => {
    const text = `${header}Total Energies,40,30000,5,own\nSummer,40,30000,5,own\nMinimax,40,30000,5,own\n`
    const { scores } = await scoresOf(text, 'lenient', { near: 'none' })
    expect(Object.keys(scores)).toEqual(['Total Energies', 'Summer', 'Minimax'])
  })
})

describe('another table in the same file', () => {
  const other = 'code,price,qty,disc,home\nC,30,40,5,own\nD,31,400,5,rent\n'
  const moved = 'id,income,age,rate,home\nC,110,40,5,own\nD,120,50,7,rent\n'
  const both = { A, B: eta(50, 1000, 7, 'rent') }
  const own = `${header}${a}B,50,1000,7,rent\n`
  it.each([
    ['below a blank line', `${own}\n${other}`, 3],
    ['below a row of delimiters', `${own},,,,\n${other}`, 3],
    ['without a line between', `${own}${other}`, 3],
    ['with columns in another order', `${own}${moved}`, 3],
    ['of a customer’s own columns, some renamed', `${own}\nid,home value,age,Rate,owner\nC,110,40,5,own\n`, 2],
    ['below units and its header again', `id,years,EUR,percent,kind\n${own}\n${moved}`.replace(/^/, header), 3],
  ])('is not scored with this one: %s', async (_, text, rows) => {
    for (const model of ['strict', 'lenient'] as const) {
      const { asks, scores, result } = await scoresOf(text, model, { near: 'none' })
      expect(asks).toBe(null)
      expectScores(scores, both)
      expect(result.report?.groups.find(({ code }) => code === 'row/table')?.count).toBe(rows)
    }
  })

  it('ends where the header stands again', async () => {
    const { scores } = await scoresOf(`${own}\n${other}\n${header}E,40,30000,5,own\n`, 'strict', { near: 'none' })
    expectScores(scores, { ...both, E: A })
  })

  it('is found in a file that is read in pieces', async () => {
    const many = Array.from({ length: 30_000 }, (_, i) => `R${i},40,30000,5,own,some words that make it long\n`).join(
      '',
    )
    const text = `${header.trim()},note\n${many}\nid,income,age,rate,home,note\n${many}`
    const { result, scores } = await scoresOf(text, 'strict', { near: 'none' })
    expect(result.report?.offsets.some(({ other }) => other)).toBe(true)
    expect(Object.keys(scores)).toHaveLength(30_000)
  })

  it('is scored where somebody says that it is the same', async () => {
    const { scores } = await scoresOf(`${own}\n${moved}`, 'strict', { near: 'none', tables: 'score' })
    expect(Object.keys(scores)).toEqual(['A', 'B', 'C', 'D'])
  })

  it.each([
    ['no values', `${own}C,n/a,unknown,none,rent\nD,50,1000,7,rent\n`],
    ['remarks for numbers', `${own}C,see note,to be done,7,rent\nD,50,1000,7,rent\n`],
    ['a group’s name', `${own}\nNorth,,,,\nD,50,1000,7,rent\n`],
    ['a group’s name in two cells', `${own}\nRegion,North\nD,50,1000,7,rent\n`],
    ['units', `${header}id,years,EUR,percent,kind\n${a}B,50,1000,7,rent\nD,50,1000,7,rent\n`],
  ])('is not taken for one for a row of %s', async (_, text) => {
    const { scores } = await scoresOf(text, 'strict', { near: 'none' })
    expectScores(scores, { ...both, D: both.B })
  })
})
