import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun, score } from '../journey.ts'
import { type RunningServer, root, startServer } from '../setting.ts'
import { downloaded, expect, expectAlert, open, scoreButton, test } from './fixtures.ts'
import { plainRows } from './plainModel.ts'

/** What the page asks before anything is scored, with the file's own cells, and what comes of the answers. */

const cases = new URL('reader/test/fixtures/cases/', root)
let folder: string
let vendor: RunningServer

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  for (const model of ['strict', 'lenient', 'towns']) {
    await cp(new URL(`models/${model}.json`, cases), join(folder, `${model}.json`))
  }
  vendor = await startServer({ models: folder })
})
test.afterAll(async () => {
  await vendor.close()
  await rm(folder, { recursive: true })
})

const check = (page: Page) => page.getByRole('region', { name: 'Check' })
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()
const fixture = (name: string) => new URL(name, cases).pathname

async function expectScored(page: Page, wanted: readonly number[], delimiter = ','): Promise<string> {
  await score(page)
  const text = await downloaded(page)
  const rows = plainRows(text.replaceAll(delimiter, ',')).rows.filter((row) => row.at(-1) !== '')
  expect(rows).toHaveLength(wanted.length)
  for (const [i, eta] of wanted.entries()) expect(Number(rows[i]?.at(-1))).toBeCloseTo(eta, 5)
  return text
}

test('a cell near a known value is a question, and what policies decide is counted and kept', async ({ page }) => {
  await open(page, vendor.url, 'lenient')
  await page.getByRole('button', { name: 'The 4 columns it takes' }).click()
  const card = page.getByRole('table').filter({ hasText: 'When it is something else' })
  await expect(card).toContainText('an unknown value counts as own')
  await expect(card).toContainText('out of range: counts as 0 or 500000')
  await dropFile(page, fixture('a01-unknown-silent.csv'))
  await expect(check(page).getByRole('status')).toHaveText(/^1 record will be scored, 2 left out/)
  await expect(check(page).locator('[data-code="cell/near"]')).toBeVisible()
  await expect(check(page)).toContainText('Otherwise each counts as own')
  await press(page, /^Read them so: home/)
  await expect(check(page).getByRole('status')).toHaveText(/^3 records will be scored, 0 left out/)
  const decided = page.getByRole('list', { name: 'What the model’s card makes of some cells' })
  await expect(decided.getByRole('listitem')).toHaveText([
    'age: 1 cell is empty and counts as 40.',
    'income: 1 cell is above the range and counts as 500000 (“900000”).',
  ])
  const text = await expectScored(page, [36.8, 9.2845, 505.1])
  expect(text).toContain('counted_as,scored_by,linear_predictor,score')
  expect(text).toContain('income: cell/range = 500000')

  await press(page, /^Undo: home/)
  await press(page, /^Not that: each counts as own: home/)
  await expect(check(page).getByRole('status')).toHaveText(/^3 records will be scored, 0 left out/)
  await expect(decided.getByRole('listitem').last()).toHaveText(/^home: 2 cells are no known values and count as own/)
})

test('a line in other letters says how the file is encoded, and every encoding is there to choose', async ({
  page,
  file,
}) => {
  await open(page, vendor.url, 'towns')
  const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
  await dropFile(page, await file('towns.csv', latin1('id,town,x\nM\xfcller,K\xf6ln,10\nMeier,Bonn,20\n')))
  const bar = page.getByRole('region', { name: 'Next' })
  await expect(bar).toContainText('Do the file’s letters read right?')
  const readings = page.getByRole('list', { name: 'A line of the file' }).getByRole('listitem')
  await expect(readings.first()).toContainText('Windows-1252Müller,Köln,10')
  await expect(readings.filter({ hasText: 'Windows-1251' })).toContainText('Mьller,Kцln,10')
  const encoding = page.getByRole('combobox', { name: 'Encoding' })
  await expect(encoding).toHaveValue('windows-1252')
  await expect(encoding.locator('option')).toHaveCount(36)
  await expect(scoreButton(page)).toHaveCount(0)

  // Another one: the file is read anew, and nothing is asked any more.
  await press(page, 'Read it so: Windows-1251')
  await expect(page.getByRole('region', { name: 'Preview' })).toContainText('Kцln')
  await expect(readings).toHaveCount(0)
  await encoding.selectOption('windows-1252')
  await expect(page.getByRole('region', { name: 'Preview' })).toContainText('Köln')
  await expect(check(page).getByRole('status')).toHaveText(/^2 records will be scored/)

  // By the keyboard, from the bar.
  await dropFile(page, await file('again.csv', latin1('id,town,x\nM\xfcller,K\xf6ln,10\n')))
  await bar.getByRole('button', { name: 'Look' }).press('Enter')
  await expect(page.getByRole('button', { name: 'These letters are right: Windows-1252' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(check(page).getByRole('status')).toHaveText(/^1 record will be scored/)
  await expect(bar.getByRole('button')).toBeFocused()
})

test('nothing is asked of letters that are certain and that no column of the model has', async ({ page, file }) => {
  await open(page, vendor.url, 'strict')
  const rows = Array.from({ length: 5000 }, (_, i) => `${i},40,30000,5,own`)
  // Beyond the first look at the file: it is found by the check of every row.
  const late = [...rows, 'M\xfcller aus D\xfcsseldorf,40,30000,5,own']
  await dropFile(
    page,
    await file('late.csv', new Uint8Array(Buffer.from(`id,age,income,rate,home\n${late.join('\n')}`, 'latin1'))),
  )
  await expect(check(page).getByRole('status')).toHaveText(/^5,001 records will be scored/)
  await expect(page.getByText('The file is read as WINDOWS-1252.')).toBeVisible()
  await expect(page.locator('[data-asks]')).toHaveCount(0)
})

test('a value that is read as a known one is read so in the next file, until that is undone', async ({
  page,
  file,
}) => {
  const rows = 'A,40,30000,5,houseboat\nB,50,1000,7,rent\nC,40,30000,5,houseboat\n'
  await open(page, vendor.url, 'strict')
  await dropFile(page, await file('one.csv', `id,age,income,rate,home\n${rows}`))
  const status = check(page).getByRole('status')
  await expect(status).toHaveText(/^1 record will be scored, 2 left out/)
  await check(page).getByRole('combobox', { name: 'Every “houseboat” as: home' }).selectOption('own')
  await expect(status).toHaveText(/^3 records will be scored, 0 left out/)
  await dropFile(page, await file('two.csv', `id,age,income,rate,home\n${rows}${rows}`))
  await expect(status).toHaveText(/^6 records will be scored, 0 left out/)
  // In a later visit as well, where it is said to be so.
  await page.reload()
  await dropFile(page, await file('three.csv', `id,age,income,rate,home\n${rows}`))
  await expect(status).toHaveText(/^3 records will be scored, 0 left out/)
  await expect(check(page)).toContainText('1 value is read as you said for an earlier file')
  await dropFile(page, await file('four.csv', 'id,age,income,rate,home\nA,40,30000,5,own\n'))
  await expect(status).toHaveText(/^1 record will be scored, 0 left out/)
  await expect(page.getByRole('list', { name: 'Repairs' })).toHaveCount(0)
  await dropFile(page, await file('five.csv', `id,age,income,rate,home\n${rows}${rows}`))
  await press(page, 'Undo: home, “houseboat” as own')
  await expect(status).toHaveText(/^2 records will be scored, 4 left out/)
  await page.reload()
  await dropFile(page, await file('six.csv', `id,age,income,rate,home\n${rows}`))
  await expect(status).toHaveText(/^1 record will be scored, 2 left out/)
})

test('thousands or decimals: nothing is scored before the answer', async ({ page }) => {
  await open(page, vendor.url, 'strict')
  await dropFile(page, fixture('b01.csv'))
  await expectAlert(page, 'columns/marks')
  await expect(scoreButton(page)).toBeDisabled()
  const asked = page.getByRole('region', { name: 'income: thousands or decimals?' })
  await expect(asked).toContainText('1.500 → 1500')
  await expect(asked).toContainText('1.500 → 1.5')
  await press(page, 'They are thousands: income')
  await expect(page.locator('[role="alert"]')).toHaveCount(0)
  await expectScored(page, [5.3, 10.75, 17.16], ';')
})

test('a first line that may be a record is asked about, and is scored when it is one', async ({ page }) => {
  await open(page, vendor.url, 'strict')
  await dropFile(page, fixture('c04-no-header.csv'))
  await page.getByRole('combobox', { name: 'Column for age' }).selectOption('1')
  await page.getByRole('combobox', { name: 'Column for income' }).selectOption('2')
  await page.getByRole('combobox', { name: 'Column for rate' }).selectOption('3')
  await page.getByRole('combobox', { name: 'Column for home' }).selectOption('4')
  await expectAlert(page, 'columns/header')
  await expect(scoreButton(page)).toHaveCount(0)
  await press(page, 'The first line is a record')
  await expect(page.getByRole('combobox', { name: 'Header' }).locator('option:checked')).toHaveText('No header')
  await expectScored(page, [33.8, 9, 0.7])
})

test('a cell before the header’s first is a row’s name only where somebody says so', async ({ page, file }) => {
  await open(page, vendor.url, 'strict')
  const rows = 'id,age,income,rate,home\nA,40,30000,5,own,\nB,50,1000,7,rent,called back\n'
  const remark = await file('remark.csv', rows)
  await dropFile(page, remark)
  await expectAlert(page, 'columns/header')
  await expect(scoreButton(page)).toHaveCount(0)
  await press(page, 'The first cell is the row’s name')
  await expect(page.locator('[data-code="columns/header"]')).toHaveCount(0)
  await dropFile(page, remark)
  await expectAlert(page, 'columns/header')
  await press(page, 'Leave such rows out')
  await expect(check(page).locator('[data-code="row/ragged"]')).toBeVisible()
  await prepareRun(page)
  await expectScored(page, [33.8])
})

test('cut numbers above a column without a name, and another table below, are asked about', async ({ page, file }) => {
  await open(page, vendor.url, 'strict')
  const table = 'id,home,age,income,rate,\nA,own,40,30000,5,0\n\n'
  await dropFile(page, await file('two.csv', `${table}id,home,rate,age,income,\nB,rent,7,50,10,0\n`))
  await expectAlert(page, 'columns/header')
  await expect(scoreButton(page)).toHaveCount(0)
  await press(page, 'It is a column of its own')
  await expect(page.locator('[data-code="columns/header"]')).toHaveCount(0)
  await expect(check(page).locator('[data-code="row/table"]')).toBeVisible()
  await expect(scoreButton(page)).toBeDisabled()
  await press(page, 'They are records of this table: score them too')
  await expect(check(page).locator('[data-code="row/table"]')).toHaveCount(0)
  await expect(check(page).getByRole('status')).toHaveText(/^2 records will be scored, 1 left out/)
})

test('the header is found below titles, and can be said to be elsewhere', async ({ page }) => {
  await open(page, vendor.url, 'strict')
  await dropFile(page, fixture('c02-title-lines.csv'))
  await expect(page.getByText('The header is line 4 of the file')).toBeVisible()
  const header = page.getByRole('combobox', { name: 'Header' })
  await expect(header).toHaveValue('4')
  await header.selectOption('1')
  await expectAlert(page, 'columns/missing')
  await header.selectOption('4')
  await expectScored(page, [33.8, 9])
})

test('rows that are no records are left out by consent, or scored when they are some', async ({ page }) => {
  await open(page, vendor.url, 'lenient')
  await dropFile(page, fixture('c08-total-row.csv'))
  await expect(check(page).locator('[data-code="row/total"]')).toBeVisible()
  await expect(scoreButton(page)).toBeDisabled()
  await press(page, 'They are records: score them too')
  await expect(check(page).getByRole('status')).toHaveText(/^3 records will be scored, 0 left out/)
})

test('a workbook’s hidden rows and sheets are not read unasked', async ({ page }) => {
  await open(page, vendor.url, 'strict')
  await dropFile(page, fixture('x06-hidden-sheet.xlsx'))
  const sheet = page.getByRole('combobox', { name: 'Sheet' })
  await expect(sheet.locator('option:checked')).toHaveText('Customers')
  await expect(sheet.locator('option').filter({ hasText: '(hidden)' })).toHaveText('_old (hidden)')
  await expectScored(page, [33.8, 9])
})

test('a file that another program writes anew after the run is still saved with its scores', async ({ page, file }) => {
  const own = await readFile(fixture('c38-score-column-exists.csv'), 'utf8')
  const path = await file('month.csv', own)
  await open(page, vendor.url, 'strict')
  await page.locator('input[type=file]').first().setInputFiles(path)
  await score(page)
  await file('month.csv', `${own}B,50,1000,7,rent,1,1\n`)
  const { header, rows } = plainRows(await downloaded(page))
  expect(header.slice(-5)).toEqual(['score', 'linear_predictor', 'scored_by', 'linear_predictor.2', 'score.2'])
  expect(rows).toHaveLength(1)
})

test('of a large file that is written anew after the run, the scores can still be had', async ({ page, file }) => {
  const remark = 'x'.repeat(900_000)
  const lines = Array.from({ length: 20 }, (_, i) => `${i},${i === 3 ? 'old' : 40},30000,5,own,${remark}\n`)
  const path = await file('large.csv', `id,age,income,rate,home,remark\n${lines.join('')}`)
  await open(page, vendor.url, 'strict')
  await page.locator('input[type=file]').first().setInputFiles(path)
  await prepareRun(page)
  await score(page)
  await file('large.csv', 'id,age,income,rate,home,remark\n')
  await press(page, 'Download CSV')
  await expectAlert(page, 'file/unreadable')
  const { header, rows } = plainRows(await downloaded(page, 'Download the scores alone'))
  expect(header).toEqual(['row', 'scored_by', 'linear_predictor', 'score'])
  expect(rows.map(([row]) => Number(row))).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 1).filter((row) => row !== 4),
  )
  for (const [, , eta] of rows) expect(Number(eta)).toBeCloseTo(33.8, 5)
})
