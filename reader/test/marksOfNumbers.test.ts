import { describe, expect, it } from 'vitest'
import { A, eta, expectScores, header, type Scores, scoresOf } from './records.ts'

/** Files of the kinds of `fixtures/cases` in which a mark may be of thousands or of decimals. */

describe('thousands or decimals', () => {
  const file = (...incomes: string[]) =>
    `id;age;income;rate;home\n${incomes.map((income, i) => `${'ABCDE'[i]};40;${income};5;own\n`).join('')}`
  const of = (...incomes: number[]): Scores =>
    Object.fromEntries(incomes.map((income, i) => ['ABCDE'[i] ?? '', eta(40, income, 5, 'own')]))

  it.each<[string, string[], number[], number[]]>([
    ['three digits after every mark', ['1.500', '12.000'], [1500, 12_000], [1.5, 12]],
    ['small numbers beside them', ['1.500', '950'], [1500, 950], [1.5, 950]],
    ['a sign', ['+1.500', '2.000'], [1500, 2000], [1.5, 2]],
  ])('are asked for: %s', async (_, cells, asThousands, asDecimals) => {
    expect((await scoresOf(file(...cells), 'strict', { near: 'none' })).asks).toBe('marks')
    const { scores } = await scoresOf(file(...cells), 'strict', { near: 'none', marks: 'thousands' })
    expectScores(scores, of(...asThousands))
    const decimals = await scoresOf(file(...cells), 'strict', { near: 'none', marks: 'decimals' })
    expectScores(decimals.scores, of(...asDecimals))
  })

  it('are asked for where one cell would be out of range as thousands', async () => {
    const cells = ['1.500', '2.300', '900.000', '950']
    expect((await scoresOf(file(...cells), 'strict', { near: 'none' })).asks).toBe('marks')
  })

  it.each<[string, string[], number[]]>([
    ['fewer digits in one cell', ['1.500', '2.25'], [1.5, 2.25]],
    ['nothing before the mark', ['1.500', '0.250'], [1.5, 0.25]],
    ['four digits before it', ['1.500', '2500.125'], [1.5, 2500.125]],
  ])('are decimals where the column proves it: %s', async (_, cells, incomes) => {
    const { scores } = await scoresOf(file(...cells), 'strict', { near: 'none' })
    expectScores(scores, of(...incomes))
  })

  it('are decimals where the card takes no thousands', async () => {
    const { scores } = await scoresOf(`${header}A,40.000,30000,5.125,own\n`, 'strict', { near: 'none' })
    expectScores(scores, { A: eta(40, 30_000, 5.125, 'own') })
  })

  it.each<[string, string[], number[]]>([
    ['two marks', ['1.234.567'.slice(2), '1.234,5'], [234_567, 1234.5]],
    ['by threes and twos', ['1,23,456', '12,750'], [123_456, 12_750]],
    ['blanks', ['1 500', '12 750,5'], [1500, 12_750.5]],
    ['apostrophes', ["1'500", '12’750'], [1500, 12_750]],
    ['a currency', ['€ 1.234,50', '2.000,00 €'], [1234.5, 2000]],
    ['other digits', ['１２３４', '٢٠٠٠'], [1234, 2000]],
    ['quotation marks', ["'1234'", '“2000”'], [1234, 2000]],
    ['a spreadsheet’s text', ['="1234"', "'2000"], [1234, 2000]],
  ])('are read so once that is said: %s', async (_, cells, incomes) => {
    const unasked = await scoresOf(file(...cells), 'strict', { near: 'none' })
    expect(unasked.asks !== null || Object.keys(unasked.scores).length < cells.length).toBe(true)
    const { scores } = await scoresOf(file(...cells), 'strict', { near: 'read', marks: 'thousands' })
    expectScores(scores, of(...incomes))
  })

  it('are never guessed beside a column of decimal commas', async () => {
    const text = 'id;age;income;rate;home\nA;40;1.500;5,5;own\nB;40;2.000;7,25;own\n'
    expectScores((await scoresOf(text, 'strict', { near: 'none' })).scores, {})
    const wanted = { A: eta(40, 1500, 5.5, 'own'), B: eta(40, 2000, 7.25, 'own') }
    expectScores((await scoresOf(text, 'strict', { near: 'read' })).scores, wanted)
  })
})

describe('a number whose own comma cuts it', () => {
  it.each([
    ['a mark of thousands', 'A,40,30,000,5,own\nB,50,1,000,7,rent\n'],
    ['a decimal comma', 'A,40,30000,5,5,own\nB,50,1000,7,5,rent\n'],
    ['quotation marks of one line', "'A',40,'30,000',5,own\n'B',50,'1,000',7,rent\n"],
    ['a remark at the end of one row', 'A,40,30000,5,own,\nB,50,1000,7,rent,called\n'],
  ])('makes no row names unasked: %s', async (_, rows) => {
    expect((await scoresOf(header + rows, 'strict', { near: 'none' })).asks).toBe('names')
    const { asks, scores } = await scoresOf(header + rows, 'strict', { near: 'none', format: { rowNames: false } })
    expect(asks).toBe(null)
    expectScores(scores, rows.includes('called') ? { A } : {})
  })

  it('leaves row names alone that cannot be anything else', async () => {
    for (const names of [
      ['a', 'b'],
      ['1', '2'],
      ['0', '1'],
    ]) {
      const text = `age,income,rate,home\n${names[0]},40,30000,5,own\n${names[1]},50,1000,7,rent\n`
      const { asks, scores } = await scoresOf(text, 'strict', { near: 'none' })
      expect(asks).toBe(null)
      expect(Object.values(scores)).toHaveLength(2)
    }
  })
})

describe('a column with both marks', () => {
  const rows = (...incomes: string[]) =>
    `id;age;income;rate;home\n${incomes.map((income, i) => `${'ABCDE'[i]};40;${income};5;own\n`).join('')}`
  it.each<[string, string[], Record<string, number>]>([
    ['three digits after either', ['1.500', '1,500'], { A: 1500 }],
    ['the other one groups a decimal', ['1.500', '1,234.5'], { A: 1.5 }],
    ['the other one is a decimal mark', ['1.500', '1234,5'], { A: 1500, B: 1234.5 }],
    ['a decimal comma beside a point', ['1500,5', '1.500'], { A: 1500.5, B: 1500 }],
  ])('is read as thousands only where that can be: %s', async (_, cells, incomes) => {
    const answers = { near: 'none', marks: 'thousands' } as const
    const { scores } = await scoresOf(rows(...cells), 'strict', answers)
    const wanted = Object.entries(incomes).map(([id, income]) => [id, eta(40, income, 5, 'own')])
    for (const [id, predictor] of Object.entries(scores)) {
      expect(predictor, id).toBeCloseTo(Object.fromEntries(wanted)[id] ?? Number.NaN, 5)
    }
  })

  it('leaves no reading to chance where two differ', async () => {
    const { result } = await scoresOf(rows('12,750', '9,500'), 'strict', { near: 'none', format: { decimalMark: '.' } })
    expect(result.report?.suggestions.map(({ contested }) => contested)).toEqual([true, true])
  })
})

describe('a cell near values that differ in little', () => {
  const model = (levels: readonly string[]): `{${string}` =>
    JSON.stringify({
      format: 'blindscore-model/1',
      id: 'words',
      version: '1',
      title: 'words',
      description: 'words',
      features: [
        { name: 'v', type: 'category', levels, unknown: 'reference' },
        { name: 'x', type: 'number', range: [-10, 10] },
      ],
      heads: [
        {
          intercept: 0,
          terms: [
            ...levels.slice(1).map((level, i) => ({ feature: 'v', level, weight: i + 1 })),
            { feature: 'x', weight: 0.5 },
          ],
        },
      ],
      link: 'identity',
    }) as `{${string}`
  const file = (cell: string) => `id,v,x\nr,"${cell.replaceAll('"', '""')}",0\n`

  it.each<[readonly string[], string]>([
    [['007', '7'], '7.0'],
    [['007', '7'], '="7"'],
    [['A07', 'A7'], 'a 7'],
    [['Köln', 'Koln'], 'KO\u0308LN'],
    [['Köln', 'Koln'], 'Koeln'],
    [['m', 'M', 'f'], 'ｍ.'],
    [['<50', '>50'], '≤50'],
    [['<50', '50-60', '>=60'], '60+'],
    [['2', '3'], '2%'],
    [['5', '7'], '(5)'],
    [['5', '-5'], '(5)'],
    [['A', 'A+'], 'A-'],
    [['north east', 'north west'], 'north eest'],
  ])('waits where nothing says which is meant: %j, %s', async (levels, cell) => {
    for (const near of ['none', 'read'] as const)
      expectScores((await scoresOf(file(cell), model(levels), { near })).scores, {})
    const left = await scoresOf(file(cell), model(levels), { near: 'policy' })
    expectScores(left.scores, { r: 0 })
    expect(left.result.report?.policies).toMatchObject([{ decision: 'unknown', count: 1 }])
  })

  it.each<[readonly string[], string, number]>([
    [['A01', 'A07'], 'a7', 1],
    [['2020-01', '2020-02'], '2020-2', 1],
    [['006', '007'], '٧', 1],
    [['<50', '>50'], '&gt; 50', 1],
    [['1.05', '1.5'], '1.50', 1],
  ])('is read where one is meant: %j, %s', async (levels, cell, wanted) => {
    expectScores((await scoresOf(file(cell), model(levels), { near: 'none' })).scores, {})
    expectScores((await scoresOf(file(cell), model(levels), { near: 'read' })).scores, { r: wanted })
  })

  it.each<[readonly string[], string]>([
    [['2', '3'], '-2'],
    [['2', '25'], '2.5'],
    [['employed', 'retired'], 'unemployed'],
  ])('is another value where it is one: %j, %s', async (levels, cell) => {
    expectScores((await scoresOf(file(cell), model(levels), { near: 'none' })).scores, { r: 0 })
  })
})
