import { describe, expect, it } from 'vitest'
import { A, a, eta, expectScores, header, laxModel, scoresOf } from './records.ts'

/** Rows that say something of others, with a card that would make something of every cell of theirs. */

const b = 'B,50,1000,7,rent\n'
const both = { A, B: eta(50, 1000, 7, 'rent') }
const model = laxModel()

describe('no record, and not scored unasked', () => {
  it.each([
    ['units below the header', 'no.,years,EUR,percent,kind\n', ''],
    ['a second header below the first', 'Kunde,Alter,Einkommen,Satz,Wohnung\n', ''],
    ['types below the header', 'text,int,float,float,text\n', ''],
    ['a comment', '"# B was asked twice",,,,\n', ''],
    ['a record that is commented out', '#C,50,1000,7,rent\n', ''],
    ['the header again, with the number of a page', 'Page 2,age,income,rate,home\n', ''],
    ['the header again, in other letters', 'ID,Age,Income,Rate,Home\n', ''],
    ['words in every cell', 'C,no data,no data,no data,no data\n', ''],
    ['marks in every cell', 'C,-,-,-,-\n', ''],
    ['a legend of cells', 'n/a,not asked,not asked,not asked,not asked\n', ''],
    ['a total of a town', '', 'Total Berlin,90,31000,12,\n'],
    ['a sum in German', '', 'Gesamt Berlin,90,31000,12,\n'],
    ['another sum in German', '', 'Summe Nord,90,31000,12,\n'],
    ['a sum as a sign', '', 'Σ,90,31000,12,\n'],
    ['a mean as a sign', '', 'Ø,45,15500,6,\n'],
    ['a sum in Russian', '', 'Итого,90,31000,12,\n'],
    ['a sum in Japanese', '', '合計,90,31000,12,\n'],
    ['a sum in Polish', '', 'Razem,90,31000,12,\n'],
    ['a sum in Dutch', '', 'Totaal,90,31000,12,\n'],
    ['a mean in German', '', 'Mittel,45,15500,6,\n'],
    ['all of them', '', 'All,45,15500,6,\n'],
    ['all of them, in German', '', 'Alle,45,15500,6,\n'],
    ['overall', '', 'Overall,45,15500,6,\n'],
    [
      'a summary of a program',
      '',
      'count,2,2,2,2\nmean,45,15500,6,\nstd,7,20506,1.4,\nmin,40,1000,5,\n25%,42,8250,5.5,\n',
    ],
  ])('%s', async (_, first, last) => {
    const { asks, scores, result } = await scoresOf(`${header}${first}${a}${b}${last}`, model, { near: 'policy' })
    expect(asks).toBe(null)
    expectScores(scores, both)
    const codes = new Set(result.report?.groups.map(({ code }) => code))
    for (const code of codes) expect(code).toMatch(/^row\/(?:empty|header|total)$/)
  })

  it('a footer below a column of the model', async () => {
    const text = `age,income,rate,home,id\n40,30000,5,own,A\nSource: the office,,,,\n"Legend: rate in %",,,,\n`
    const { scores } = await scoresOf(text, model, { near: 'policy' })
    expect(Object.values(scores)).toHaveLength(1)
  })
})

describe('records all the same', () => {
  it.each([
    ['a company of such a name', 'Total Energies,40,30000,5,own\n'],
    ['a first name', 'Max,40,30000,5,own\n'],
    ['a short key', 'N,40,30000,5,own\n'],
    ['one cell with a value', 'C,,30000,,\n'],
    ['one known level', 'C,,,,rent\n'],
    ['a number out of range', 'C,,900000,,\n'],
  ])('%s', async (_, row) => {
    const { scores } = await scoresOf(`${header}${a}${row}`, model, { near: 'policy' })
    expect(Object.keys(scores)).toHaveLength(2)
  })

  it('keys that begin with a number sign', async () => {
    const { scores } = await scoresOf(`${header}#1,40,30000,5,own\n#2,40,30000,5,own\n`, model, { near: 'policy' })
    expect(Object.keys(scores)).toEqual(['#1', '#2'])
  })

  it('words in another column, beside a known level', async () => {
    const text = `id,fuel,age,income,rate,home\nA,Total,40,30000,5,own\nB,Shell,40,30000,5,own\n`
    const { scores } = await scoresOf(text, model, { near: 'policy' })
    expect(Object.keys(scores)).toEqual(['A', 'B'])
  })
})

describe('a cell that may mean something is a question before a policy', () => {
  it.each(['1,234,567', '\u2212500', '(500)', '12 k', '1.2M', '<500', '~500', '5 to 10', '3e', '½'])(
    '%s',
    async (cell) => {
      const { scores } = await scoresOf(`${header}A,40,"${cell}",5,own\n`, model, { near: 'none' })
      expect(scores).toEqual({})
      const left = await scoresOf(`${header}A,40,"${cell}",5,own\n`, model, { near: 'policy' })
      expectScores(left.scores, { A })
    },
  )

  it.each(['Err:502', '#Н/Д', '########', '#ДЕЛ/0!'])('an error of a spreadsheet is none: %s', async (cell) => {
    const { scores } = await scoresOf(`${header}A,40,${cell},5,own\n`, model, { near: 'policy' })
    expect(scores).toEqual({})
  })
})
