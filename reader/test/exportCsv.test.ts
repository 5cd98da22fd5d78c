import { describe, expect, it } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { leftOutReason } from '../../words/en/expected.ts'
import { csvCell, csvNumber, isNeutralised } from '../csvCell.ts'
import { blobOf, exportLeftOut, exportScores, scoreColumns } from '../exportCsv.ts'
import { allRows, card, fileOf, plain, planFor } from './files.ts'

describe('cells that a spreadsheet could run', () => {
  it.each([
    '=1+1',
    '+1+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '=1+1\nx',
    'x\n=1'.slice(1),
    '  =1',
    '＝1+1',
    '−1+1',
    '-',
    '+',
    '=',
    '\tx',
  ])('get an apostrophe: %j', (text) => {
    const cell = csvCell(text, plain)
    const inner = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
    expect(inner).toBe(`'${text}`)
  })

  it.each(['-1', '+1', '-1.5e-3', ' -2 ', '-.5', '1', 'x', 'a=b', 'a-b', "'", '', 'x@y.z'])('are not: %j', (text) => {
    const cell = csvCell(text, plain)
    expect(cell.startsWith('"') ? cell.slice(1, -1) : cell).toBe(text)
  })

  it.each([
    ['x;=1+1', "x;'=1+1"],
    ['x,=1+1', "x,'=1+1"],
    ['x\t@SUM(A1)', "x\t'@SUM(A1)"],
    ['x|-1+1', "x|'-1+1"],
    ['x\n=1+1', "x\n'=1+1"],
    ['x; "=1+1"', 'x; "\'=1+1"'],
    ['=1;=2', "'=1;'=2"],
    ['x;-7', 'x;-7'],
    ['a=b;c', 'a=b;c'],
    ['3-4, 5-6', '3-4, 5-6'],
  ])('are made harmless wherever another program cuts: %j', (text, safe) => {
    const cell = csvCell(text, plain)
    expect(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell).toBe(safe)
    expect(isNeutralised(text, '.')).toBe(text !== safe)
  })

  it('keeps decimal commas numbers only where the file has them', () => {
    expect(csvCell('-1,5', { delimiter: ';', decimalMark: ',' })).toBe('-1,5')
    expect(csvCell('-1,5', { delimiter: ';', decimalMark: '.' })).toBe("'-1,5")
  })

  it('quotes what would read back as something else', async () => {
    const texts = ['a,b', 'say "x"', 'two\nlines', ' spaced ', 'é', 'a;b']
    const line = texts.map((text) => csvCell(text, plain)).join(',')
    expect((await allRows(fileOf(line))).rows).toEqual([texts])
  })
})

describe('numbers', () => {
  it.each([1740.25, 0.1 + 0.2, 1 / 3, -1e-7, 5e-324, 1.7976931348623157e308, -0.1])(
    'read back as they were: %d',
    (value) => {
      expect(Number(csvNumber(value, plain))).toBe(value)
      expect(Number(csvNumber(value, { delimiter: ';', decimalMark: ',' }).replace(',', '.'))).toBe(value)
    },
  )
})

describe('the scored rows', () => {
  const header = ['id', 'a', 'b', 'c', '__proto__']
  const plan = planFor(5, plain, [1, 2, 3])
  const file = fileOf(
    'id,a,b,c,__proto__\n',
    '=cmd(),1,2,x,p\n',
    'r2,1,2\n',
    '"m, n",2,-3,y,"q""r"\n',
    'r4,500,2,x,s\n',
    '-7,3,4,other,\n',
  )

  it('are the file’s own columns, then the scores, with the rows left out gone', async () => {
    const blob = await blobOf(exportScores(file, plan, header, new Float64Array([1.5, -2.25, 3])))
    expect(blob.type).toBe('text/csv;charset=utf-8')
    expect((await allRows(blob)).rows).toEqual([
      [...header, 'linear_predictor', 'score'],
      ["'=cmd()", '1', '2', 'x', 'p', '1.5', '1.5'],
      ['m, n', '2', '-3', 'y', 'q"r', '-2.25', '-2.25'],
      ['-7', '3', '4', 'other', '', '3', '3'],
    ])
  })

  it('neutralise a header too', async () => {
    const hostile = fileOf('=1+1,a,b,c,d\nx,1,2,x,y\n')
    const blob = await blobOf(exportScores(hostile, plan, ['=1+1', 'a', 'b', 'c', 'd'], new Float64Array([1])))
    expect((await blob.text()).startsWith("'=1+1,")).toBe(true)
  })

  it('name a column per head and per response where there are several, then the label', () => {
    expect(scoreColumns({ card })).toEqual(['linear_predictor', 'score'])
    const two = { ...card, heads: [{ name: 'low' }, { name: 'high' }], responses: ['no', 'yes'], label: true }
    expect(scoreColumns({ card: two })).toEqual([
      'linear_predictor.low',
      'linear_predictor.high',
      'score.no',
      'score.yes',
      'label',
    ])
    const ordered = { ...card, responses: ['bad', 'fair', 'good'] }
    expect(scoreColumns({ card: ordered })).toEqual([
      `linear_predictor.${card.heads[0]?.name}`,
      'score.bad',
      'score.fair',
      'score.good',
    ])
  })

  it('give every response of one head, the label and the reason codes, as text where they could run', async () => {
    const ordinal: Card = {
      ...card,
      link: { cumulative: 'logit', categories: ['=bad', 'good'], thresholds: [0] },
      responses: ['=bad', 'good'],
      label: true,
      heads: [{ name: 'eta' }, { name: 'r1', role: 'reason' }, { name: 'r2', role: 'reason' }],
      derived: [
        {
          name: 'size',
          type: 'category',
          levels: ['few', 'many'],
          unknown: 'refuse',
          missing: { policy: 'refuse' },
          expression: { op: 'bin', args: [{ column: 'a' }], edges: [2], closed: 'left', labels: ['few', 'many'] },
        },
      ],
      reasons: {
        characteristics: [
          {
            head: 'r1',
            column: 'size',
            codes: [
              ['few', 'R-few'],
              ['many', 'R-many'],
            ],
          },
          {
            head: 'r2',
            column: 'size',
            codes: [
              ['few', 'S'],
              ['many', 'S'],
            ],
          },
        ],
      },
    }
    const blob = await blobOf(
      exportScores(
        fileOf('a,b,c\n1.5,2,x\n2.5,2,x\n'),
        { ...planFor(3, plain), card: ordinal },
        ['a', 'b', 'c'],
        // Per record: η, the points of r1, those of r2.
        new Float64Array([-2, 1, 3, 2, -1, 0]),
      ),
    )
    const [header, first, second] = (await blob.text()).trimEnd().split('\r\n')
    expect(header).toBe('a,b,c,linear_predictor.eta,score.=bad,score.good,label,points.r1,points.r2,reason.1,reason.2')
    const low = 1 / (1 + Math.exp(-2))
    expect(first?.split(',')[3]).toBe('-2')
    expect(Number(first?.split(',')[4])).toBeCloseTo(low, 14)
    expect(first?.split(',').slice(6)).toEqual(["'=bad", '1', '3', 'S', 'R-few'])
    expect(second?.split(',').slice(6)).toEqual(['good', '-1', '0', 'S', ''])
    const scorecard: Card = { ...ordinal, link: 'identity', responses: ['score'], label: false }
    expect(scoreColumns({ card: scorecard }).slice(0, 3)).toEqual(['linear_predictor', 'score', 'points.r1'])
  })

  it('keep the file’s delimiter and decimal mark', async () => {
    const german = { encoding: 'utf-8', delimiter: ';', decimalMark: ',' } as const
    const blob = await blobOf(
      exportScores(fileOf('a;b;c\n1,5;2;x\n'), planFor(3, german), ['a', 'b', 'c'], new Float64Array([2.5])),
    )
    expect(await blob.text()).toBe('a;b;c;linear_predictor;score\r\n1,5;2;x;2,5;2,5\r\n')
  })

  it('are as many in a file of many pieces', async () => {
    const count = 120_000
    const many = fileOf('a,b,c\n', Array.from({ length: count }, (_, i) => `${i % 100},1,x\n`).join(''))
    const blob = await blobOf(
      exportScores(
        many,
        planFor(),
        ['a', 'b', 'c'],
        Float64Array.from({ length: count }, (_, i) => i),
      ),
    )
    const { rows } = await allRows(blob)
    expect(rows).toHaveLength(count + 1)
    expect(rows.at(-1)?.[3]).toBe(String(count - 1))
    expect(rows.slice(1).every((row, i) => row[0] === String(i % 100) && row[3] === String(i))).toBe(true)
  })

  it('and those left out come with line and reasons', async () => {
    const { rows } = await allRows(await blobOf(exportLeftOut(file, plan, header, leftOutReason)))
    expect(rows).toEqual([
      [...header, 'left_out_line', 'left_out_reason'],
      ['r2', '1', '2', '', '', '3', 'row/ragged: 5 cells expected'],
      ['r4', '500', '2', 'x', 's', '5', expect.stringMatching(/^a: cell\/range, .*0 to 100/)],
    ])
  })
})
