import { describe, expect, it } from 'vitest'
import type { Expected } from '../../core/card/encode.ts'
import { expectedText } from '../../words/en/expected.ts'
import { checkFile } from '../check.ts'
import { allBlocks } from './blocks.ts'
import { card, errorOf, fileOf, pieceBytes, plain, planFor } from './files.ts'

const header = ['a', 'b', 'c']
const check = (text: string, plan = planFor()) => checkFile(fileOf(text), plan, header, () => {})

describe('checking', () => {
  it.each<[string, string, string]>([
    ['an empty cell', '', 'cell/missing'],
    ['white space', '   ', 'cell/missing'],
    ['NaN', 'NaN', 'cell/missing'],
    ['NA', 'NA', 'cell/missing'],
    ['Infinity', 'Infinity', 'cell/not-a-number'],
    ['-inf', '-inf', 'cell/not-a-number'],
    ['1e999', '1e999', 'cell/range'],
    ['1e-999', '1e-999', 'cell/precision'],
    ['hexadecimal', '0x10', 'cell/not-a-number'],
    ['underscores', '1_000', 'cell/not-a-number'],
    ['U+2212 minus', '\u22121', 'cell/not-a-number'],
    ['a currency', '€5', 'cell/not-a-number'],
    ['two points', '1.2.3', 'cell/not-a-number'],
    ['a decimal comma', '"1,5"', 'cell/not-a-number'],
    ['full-width digits', '１２', 'cell/not-a-number'],
    ['a value below the range', '-0.01', 'cell/range'],
    ['a value above the range', '100.01', 'cell/range'],
    ['a value that would round into the range', '100.004', 'cell/range'],
    ['more decimals than the step', '1.005', 'cell/precision'],
  ])('names line, column and text of %s', async (_, cell, code) => {
    const report = await check(`a,b,c\n1,2,x\n\n${cell},2,x\n`)
    expect(report).toMatchObject({ rows: 2, scorable: 1, leftOut: 1 })
    expect(report.groups).toHaveLength(1)
    expect(report.groups[0]).toMatchObject({ code, column: 'a', count: 1 })
    expect(expectedText(report.groups[0]?.expected as Expected)).toContain('0 to 100')
    const text = cell.replaceAll('"', '')
    expect(report.groups[0]?.examples).toEqual([{ row: 2, line: 4, text }])
  })

  it.each(['0', '100', '+1', '1.', '.5', '1e1', '1E+2', ' 7 ', '007', '99.99', '-0'])('takes %j', async (cell) => {
    expect(await check(`a,b,c\n${cell},2,x\n`)).toMatchObject({ scorable: 1, leftOut: 0, groups: [] })
  })

  it('puts the stated constant for a missing cell only where the card says so', async () => {
    const report = await check('a,b,c\n1,,x\n1,2,\n')
    expect(report).toMatchObject({ rows: 2, scorable: 1 })
    expect(report.groups.map(({ code, column }) => [code, column])).toEqual([['cell/missing', 'c']])
  })

  it('refuses an unknown level and names the known ones', async () => {
    const [group] = (await check('a,b,c\n1,2,X\n')).groups
    expect(group).toMatchObject({ code: 'cell/level', column: 'c', expected: { levels: ['x', 'y', 'other'] } })
  })

  it('lists ragged rows by line with their count of cells', async () => {
    const report = await check('a,b,c\n1,2\n1,2,x\n1,2,x,4\n"1\n",2\n1,2,x\n')
    expect(report).toMatchObject({ rows: 5, scorable: 2, leftOut: 3 })
    expect(report.groups).toEqual([
      {
        code: 'row/ragged',
        expected: { kind: 'cells', count: 3 },
        count: 3,
        examples: [
          { row: 1, line: 2, text: null, cells: 2 },
          { row: 3, line: 4, text: null, cells: 4 },
          { row: 4, line: 5, text: null, cells: 2 },
        ],
      },
    ])
  })

  it('groups by kind and column, with all counted and twenty shown', async () => {
    const report = await check(`a,b,c\n${'500,99,z\n'.repeat(30)}`)
    expect(report.groups.map(({ code, column, count, examples }) => [code, column, count, examples.length])).toEqual([
      ['cell/range', 'a', 30, 20],
      ['cell/range', 'b', 30, 20],
      ['cell/level', 'c', 30, 20],
    ])
    expect(report.leftOut).toBe(30)
  })

  it('cuts long cells short', async () => {
    const [group] = (await check(`a,b,c\n${'9'.repeat(500)},2,x\n`)).groups
    expect(group?.examples[0]?.text).toBe(`${'9'.repeat(40)}…`)
  })

  it('knows of no column that a feature does not take', async () => {
    const plan = planFor(5, plain, [4, 2, 0])
    const report = await checkFile(
      fileOf('c,__proto__,b,x,a\nx,?,2,"=1",3\n'),
      plan,
      ['c', '__proto__', 'b', 'x', 'a'],
      () => {},
    )
    expect(report).toMatchObject({ scorable: 1, leftOut: 0 })
  })

  it('reads decimal commas where that was confirmed, and no point then', async () => {
    const plan = planFor(3, { encoding: 'utf-8', delimiter: ';', decimalMark: ',' })
    const file = fileOf('a;b;c\n1,5;2;x\n1.5;2;x\n1.000,5;2;x\n')
    const report = await checkFile(file, plan, header, () => {})
    expect(report).toMatchObject({ scorable: 1, leftOut: 2 })
    expect((await allBlocks(file, plan, 4))[0]?.integers[0]).toBe(150)
  })

  it('tells how far it is', async () => {
    const file = fileOf('a,b,c\n', '1,2,x\n'.repeat(400_000))
    const told: number[] = []
    await checkFile(file, planFor(), header, ({ bytesRead }) => told.push(bytesRead))
    // About once in a mebibyte, at the next line end that a text of the file ends with.
    expect(told).toHaveLength(3)
    const steps = told.slice(0, -1).map((bytes, i) => bytes - (told[i - 1] ?? 0))
    for (const step of steps) {
      expect(step).toBeGreaterThanOrEqual(pieceBytes)
      expect(step).toBeLessThanOrEqual(pieceBytes + 64 * 1024)
    }
    expect(told.at(-1)).toBe(file.size)
  })
})

describe('blocks', () => {
  const capacity = 7
  const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => `${i}.25,${(i % 21) - 10},x\n`).join('')

  it.each([1, 6, 7, 8, 13, 14, 15])('hold %i records once each, in order, padded with zeros', async (count) => {
    const blocks = await allBlocks(fileOf('a,b,c\n', rowsOf(count)), planFor(), capacity)
    expect(blocks.map(({ records }) => records)).toEqual(
      Array.from({ length: Math.ceil(count / capacity) }, (_, b) => Math.min(capacity, count - b * capacity)),
    )
    expect(blocks.map(({ at }) => at)).toEqual(blocks.map((_, b) => b * capacity))
    const seen: number[] = []
    for (const { integers, rows, records } of blocks) {
      expect(integers).toHaveLength(card.inputs.length * capacity)
      for (let r = 0; r < capacity; r++) {
        const record = card.inputs.map((_, j) => integers[j * capacity + r])
        if (r < records) {
          const row = rows[r] as number
          seen.push(row)
          expect(record).toEqual([(row - 1) * 100 + 25, (row - 1) % 21, 1, 0])
        } else expect(record).toEqual([0, 0, 0, 0])
      }
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, i) => i + 1))
  })

  it('pass over what the check left out, and leave nothing of it behind', async () => {
    const file = fileOf('a,b,c\n1,2,x\n5,5,z\n6,7\n2,3,y\n7,5,?\n')
    const [block, ...more] = await allBlocks(file, planFor(), capacity)
    expect(more).toEqual([])
    expect(block?.records).toBe(2)
    expect([...(block?.rows.subarray(0, 2) ?? [])]).toEqual([1, 4])
    const columns = card.inputs.map((_, j) => [...(block?.integers.subarray(j * capacity, (j + 1) * capacity) ?? [])])
    expect(columns).toEqual([
      [100, 200, 0, 0, 0, 0, 0],
      [12, 13, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0, 0],
      [0, 1, 0, 0, 0, 0, 0],
    ])
  })

  it('are none for a header alone', async () => {
    expect(await allBlocks(fileOf('a,b,c\n'), planFor(), capacity)).toEqual([])
    expect(await check('a,b,c\n')).toMatchObject({ rows: 0, scorable: 0 })
    expect((await errorOf(allBlocks(fileOf(''), planFor(), capacity))).code).toBe('file/empty')
  })

  it('match columns by place, so that two of one name stay two', async () => {
    const file = fileOf('a,a,c,b\n1,50,x,2\n')
    const first = await allBlocks(file, planFor(4, plain, [0, 3, 2]), capacity)
    const second = await allBlocks(file, planFor(4, plain, [1, 3, 2]), capacity)
    expect([first[0]?.integers[0], second[0]?.integers[0]]).toEqual([100, 5000])
  })
})
