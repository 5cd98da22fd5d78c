import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readBlocks } from '../../reader/blocks.ts'
import { fileUrl, modelUrl, type ReportedFile, scoredFiles } from '../../reader/test/reportedFiles.ts'
import { compiled, predictorsIn } from '../../reader/test/scored.ts'
import { prepare } from '../prepare.ts'
import { parseScoreOptions } from '../scoreOptions.ts'

/** Files as people report them, by the command's own way from its options to what would be sealed. */

const cases = scoredFiles.filter(({ columns }) => columns === undefined)

function run(reported: ReportedFile, ...more: string[]) {
  return runOn(readFileSync(fileUrl(reported)), reported, ...more)
}

async function runOn(bytes: Buffer, reported: Pick<ReportedFile, 'model' | 'encoding'>, ...more: string[]) {
  const { model, encoding } = reported
  const split = compiled(readFileSync(modelUrl(reported), 'utf8'))
  const encoded = encoding === undefined ? [] : ['--encoding', encoding]
  const options = parseScoreOptions(['--server', 'http://a', '--model', model, ...encoded, ...more])
  const said: string[] = []
  const source = new Blob([new Uint8Array(bytes)])
  const { file: text, plan, report } = await prepare(source, split.card, options, (line) => said.push(line))
  const rows: number[] = []
  for await (const block of readBlocks(text, plan, 8)) rows.push(...block.rows.subarray(0, block.records))
  return { predictors: await predictorsIn(text, plan, split), rows, report, said: said.join('\n') }
}

/** The predictors that may be given, in the file's order of rows. */
const allowed = ({ wanted, policy }: ReportedFile): (number | null)[] =>
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
    const asked = await run(unknown as ReportedFile)
    expect(asked.said).toContain('home: 2 × cell/near')
    const left = await run(unknown as ReportedFile, '--near', 'policy')
    expect(left.said).toContain('home: 2 cells are no known values and count as own.')
    const read = await run(unknown as ReportedFile, '--near', 'read')
    expect([...read.predictors].map((eta) => eta.toFixed(4))).toEqual(['36.8000', '9.2845', '505.1000'])
    expect(read.said).toContain('income: 1 cell is above the range and counts as 500000.')
    for (const { said } of [asked, left, read]) expect(said).not.toMatch(/R(?:ent|ENT)/)
  })

  it.each([
    ['thousands', [5.3, 10.75, 17.16]],
    ['decimals', [3.8015, 8.00275, 5.172]],
  ])('reads marks as it is told: %s', async (way, wanted) => {
    const b01 = cases.find(({ id }) => id === 'b01') as ReportedFile
    const { predictors } = await run(b01, '--marks', `income=${way}`)
    for (const [i, eta] of wanted.entries()) expect(predictors[i]).toBeCloseTo(eta, 5)
  })

  it.each([
    ['b07-indian.csv', 'income=thousands'],
    ['b17-three-decimals-comma-delim.csv', 'income=thousands'],
    ['b17-three-decimals-comma-delim.csv', 'income=decimals'],
  ])('reads the other mark as it is told, and says so: %s, %s', async (file, said) => {
    const id = file.slice(0, 3)
    const found = cases.find((each) => each.id === id) as ReportedFile
    const plain = await run(found)
    const told = await run(found, '--marks', said)
    expect(plain.said).not.toContain('read otherwise')
    expect(told.said).toMatch(/income: \d+ × read otherwise, (?:thousands with commas|decimal comma)/)
  })

  it('reads a percentage only as it is told, where it can be two numbers', async () => {
    const x01 = cases.find(({ id }) => id === 'x01') as ReportedFile
    expect((await run(x01, '--near', 'read')).predictors).toHaveLength(0)
    for (const [way, wanted] of [
      ['percent', ['33.8000', '9.2500']],
      ['fraction', ['31.3250', '5.5375']],
    ]) {
      const { predictors } = await run(x01, '--marks', `rate=${way}`)
      expect([...predictors].map((eta) => eta.toFixed(4))).toEqual(wanted)
    }
  })

  it('takes a column for a feature only where that is what is said', async () => {
    const b01 = cases.find(({ id }) => id === 'b01') as ReportedFile
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
    const x06 = cases.find(({ id }) => id === 'x06') as ReportedFile
    const { rows } = await run(x06, '--sheet', '_old')
    expect(rows).toHaveLength(5)
    await expect(run(x06, '--sheet', 'nowhere')).rejects.toMatchObject({ code: 'file/unreadable' })
    const c04 = { ...x06, file: 'c04-no-header.csv' }
    await expect(run(c04)).rejects.toMatchObject({ code: 'columns/header' })
    const columns = ['age', 'income', 'rate', 'home'].flatMap((name, i) => ['--column', `${name}=column_${i + 2}`])
    const { predictors } = await run(c04, '--header', 'none', ...columns)
    expect([...predictors].map((eta) => eta.toFixed(4))).toEqual(['33.8000', '9.0000', '0.7000'])
  })

  it('scores no row of another table, and no cut number, before somebody says that it is one', async () => {
    const table = 'id,home,age,income,rate\nA,own,40,30000,5\n\nid,home,rate,age,income\nB,rent,7,50,10\n'
    const scored = async (text: string, ...more: string[]) =>
      (await runOn(Buffer.from(text), { model: 'strict' }, ...more)).rows
    expect(await scored(table)).toEqual([1])
    expect(await scored(table, '--tables')).toEqual([1, 3])
    const cut = 'id,home,age,rate,income,\nA,own,40,5,5,30000\n'
    await expect(scored(cut)).rejects.toMatchObject({ code: 'columns/header', fault: 'unnamedInDoubt' })
    expect(await scored(cut, '--header', '1')).toEqual([1])
  })
})
