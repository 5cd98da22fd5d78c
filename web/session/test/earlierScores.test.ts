import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { blobOf, exportScores } from '../../../reader/exportCsv.ts'
import { workbookBytes } from '../../../reader/exportWorkbook.ts'
import { inspect } from '../../../reader/inspect.ts'
import { matchColumns } from '../../../reader/matching.ts'
import { planOf } from '../../../reader/plan.ts'
import { scoredTable } from '../../../reader/scoredTable.ts'
import { scoreSheets } from '../../../words/en/scoresFile.ts'
import { FileSlice } from '../file.ts'
import { HandIn } from '../handIn.ts'
import { makeStore } from '../store.ts'
import type { Workers } from '../workers.ts'
import { shippedCard } from './partners.ts'

// The reader of workbooks, without its worker.
vi.mock('../../reader/spreadsheets.ts', async () => {
  const { readSheet } = await import('../../../reader/sheet.ts')
  return { readTable: (file: Blob, _: unknown, sheet: number | null) => readSheet(file, sheet) }
})

const { card, shipped } = shippedCard('salary')
const names = card.features.map(({ name }) => name)
const text = [names, ...shipped.rows.slice(0, 2).map((row) => names.map((name) => row[name]))].join('\n')

/** What the page and the command save of it. */
async function saved() {
  const file = new File([text], 'a.csv')
  const preview = await inspect(file)
  const columns = matchColumns(card, preview.header).map(({ column }) => column as number)
  const plan = planOf(card, preview, columns, null)
  const predictors = new Float64Array(2 * card.heads.length)
  const about = scoreSheets({ card, file: 'a.csv', report: null, threshold: null })
  const table = () => scoredTable(file, plan, preview.header, predictors)
  const csv = await blobOf(exportScores(file, plan, preview.header, predictors))
  return { csv, workbook: await blobOf(workbookBytes(table(), plan, about)) }
}

function page() {
  const store = makeStore()
  const reader = { inspect: (file: Blob, chosen: object) => inspect(file, chosen), suggestColumns: async () => [] }
  const workers = { reader: { call: (use: (remote: typeof reader) => unknown) => use(reader) } } as unknown as Workers
  const file = new FileSlice(store, workers, { onFile: () => {}, onChange: () => {}, onChecked: () => {} })
  const never = async () => expect.unreachable()
  return {
    store,
    handIn: new HandIn({ store, file, sealed: { open: never }, numbers: { takeIn: never }, takeRun: never }),
  }
}

const packed = async (blob: Blob) => gzipSync(new Uint8Array(await blob.arrayBuffer()))

test.each(['a workbook', 'a compressed file'])('scores that were saved are known as such in %s', async (what) => {
  const { csv, workbook } = await saved()
  const { store, handIn } = page()
  await handIn.take(new File([text], 'mine.csv'))
  expect(store.getState()).toMatchObject({ reading: false, preview: { header: names } })
  const before = store.getState()
  const file = what === 'a workbook' ? new File([workbook], 'a.xlsx') : new File([await packed(csv)], 'a.scores.csv.gz')
  await handIn.take(file)
  // What stood on the page stands there again.
  expect(store.getState()).toEqual({ ...before, handed: { kind: 'scores', file } })
  // And it is read as records where somebody says so.
  await handIn.readAsRecords()
  const { handed, source, preview } = store.getState()
  expect([handed, source, preview?.header]).toEqual([null, file, expect.arrayContaining(['scored_by', 'score'])])
})

test('a workbook or a compressed file of records is read at once', async () => {
  const { store, handIn } = page()
  const file = new File([await packed(new Blob([text]))], 'a.csv.gz')
  await handIn.take(file)
  expect(store.getState()).toMatchObject({ handed: null, source: file, preview: { header: names } })
})

test('what comes in while a workbook is looked at is what counts', async () => {
  const { workbook } = await saved()
  const { store, handIn } = page()
  await Promise.all([
    handIn.take(new File([workbook], 'a.xlsx')),
    new Promise((resolve) => setTimeout(resolve)).then(() => handIn.take(new File([text], 'mine.csv'))),
  ])
  expect(store.getState()).toMatchObject({ handed: null, file: { name: 'mine.csv' }, preview: { header: names } })
})
