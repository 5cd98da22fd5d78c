import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { A, a, eta, expectScores, header, laxModel, type Scores, scoresOf } from './records.ts'

/** Other files of the kinds of `fixtures/cases`, each with what is scored unasked and what is scored once it is answered. */

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
    expect(Papa.parse<string[]>(result.text.trim()).data.map((row) => row.length)).toEqual([8, 8])
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

describe('columns without a name', () => {
  it.each([
    ['the first', `,a,b\n1,40,30000\n2,50,1000\n`, ['', 'a', 'b']],
    ['most of them', `id,age,,,\nA,40,30000,5,own\nB,50,1000,7,rent\n`, ['id', 'age', '', '', '']],
  ])('do not hide the header: %s', async (_, text, names) => {
    const { result } = await scoresOf(text, 'strict', { near: 'none' })
    expect(result.preview.header).toEqual(names)
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

describe('a column without a name at the end', () => {
  it.each([
    ['after a number that is cut', 'id,age,income,rate,home,\nA,40,30000,5,5,own\nB,50,1000,7,25,rent\n'],
    ['where a number is pushed', 'id,home,age,rate,income,\nA,own,40,5,5,30000\nB,rent,50,7,5,1000\n'],
    ['after two numbers', 'id,home,age,rate,income,,\nA,own,40,5,5,30000,5\nB,rent,50,7,5,1000,25\n'],
    ['where one row has whole numbers', 'id,home,age,rate,income,\nA,own,40,5,5,30000\nB,rent,50,7,1000,\n'],
  ])('is asked about %s', async (_, text) => {
    for (const model of ['strict', 'lenient'] as const) {
      const { asks, scores } = await scoresOf(text, model, { near: 'none' })
      expect([asks, scores]).toEqual(['unnamed', {}])
      expect((await scoresOf(text, model, { near: 'none', format: { header: 1 } })).asks).toBe(null)
    }
  })

  it.each([
    ['every column of the model is in its place', 'id,age,income,rate,home,\nA,40,30000,5,own,called\n'],
    ['no number can be cut', 'home,age,id,income,note,rate,\nown,40,A,30000,x,5,called\n'],
    ['the file has semicolons', 'id;home;rate;age;income;\nA;own;5;40;30000;7\n'],
  ])('is one where %s', async (_, text) => {
    expectScores((await scoresOf(text, 'strict', { near: 'none' })).scores, { A })
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

describe('words for true in a column of numbers', () => {
  it.each(['TRUE', 'False', 'yes', 'WAHR'])('wait, whatever its range: %s', async (cell) => {
    const text = `${header}${a}B,${cell},1000,7,rent\n`
    for (const near of ['none', 'read'] as const)
      expectScores((await scoresOf(text, laxModel(), { near })).scores, { A })
    const left = await scoresOf(text, laxModel(), { near: 'policy' })
    expect(left.result.report?.policies).toMatchObject([{ name: 'age', decision: 'invalid', count: 1 }])
  })
})
