import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { errorOf } from './files.ts'
import { fileUrl, modelUrl, type ReportedFile, reportedFiles, scoredFiles } from './reportedFiles.ts'
import { type Answers, type Scored, scored } from './scored.ts'

/**
 * Files as people report them: no record may have a linear predictor but the one that was meant. It is right, or its file
 * asks, or it is left out.
 */

function run(reported: ReportedFile, answers: Answers): Promise<Scored> {
  const { encoding, columns } = reported
  const bytes = new Uint8Array(readFileSync(fileUrl(reported)))
  const text = readFileSync(modelUrl(reported), 'utf8')
  const format = { ...(encoding && { encoding }), ...answers.format }
  return scored(bytes, text, { ...answers, format, ...(columns && { columns }) })
}

/** The saved predictors by the record's id, or its place where it has none, as another reader reads them. */
function predictorsOf({ text, preview, report }: Scored): Record<string, number> {
  const { data } = Papa.parse<string[]>(text.trim(), {
    delimiter: preview.format.delimiter === ' ' ? ',' : preview.format.delimiter,
  })
  const [header = [], ...all] = data
  // Rows that were left out have their reasons, and no scores.
  const rows = all.filter((row) => row.at(-2) !== '')
  const added = 3 + Number((report?.policies.length ?? 0) > 0) + Number((report?.leftOut ?? 0) > 0)
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
  it.each(reportedFiles)('$id: gives no wrong score unasked', async (each) => {
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

  it.each(scoredFiles)('$id: gives every right score once its questions are answered', async (each) => {
    const format = each.header === undefined ? {} : { header: each.header }
    const result = await run(each, { near: 'read', marks: 'thousands', format })
    const right = Object.entries({ ...each.wanted, ...each.answered }).filter(([, eta]) => eta !== null)
    if (right.length === 0) return
    expect(result.asks).toBe(null)
    const found = predictorsOf(result)
    for (const [id, eta] of right) expect(found[id], id).toBeCloseTo(eta as number, 6)
  })
})

const texts = scoredFiles.filter(({ file }) => file.endsWith('.csv'))

describe('the end of a file', () => {
  it.each(texts)('$id: is read alike with a line end, without, and with a lone CR', async (each) => {
    const whole = readFileSync(fileUrl(each))
    const bare = whole.subarray(0, whole.findLastIndex((byte) => byte !== 10 && byte !== 13) + 1)
    const own = readFileSync(modelUrl(each), 'utf8')
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
