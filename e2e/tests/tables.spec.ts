import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun, score } from '../journey.ts'
import { downloaded, expect, expectAlert, open, sample, scoreButton, scoreThrough, test } from './fixtures.ts'
import { parquet, workbook } from './made.ts'
import { expectScores, plainRows, shippedModel } from './plainModel.ts'

/** Tables that are no CSV, each from the drop to scores that are right. */

const salary = shippedModel('salary')
const whole = plainRows(readFileSync(sample('salary'), 'utf8'))
/** The first rows of the sample, in the columns that are numbers. */
const few = { header: whole.header.slice(1), rows: whole.rows.slice(0, 40).map((row) => row.slice(1)) }
const numbers = few.rows.map((row) => row.map(Number))
const csv = [few.header, ...few.rows].map((row) => row.join(',')).join('\n')
const tsv = [few.header, ...few.rows].map((row) => row.join('\t')).join('\n')

test('a workbook: the fullest sheet is taken, and another one can be', async ({ page, server, file }) => {
  const title = [['Customers, as of today'], []]
  const bytes = await workbook({
    'Read me': [['Nothing to score here']],
    Customers: [...title, few.header, ...numbers],
    Archive: Array.from({ length: 190 }, (_, i) => [i, 'x']),
  })
  await open(page, server.url, 'salary')
  await dropFile(page, await file('customers.xlsx', bytes))
  const sheet = page.getByRole('combobox', { name: 'Sheet' })
  await expect(sheet.locator('option:checked')).toHaveText('Archive')
  await expect(scoreButton(page)).toHaveCount(0)
  await sheet.selectOption('Customers')
  await expect(page.getByText('The header is row 3 of the sheet')).toBeVisible()
  await expect(scoreButton(page)).toHaveText('Score 40 records')
  await score(page)
  expectScores(salary, csv, await downloaded(page))
})

test('a compressed Parquet file', async ({ page, server, file }) => {
  const columns = Object.fromEntries(
    few.header.map((name, c) => [name, { type: 'int64', values: numbers.map((row) => BigInt(row[c] ?? 0)) } as const]),
  )
  const bytes = await parquet(columns, { number: 2, compress: (bytes) => gzipSync(bytes) })
  await open(page, server.url, 'salary')
  const { text } = await scoreThrough(page, await file('customers.parquet', bytes))
  expectScores(salary, csv, text)
})

test('a page whose scripts are no longer on the server says so', async ({ page, server, file }) => {
  await page.route('**/worker-sheet-*.js', (route) => route.fulfill({ status: 404 }))
  await open(page, server.url, 'salary')
  await dropFile(page, await file('customers.xlsx', await workbook({ Customers: [few.header, ...numbers] })))
  await expectAlert(page, 'run/out-of-date')
  await expect(page.getByRole('button', { name: 'Reload the page' })).toBeVisible()
})

test('a file with tabs', async ({ page, server, file }) => {
  await open(page, server.url, 'salary')
  const { text } = await scoreThrough(page, await file('customers.tsv', tsv))
  await expect(page.getByRole('combobox', { name: 'Delimiter' })).toHaveValue('\t')
  expectScores(salary, csv, text.replaceAll('\t', ','))
})

for (const [way, paste] of [
  ['with the keys for it', (page: Page) => page.keyboard.press('ControlOrMeta+v')],
  ['with the page’s button', (page: Page) => page.getByRole('button', { name: 'Paste cells' }).click()],
] as const) {
  test(`cells pasted ${way}`, async ({ page, context, server }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(server.url).origin })
    await open(page, server.url, 'salary')
    await expect(page.getByRole('button', { name: 'Use the sample' })).toBeVisible()
    await page.evaluate((text) => navigator.clipboard.writeText(text), tsv)
    await page.getByRole('heading', { level: 1 }).click()
    await paste(page)
    await expect(page.getByText('pasted.tsv')).toBeVisible()
    await prepareRun(page)
    await score(page)
    expectScores(salary, csv, (await downloaded(page)).replaceAll('\t', ','))
  })
}
