import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { A, a, eta, expectScores, header, laxModel, scoresOf } from './records.ts'

/** Other files of the kinds of `fixtures/cases`, each with what is scored unasked and what is scored once it is answered. */

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

describe('columns without a name', () => {
  it.each([
    ['the first', `,a,b\n1,40,30000\n2,50,1000\n`, ['', 'a', 'b']],
    ['most of them', `id,age,,,\nA,40,30000,5,own\nB,50,1000,7,rent\n`, ['id', 'age', '', '', '']],
  ])('do not hide the header: %s', async (_, text, names) => {
    const { result } = await scoresOf(text, 'strict', { near: 'none' })
    expect(result.preview.header).toEqual(names)
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

describe('words for true in a column of numbers', () => {
  it.each(['TRUE', 'False', 'yes', 'WAHR'])('wait, whatever its range: %s', async (cell) => {
    const text = `${header}${a}B,${cell},1000,7,rent\n`
    for (const near of ['none', 'read'] as const)
      expectScores((await scoresOf(text, laxModel(), { near })).scores, { A })
    const left = await scoresOf(text, laxModel(), { near: 'policy' })
    expect(left.result.report?.policies).toMatchObject([{ name: 'age', decision: 'invalid', count: 1 }])
  })
})
