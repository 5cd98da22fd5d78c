import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { type Answers, scored } from './scored.ts'

/** Other files of the kinds of `fixtures/cases`, each with what is scored unasked and what is scored once it is answered. */

const models = new URL('./fixtures/cases/models/', import.meta.url)
type ModelId = 'strict' | 'lenient' | 'codes' | 'boolsimp' | 'grades' | 'towns' | 'sk-ohe' | 'step'

const home = { own: 0, rent: 3, other: -7 }
/** The linear predictor of `strict` and `lenient`. */
const eta = (age: number, income: number, rate: number, at: keyof typeof home): number =>
  0.5 + 0.02 * age + 0.001 * income + 0.5 * rate + home[at]

const header = 'id,age,income,rate,home\n'
const a = 'A,40,30000,5,own\n'
const A = eta(40, 30_000, 5, 'own')

type Scores = Readonly<Record<string, number>>

async function scoresOf(text: string | Uint8Array<ArrayBuffer>, model: ModelId, answers: Answers) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const result = await scored(bytes, readFileSync(new URL(`${model}.json`, models), 'utf8'), answers)
  const { delimiter } = result.preview.format
  const { data } = Papa.parse<string[]>(result.text.trim(), { delimiter: delimiter === ' ' ? ',' : delimiter })
  const id = Math.max(0, data[0]?.findIndex((name) => /^#?\s*id$/.test(name)) ?? 0)
  const found = data.slice(1).map((row) => [row[id] ?? '', Number(row.at(-2)?.replace(',', '.'))] as const)
  return { asks: result.asks, scores: Object.fromEntries(found) as Scores, result }
}

function expectScores(found: Scores, wanted: Scores): void {
  expect(Object.keys(found)).toEqual(Object.keys(wanted))
  for (const [id, predictor] of Object.entries(wanted)) expect(found[id], id).toBeCloseTo(predictor, 5)
}

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

describe('cells that a policy would make something of', () => {
  const homes = (cell: string) => `${header}${a}B,50,1000,7,${cell}\n`
  it.each(['Rent', 'RENT.', '"""rent"""', "'rent'", 'ｒｅｎｔ', 'rnet', 'r ent', '“Rent”'])(
    'are asked for where they are near a level: %s',
    async (cell) => {
      expectScores((await scoresOf(homes(cell), 'lenient', { near: 'none' })).scores, { A })
      const read = { A, B: eta(50, 1000, 7, 'rent') }
      expectScores((await scoresOf(homes(cell), 'lenient', { near: 'read' })).scores, read)
      const left = await scoresOf(homes(cell), 'lenient', { near: 'policy' })
      expectScores(left.scores, { A, B: eta(50, 1000, 7, 'own') })
      expect(left.result.report?.policies).toMatchObject([{ name: 'home', decision: 'unknown', as: 'own', count: 1 }])
    },
  )

  it.each(['rent\u200b', '\u00a0rent', 're\u00adnt', '\ufeffrent'])(
    'are the level where nobody sees a difference: %j',
    async (cell) => {
      const found = await scoresOf(homes(cell), 'lenient', { near: 'none' })
      expectScores(found.scores, { A, B: eta(50, 1000, 7, 'rent') })
      expect(found.result.report?.policies).toEqual([])
    },
  )

  it.each(['castle', 'not rent', 'co-own'])('are counted where nothing is near: %s', async (cell) => {
    const { scores, result } = await scoresOf(homes(cell), 'lenient', { near: 'none' })
    expectScores(scores, { A, B: eta(50, 1000, 7, 'own') })
    expect(result.report?.policies).toMatchObject([{ decision: 'unknown', as: 'own', count: 1, examples: [cell] }])
    expect(result.text).toContain('home: cell/level = own')
  })

  const flags = (cells: readonly string[]) => `id,smoker,x\n${cells.map((cell, i) => `r${i},${cell},1\n`).join('')}`
  it.each([
    ['pandas', 'True', 'False'],
    ['R', 'TRUE', 'FALSE'],
    ['SQL', 't', 'f'],
    ['JSON', 'true', 'false'],
    ['words', 'Yes', 'no'],
    ['a German spreadsheet', 'WAHR', 'FALSCH'],
    ['letters', 'Y', 'N'],
  ])('are never no for yes: %s', async (_, yes, no) => {
    expectScores((await scoresOf(flags([yes, no]), 'boolsimp', { near: 'none' })).scores, {})
    expectScores((await scoresOf(flags([yes, no]), 'boolsimp', { near: 'read' })).scores, { r0: 6.5, r1: 1.5 })
  })

  const bools = (cells: readonly string[]) =>
    `id,age,income,home,zipc,zone,smoker\n${cells.map((cell, i) => `r${i},79,16380.6,own,02134,10,${cell}\n`).join('')}`
  it.each([
    ['R', 'TRUE', 'FALSE'],
    ['SQL', 'true', 'false'],
    ['short SQL', 't', 'f'],
    ['numbers', '1', '0'],
    ['numbers with a point', '1.0', '0.0'],
  ])('of a boolean column that another program wrote: %s', async (_, yes, no) => {
    const wanted = (await scoresOf(bools(['True', 'False']), 'sk-ohe', { near: 'none' })).scores
    expect(Object.keys(wanted)).toHaveLength(2)
    expectScores((await scoresOf(bools([yes, no]), 'sk-ohe', { near: 'none' })).scores, {})
    expectScores((await scoresOf(bools([yes, no]), 'sk-ohe', { near: 'read' })).scores, wanted)
  })

  it.each([
    ['7', '2'],
    ['7.0', '2.0'],
    ['0007', '02'],
    ['="007"', "'2"],
  ])('of codes: %s, %s', async (branch, grade) => {
    const text = `id,branch,grade,flag\nr,"${branch.replaceAll('"', '""')}",${grade},true\n`
    expectScores((await scoresOf(text, 'codes', { near: 'none' })).scores, {})
    expectScores((await scoresOf(text, 'codes', { near: 'read' })).scores, { r: 111.5 })
  })

  it.each(['#N/A', '#DIV/0!', '#REF!', '#NV', '#WERT!', '#¡DIV/0!', '=B2*2', '=SUM(A1:A9)'])(
    'but a spreadsheet’s errors and formulas are nothing: %s',
    async (cell) => {
      for (const near of ['none', 'policy'] as const) {
        const text = `${header}${a}B,50,${cell},7,rent\nC,50,1000,7,${cell}\n`
        expectScores((await scoresOf(text, 'lenient', { near })).scores, { A })
      }
    },
  )
})

describe('suggestions never say the contrary', () => {
  const rated = (rating: string, band: string) => `id,rating,band,x\nr,${rating},${band},1\n`
  it.each([
    ['A', '>50'],
    ['A', '<=50'],
    ['A', '≤50'],
    ['A', '<70'],
    ['A', '>70'],
    ['A', '50-61'],
    ['A', '5060'],
    ['A-', '<50'],
    ['AA+', '<50'],
    ['A%', '<50'],
    ['BBB-', '<50'],
  ])('of %s, %s', async (rating, band) => {
    expectScores((await scoresOf(rated(rating, band), 'grades', { near: 'read' })).scores, {})
  })

  it.each([
    ['aa', '< 50', 2.5],
    ['a+', '50–60', 103.5],
    ['bbb', '≥70', 209.5],
    ['AAA', '>= 70', 201.5],
  ])('but know other spellings: %s, %s', async (rating, band, wanted) => {
    expectScores((await scoresOf(rated(rating, band), 'grades', { near: 'none' })).scores, {})
    expectScores((await scoresOf(rated(rating, band), 'grades', { near: 'read' })).scores, { r: wanted })
  })
})

describe('the saved file', () => {
  it.each(['score', 'linear_predictor', 'Score', 'score.2'])('has no second column named %s', async (name) => {
    const { result } = await scoresOf(`id,age,income,rate,home,${name},score\nA,40,30000,5,own,9,9\n`, 'strict', {
      near: 'none',
    })
    const names = (result.text.split('\r\n')[0] ?? '').toLowerCase().split(',')
    expect(new Set(names.slice(-2)).size).toBe(2)
    for (const added of names.slice(-2)) expect(names.indexOf(added)).toBeGreaterThan(6)
  })

  it('has one cell for each of its names, whatever the marks', async () => {
    const text = 'id,age,income,rate,home\nA,40,"30000,5","5,5",own\n'
    const { result } = await scoresOf(text, 'strict', { near: 'none' })
    expect(Papa.parse<string[]>(result.text.trim()).data.map((row) => row.length)).toEqual([7, 7])
  })
})
