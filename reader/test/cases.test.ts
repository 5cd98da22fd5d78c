import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { modelText } from '../../core/test/shipped.ts'
import { errorOf } from './files.ts'
import { type Answers, type Scored, scored } from './scored.ts'

/**
 * Files as people report them, with the linear predictors that were meant. No record may have another one: it is right, or
 * its file asks, or it is left out. `policy` is what the card makes of a cell, right where it is counted.
 */

interface Case {
  readonly id: string
  readonly file: string
  readonly model: string
  readonly wanted: Readonly<Record<string, number | null>>
  readonly policy?: Readonly<Record<string, number>>
  /** What is right once the first suggestion was taken, where it is not what is wanted. */
  readonly answered?: Readonly<Record<string, number>>
  /** What a person says before any question. */
  readonly encoding?: 'windows-1252'
  readonly columns?: Readonly<Record<string, number>>
  /** The model itself is refused, with this code. */
  readonly refused?: string
  /** The line of the header, where the person is asked for it. */
  readonly header?: number
}

const folder = new URL('./fixtures/cases/', import.meta.url)
const cases = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as Case[]

function run({ file, model, encoding, columns }: Case, answers: Answers): Promise<Scored> {
  const bytes = new Uint8Array(readFileSync(new URL(file, folder)))
  const own = new URL(`models/${model}.json`, folder)
  const text = model === 'credit-default' ? modelText(model) : readFileSync(own, 'utf8')
  const format = { ...(encoding && { encoding }), ...answers.format }
  return scored(bytes, text, { ...answers, format, ...(columns && { columns }) })
}

/** The saved predictors by the record's id, or its place where it has none, as another reader reads them. */
function predictorsOf({ text, preview, report }: Scored): Record<string, number> {
  const { data } = Papa.parse<string[]>(text.trim(), {
    delimiter: preview.format.delimiter === ' ' ? ',' : preview.format.delimiter,
  })
  const [header = [], ...rows] = data
  const added = 2 + ((report?.policies.length ?? 0) > 0 ? 1 : 0)
  expect(header.length).toBe(preview.header.length + added)
  expect(new Set(header.slice(-added)).size).toBe(added)
  for (const name of header.slice(-added)) expect(preview.header).not.toContain(name)
  const id = preview.format.header === 0 ? 0 : preview.header.indexOf('id')
  return Object.fromEntries(
    rows.map((row, i) => {
      expect(row.length).toBe(header.length)
      return [id < 0 ? i : (row[id] ?? '').replace(/^'(?=[-+@=])/, ''), Number(row.at(-2)?.replace(',', '.'))]
    }),
  )
}

describe('a file as people have it', () => {
  it.each(cases)('$id: gives no wrong score unasked', async (each) => {
    if (each.refused !== undefined) {
      expect((await errorOf(run(each, { near: 'none' }))).code).toBe(each.refused)
      return
    }
    const result = await run(each, { near: 'none' })
    if (result.asks !== null) return
    for (const [id, predictor] of Object.entries(predictorsOf(result))) {
      const right = each.policy?.[id] ?? each.wanted[id]
      if (right === undefined && each.id === 'k2') continue
      expect(right, id).toBeTypeOf('number')
      expect(predictor, id).toBeCloseTo(right as number, 6)
      if (each.policy?.[id] !== undefined) expect(result.report?.policies).not.toEqual([])
    }
  })

  it.each(cases.filter(({ refused }) => refused === undefined))(
    '$id: gives every right score once its questions are answered',
    async (each) => {
      const format = each.header === undefined ? {} : { header: each.header }
      const result = await run(each, { near: 'read', marks: 'thousands', format })
      const right = Object.entries({ ...each.wanted, ...each.answered }).filter(([, eta]) => eta !== null)
      if (right.length === 0) return
      expect(result.asks).toBe(null)
      const found = predictorsOf(result)
      for (const [id, eta] of right) expect(found[id], id).toBeCloseTo(eta as number, 6)
    },
  )
})

const texts = cases.filter(({ file, refused }) => file.endsWith('.csv') && refused === undefined)

describe('the end of a file', () => {
  it.each(texts)('$id: is read alike with a line end, without, and with a lone CR', async (each) => {
    const whole = readFileSync(new URL(each.file, folder))
    const bare = whole.subarray(0, whole.findLastIndex((byte) => byte !== 10 && byte !== 13) + 1)
    const own = readFileSync(new URL(`models/${each.model}.json`, folder), 'utf8')
    const read = (end: string) =>
      scored(new Uint8Array(Buffer.concat([bare, Buffer.from(end)])), own, {
        near: 'none',
        ...(each.columns && { columns: each.columns }),
        ...(each.encoding && { format: { encoding: each.encoding } }),
      })
    const [first, ...others] = await Promise.all(['\n', '', '\r', '\r\n', '\n\n\r'].map(read))
    for (const other of others) {
      expect([other.asks, other.text]).toEqual([first?.asks, first?.text])
      expect(other.report?.groups).toEqual(first?.report?.groups)
    }
  })
})
