import { describe, expect, it } from 'vitest'
import { leftOutReason } from '../../words/en/expected.ts'
import { checkFile } from '../check.ts'
import { blobOf, exportLeftOut, exportScores } from '../exportCsv.ts'
import type { NumberWay } from '../numberWays.ts'
import { type Repair, readNumber, withoutSymbols } from '../repairs.ts'
import { allBlocks } from './blocks.ts'
import { allRows, card, fileOf, plain, planFor } from './files.ts'

const header = ['a', 'b', 'c']
const check = (text: string, repairs: readonly Repair[] = [], decimalMark: '.' | ',' = '.') =>
  checkFile(fileOf(text), { ...planFor(3, { ...plain, decimalMark }), repairs }, header, () => {})

describe('a number written otherwise', () => {
  it.each<[string, NumberWay[], '.' | ',', string]>([
    ['1,5', ['other-decimal'], '.', '1.5'],
    ['-0,25', ['other-decimal'], '.', '-0.25'],
    ['1.5', ['other-decimal'], '.', '1.5'],
    ['1.5', ['other-decimal'], ',', '1,5'],
    ['1,234', ['group-other'], '.', '1234'],
    ['1,234,567.89', ['group-other'], '.', '1234567.89'],
    ['1.234,5', ['group-own', 'other-decimal'], '.', '1234.5'],
    ['1.234', ['group-own', 'other-decimal'], '.', '1234'],
    ['1 234.5', ['group-space'], '.', '1234.5'],
    ['1\u202f234,5', ['group-space', 'other-decimal'], '.', '1234.5'],
    ["12'345.6", ['group-space'], '.', '12345.6'],
    ['1.234,5', ['group-other'], ',', '1234,5'],
    ['12 %', ['percent'], '.', '12'],
    ['12.5%', ['percent-fraction'], '.', '12.5e-2'],
    ['€ 1,50', ['symbols', 'other-decimal'], '.', '1.50'],
    ['-$12', ['symbols'], '.', '-12'],
    ['12 USD', ['symbols'], '.', '12'],
    ['\u2212 3', ['symbols'], '.', '-3'],
  ])('%s by %j where the mark is %s', (cell, ways, own, read) => {
    expect(readNumber(cell, ways, own, undefined)).toBe(read)
  })

  it.each<[string, NumberWay[]]>([
    ['12,34', ['group-other']],
    ['1,2345', ['group-other']],
    ['1,234,56', ['group-other']],
    ['1.2.3', ['group-own', 'other-decimal']],
    ['12 %', ['symbols']],
    ['€5', ['other-decimal']],
    ['5 apples', ['symbols']],
    ['1 2', ['group-space']],
    ['', ['symbols', 'percent', 'other-decimal']],
    ['EUR', ['symbols']],
    ['0x10', ['symbols', 'other-decimal', 'group-other']],
  ])('stays as it is when no way fits: %j by %j', (cell, ways) => {
    expect(readNumber(cell, ways, '.', undefined)).toBe(cell)
  })

  it('loses its own unit, not another', () => {
    expect(withoutSymbols('12 MPa', 'MPa')).toBe('12')
    expect(withoutSymbols('12 kg', 'MPa')).toBe('12 kg')
  })
})

describe('what the check suggests', () => {
  it('is a decimal comma, with its cells counted', async () => {
    const { suggestions } = await check('a,b,c\n"1,5",2,x\n2.5,2,x\n"12,75",1,x\n')
    expect(suggestions).toEqual([
      {
        repair: { feature: 0, kind: 'number', ways: ['other-decimal'] },
        why: 'ways',
        count: 2,
        examples: [
          ['1,5', '1.5', 1],
          ['12,75', '12.75', 1],
        ],
      },
    ])
  })

  it('is never a reading that the card would refuse', async () => {
    // 1234 is out of range, and 1.234 has more decimals than the card takes.
    const { suggestions } = await check('a,b,c\n"1,23",2,x\n"1,234",2,x\n"1,234,567",1,x\n')
    expect(suggestions.map(({ repair, count }) => [repair, count])).toEqual([
      [{ feature: 0, kind: 'number', ways: ['other-decimal'] }, 1],
    ])
  })

  it('offers both readings of a percent sign where both fit', async () => {
    const { suggestions } = await check('a,b,c\n12 %,2,x\n')
    expect(suggestions.map(({ repair }) => 'ways' in repair && repair.ways)).toEqual([
      ['percent'],
      ['percent-fraction'],
    ])
  })

  it('is one and zero for yes and no, where a column holds just these two', async () => {
    const file = fileOf('a,b,c\n1,TRUE,x\n1,false ,x\n1,1,x\n1,maybe,x\n')
    const flag = {
      ...(card.features[1] as (typeof card.features)[number]),
      min: '0',
      max: '1',
    } as (typeof card.features)[number]
    const flagged = { ...planFor(), card: { ...card, features: card.features.with(1, flag) } }
    const report = await checkFile(file, flagged, header, () => {})
    expect(report.suggestions).toEqual([
      {
        repair: {
          feature: 1,
          kind: 'levels',
          pairs: [
            ['TRUE', '1'],
            ['false', '0'],
          ],
        },
        why: 'spelling',
        count: 2,
        examples: [
          ['TRUE', '1', 1],
          ['false', '0', 1],
        ],
      },
    ])
    const repairs = report.suggestions.map(({ repair }) => repair)
    expect((await checkFile(file, { ...flagged, repairs }, header, () => {})).leftOut).toBe(1)
    // A column of other numbers has no words for them.
    expect((await checkFile(file, planFor(), header, () => {})).suggestions).toEqual([])
  })

  it('joins narrower ways into a wider one that reads them alike', async () => {
    const { suggestions } = await check('a,b,c\n"€ 12,50",2,x\n"1,5",2,x\n€3,2,x\n')
    expect(suggestions).toHaveLength(1)
    expect(suggestions[0]).toMatchObject({ count: 3, repair: { ways: ['symbols', 'other-decimal'] } })
  })

  it('is the known spelling of a level, and the nearest one apart from it', async () => {
    const { suggestions } = await check('a,b,c\n1,2, X \n1,2,OTHER\n1,2,othr\n1,2,zebra\n')
    expect(suggestions.map(({ why, count, repair }) => [why, count, 'pairs' in repair && repair.pairs])).toEqual([
      [
        'spelling',
        2,
        [
          ['X', 'x'],
          ['OTHER', 'other'],
        ],
      ],
      ['nearest', 1, [['othr', 'other']]],
    ])
  })

  it('is to read a mark as missing only where the card has a policy for that', async () => {
    const { suggestions } = await check('a,b,c\n?,n.a.,x\n')
    expect(suggestions).toMatchObject([{ why: 'missing', count: 1, repair: { feature: 1, texts: ['n.a.'] } }])
  })

  it('is nothing for what nothing mends', async () => {
    expect((await check('a,b,c\n500,apple,zebra\n')).suggestions).toEqual([])
  })
})

describe('repairs', () => {
  const messy = 'a,b,c\n"1,5",-,X\n"€ 2,25",1,y\n3,1,z\n'
  const repairs: Repair[] = [
    { feature: 0, kind: 'number', ways: ['symbols', 'other-decimal'] },
    { feature: 1, kind: 'missing', texts: ['-'] },
    { feature: 2, kind: 'levels', pairs: [['X', 'x']] },
  ]
  const plan = { ...planFor(), repairs }

  it('mend in check, run and both files alike, and leave the file’s own cells as they are', async () => {
    const report = await check(messy, repairs)
    expect(report).toMatchObject({ rows: 3, scorable: 2, leftOut: 1, mended: [2, 1, 1] })
    const [block] = await allBlocks(fileOf(messy), plan, 2)
    const integers = card.inputs.map((_, j) => [...(block?.integers.subarray(2 * j, 2 * j + 2) ?? [])])
    expect(integers).toEqual([
      [150, 225],
      [13, 11],
      [1, 0],
      [0, 1],
    ])
    const scores = await blobOf(
      exportScores(fileOf(messy), plan, header, Float64Array.of(7, 8), { leftOut: leftOutReason }),
    )
    expect((await allRows(scores)).rows.slice(1)).toEqual([
      ['1,5', "'-", 'X', '', 'toy 1', '7', '7'],
      ['€ 2,25', '1', 'y', '', 'toy 1', '8', '8'],
      ['3', '1', 'z', expect.stringContaining('c: cell/level'), '', '', ''],
    ])
    const leftOut = (await allRows(await blobOf(exportLeftOut(fileOf(messy), plan, header, leftOutReason)))).rows
    expect(leftOut).toHaveLength(2)
    expect(leftOut[1]?.slice(0, 4)).toEqual(['3', '1', 'z', '4'])
  })

  it('type over one cell of one row, and the saved file says so', async () => {
    const typed: readonly Repair[] = [
      { feature: 0, kind: 'cell', row: 2, text: '7.5' },
      { feature: 2, kind: 'cell', row: 2, text: 'y' },
    ]
    const text = 'a,b,c\n500,1,x\n500,2,z\n3,4,x\n'
    expect(await check(text, typed)).toMatchObject({ rows: 3, scorable: 2, leftOut: 1, mended: [1, 1] })
    const plan = { ...planFor(), repairs: typed }
    const extras = { leftOut: leftOutReason }
    const saved = await blobOf(exportScores(fileOf(text), plan, ['a', 'b', 'c'], Float64Array.of(7, 8), extras))
    expect((await allRows(saved)).rows.map((row) => row.slice(0, 5))).toEqual([
      ['a', 'b', 'c', 'left_out', 'counted_as'],
      ['500', '1', 'x', expect.stringContaining('a: cell/range'), ''],
      ['500', '2', 'z', '', 'a: typed = 7.5; c: typed = y'],
      ['3', '4', 'x', '', ''],
    ])
  })

  it('name in the examples what the person wrote', async () => {
    const report = await check('a,b,c\n"500,5",2,x\n', [{ feature: 0, kind: 'number', ways: ['other-decimal'] }])
    expect(report.groups).toMatchObject([{ code: 'cell/range', feature: 0, examples: [{ text: '500,5' }] }])
  })

  it('do not pollute through levels named like properties', async () => {
    const report = await check('a,b,c\n1,2,__proto__\n', [
      { feature: 2, kind: 'levels', pairs: [['constructor', 'x']] },
    ])
    expect(report.scorable).toBe(0)
  })
})
