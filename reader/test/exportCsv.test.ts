import { describe, expect, it } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { leftOutReason } from '../../words/en/expected.ts'
import { csvCell, csvNumber, isNeutralised } from '../csvCell.ts'
import { blobOf, exportLeftOut, exportScores, exportScoresAlone } from '../exportCsv.ts'
import { reasonColumns, scoreColumns } from '../scoreCells.ts'
import { allRows, card, errorOf, fileOf, plain, planFor } from './files.ts'

describe('the scores alone', () => {
  it('stand beside their rows, with marks as in the file', async () => {
    const plan = { ...planFor(3), format: { encoding: 'utf-8', delimiter: ';', decimalMark: ',' } as const }
    const text = await (await blobOf(exportScoresAlone(plan, Uint32Array.of(2, 5), Float64Array.of(1.5, -2)))).text()
    expect(text).toBe('row;scored_by;linear_predictor;score\r\n2;toy 1;1,5;1,5\r\n5;toy 1;-2;-2\r\n')
  })
})

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

  const predictors = new Float64Array([1.5, -2.25, 3])
  const extras = { leftOut: leftOutReason }

  it('are the file’s own columns, then the scores or the reason why there are none, every row in its place', async () => {
    const blob = await blobOf(exportScores(file, plan, header, predictors, extras))
    expect(blob.type).toBe('text/csv;charset=utf-8')
    expect((await allRows(blob)).rows).toEqual([
      [...header, 'left_out', 'scored_by', 'linear_predictor', 'score'],
      ["'=cmd()", '1', '2', 'x', 'p', '', 'toy 1', '1.5', '1.5'],
      ['r2', '1', '2', '', '', 'row/ragged: 5 cells expected', '', '', ''],
      ['m, n', '2', '-3', 'y', 'q"r', '', 'toy 1', '-2.25', '-2.25'],
      ['r4', '500', '2', 'x', 's', expect.stringMatching(/^a: cell\/range, .*0 to 100/), '', '', ''],
      ['-7', '3', '4', 'other', '', '', 'toy 1', '3', '3'],
    ])
  })

  it('are those of a part of the records, where no more were scored', async () => {
    const blob = await blobOf(
      exportScores(file, plan, header, new Float64Array([-2.25, 3]), { rows: Uint32Array.of(3, 5) }),
    )
    expect((await allRows(blob)).rows.map(([id, , , , , , score]) => [id, score])).toEqual([
      ['id', 'linear_predictor'],
      ['m, n', '-2.25'],
      ['-7', '3'],
    ])
  })

  it('say what a threshold decides of the score that is written, and nothing of what was left out', async () => {
    const threshold = { response: 0, value: 1.5, below: 'no', atOrAbove: '=yes' }
    // Half a digit beyond the tolerance below the threshold: 1.5 as it is written, and so it is decided.
    const near = new Float64Array([1.5 - 1e-9, -2.25, 3])
    const { rows } = await allRows(await blobOf(exportScores(file, plan, header, near, { ...extras, threshold })))
    expect(rows.map((row) => row.slice(-5))).toEqual([
      ['scored_by', 'threshold', 'decision', 'linear_predictor', 'score'],
      ['toy 1', '1.5', "'=yes", '1.5', '1.5'],
      ['', '', '', '', ''],
      ['toy 1', '1.5', 'no', '-2.25', '-2.25'],
      ['', '', '', '', ''],
      ['toy 1', '1.5', "'=yes", '3', '3'],
    ])
  })

  it('have as many cells in every row, whatever the file’s rows have', async () => {
    const ragged = fileOf('id,a,b,c,d\nr1,1,2,x,p,"q,r",s\nr2,1\nr3,1,2,x,p\n')
    const blob = await blobOf(exportScores(ragged, plan, header, Float64Array.of(1), extras))
    const { rows } = await allRows(blob)
    expect(rows.map((row) => row.length)).toEqual([9, 9, 9, 9])
    expect(rows[1]?.slice(4, 6)).toEqual(['p,q,r,s', 'row/ragged: 5 cells expected'])
  })

  it('are refused where the file no longer has the records that were scored', async () => {
    for (const given of [predictors.subarray(0, 2), predictors])
      for (const said of [extras, {}]) {
        if (given === predictors && said === extras) continue
        const work = blobOf(exportScores(file, plan, header, given, said))
        expect((await errorOf(work)).code).toBe('file/unreadable')
      }
  })

  it('neutralise a header too', async () => {
    const hostile = fileOf('=1+1,a,b,c,d\nx,1,2,x,y\n')
    const blob = await blobOf(exportScores(hostile, plan, ['=1+1', 'a', 'b', 'c', 'd'], new Float64Array([1])))
    expect((await blob.text()).startsWith("'=1+1,")).toBe(true)
  })

  it('name a column per head and per response where there are several, then the label', () => {
    expect([...scoreColumns(card), ...reasonColumns(card)]).toEqual(['linear_predictor', 'score'])
    const two = { ...card, heads: [{ name: 'low' }, { name: 'high' }], responses: ['no', 'yes'], label: true }
    expect([...scoreColumns(two), ...reasonColumns(two)]).toEqual([
      'linear_predictor.low',
      'linear_predictor.high',
      'score.no',
      'score.yes',
      'label',
    ])
    const ordered = { ...card, responses: ['bad', 'fair', 'good'] }
    expect([...scoreColumns(ordered), ...reasonColumns(ordered)]).toEqual([
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
    expect(header).toBe(
      'a,b,c,scored_by,linear_predictor.eta,score.=bad,score.good,label,points.r1,points.r2,reason.1,reason.2',
    )
    const low = 1 / (1 + Math.exp(-2))
    expect(first?.split(',')[4]).toBe('-2')
    // A millionth in the predictor moves it by 1.05e-7.
    expect(first?.split(',')[5]).toBe(low.toFixed(8))
    expect(first?.split(',').slice(7)).toEqual(["'=bad", '1', '3', 'S', 'R-few'])
    expect(second?.split(',').slice(7)).toEqual(['good', '-1', '0', 'S', ''])
    const scorecard: Card = { ...ordinal, link: 'identity', responses: ['score'], label: false }
    expect([...scoreColumns(scorecard), ...reasonColumns(scorecard)].slice(0, 3)).toEqual([
      'linear_predictor',
      'score',
      'points.r1',
    ])
  })

  it('keep the file’s delimiter and decimal mark', async () => {
    const german = { encoding: 'utf-8', delimiter: ';', decimalMark: ',' } as const
    const blob = await blobOf(
      exportScores(fileOf('a;b;c\n1,5;2;x\n'), planFor(3, german), ['a', 'b', 'c'], new Float64Array([2.5])),
    )
    expect(await blob.text()).toBe('a;b;c;scored_by;linear_predictor;score\r\n1,5;2;x;toy 1;2,5;2,5\r\n')
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
    expect(rows.at(-1)?.[4]).toBe(String(count - 1))
    expect(rows.slice(1).every((row, i) => row[0] === String(i % 100) && row[4] === String(i))).toBe(true)
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
