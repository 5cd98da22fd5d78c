import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { modelText } from '../../core/test/shipped.ts'
import { readBlocks } from '../../reader/blocks.ts'
import { compiled, predictorsIn } from '../../reader/test/scored.ts'
import { prepare } from '../prepare.ts'
import { parseScoreOptions } from '../scoreOptions.ts'

/** Files as people report them, by the command's own way from its options to what would be sealed. */

interface Case {
  readonly id: string
  readonly file: string
  readonly model: string
  readonly wanted: Readonly<Record<string, number | null>>
  readonly policy?: Readonly<Record<string, number>>
  readonly encoding?: string
  readonly columns?: Readonly<Record<string, number>>
  readonly refused?: string
}

const folder = new URL('../../reader/test/fixtures/cases/', import.meta.url)
const cases = (JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as Case[]).filter(
  ({ refused, columns }) => refused === undefined && columns === undefined,
)

async function run({ file, model, encoding }: Case, ...more: string[]) {
  const own = new URL(`models/${model}.json`, folder)
  const split = compiled(model === 'credit-default' ? modelText(model) : readFileSync(own, 'utf8'))
  const encoded = encoding === undefined ? [] : ['--encoding', encoding]
  const options = parseScoreOptions(['--server', 'http://a', '--model', model, ...encoded, ...more])
  const said: string[] = []
  const source = new Blob([readFileSync(new URL(file, folder))])
  const { file: text, plan, report } = await prepare(source, split.card, options, (line) => said.push(line))
  const rows: number[] = []
  for await (const block of readBlocks(text, plan, 8)) rows.push(...block.rows.subarray(0, block.records))
  return { predictors: await predictorsIn(text, plan, split), rows, report, said: said.join('\n') }
}

/** The predictors that may be given, in the file's order of rows. */
const allowed = ({ wanted, policy }: Case): (number | null)[] =>
  Object.entries(wanted).map(([id, eta]) => policy?.[id] ?? eta)

describe('blindscore score', () => {
  it.each(cases.filter(({ id }) => id !== 'k2'))('$id: gives no wrong score unasked', async (each) => {
    const right = allowed(each)
    const { predictors, rows } = await run(each).catch((thrown) => {
      expect(thrown.code).toMatch(/^columns\/(?:marks|header|missing)$/)
      return { predictors: new Float64Array(), rows: [] as number[] }
    })
    for (const [i, row] of rows.entries()) {
      const eta = right[row - 1]
      expect(eta, `row ${row}`).toBeTypeOf('number')
      expect(predictors[i], `row ${row}`).toBeCloseTo(eta as number, 5)
    }
  })

  it('says what policies made of cells, and of what it asks', async () => {
    const [unknown] = cases
    const asked = await run(unknown as Case)
    expect(asked.said).toContain('home: 2 × cell/near')
    const left = await run(unknown as Case, '--near', 'policy')
    expect(left.said).toContain('home: 2 cells are no known values and count as own.')
    const read = await run(unknown as Case, '--near', 'read')
    expect([...read.predictors].map((eta) => eta.toFixed(4))).toEqual(['36.8000', '9.2845', '505.1000'])
    expect(read.said).toContain('income: 1 cell is above the range and counts as 500000.')
    for (const { said } of [asked, left, read]) expect(said).not.toMatch(/R(?:ent|ENT)/)
  })

  it.each([
    ['thousands', [5.3, 10.75, 17.16]],
    ['decimals', [3.8015, 8.00275, 5.172]],
  ])('reads marks as it is told: %s', async (way, wanted) => {
    const b01 = cases.find(({ id }) => id === 'b01') as Case
    const { predictors } = await run(b01, '--marks', `income=${way}`)
    for (const [i, eta] of wanted.entries()) expect(predictors[i]).toBeCloseTo(eta, 5)
  })

  it('takes a column for a feature only where that is what is said', async () => {
    const b01 = cases.find(({ id }) => id === 'b01') as Case
    for (const columns of [['incomme=income'], ['income=nowhere'], ['income=age']]) {
      const options = columns.flatMap((column) => ['--column', column])
      await expect(run(b01, '--marks', 'income=decimals', ...options)).rejects.toMatchObject({
        code: 'columns/missing',
      })
    }
    const both = ['--column', 'income=age', '--column', 'age=age']
    await expect(run(b01, '--marks', 'income=decimals', ...both)).resolves.toBeDefined()
  })

  it('reads the sheet that is named, and the header where it is told', async () => {
    const x06 = cases.find(({ id }) => id === 'x06') as Case
    const { rows } = await run(x06, '--sheet', '_old')
    expect(rows).toHaveLength(5)
    await expect(run(x06, '--sheet', 'nowhere')).rejects.toMatchObject({ code: 'file/unreadable' })
    const c04 = { ...x06, file: 'c04-no-header.csv' }
    await expect(run(c04)).rejects.toMatchObject({ code: 'columns/header' })
    const columns = ['age', 'income', 'rate', 'home'].flatMap((name, i) => ['--column', `${name}=column_${i + 2}`])
    const { predictors } = await run(c04, '--header', 'none', ...columns)
    expect([...predictors].map((eta) => eta.toFixed(4))).toEqual(['33.8000', '9.0000', '0.7000'])
  })
})
