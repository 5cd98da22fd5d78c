import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type RunningServer, root, startServer } from '../setting.ts'
import { fetched } from './fetched.ts'
import { expect, open, scores, scoreThrough, test } from './fixtures.ts'
import { plainRows } from './plainModel.ts'

/** What the page shows and saves of models with more than one number: reason codes, classes, columns made of others. */

const fixture = (name: string) => new URL(`formats/test/fixtures/pmml/${name}`, root).pathname
const names = ['cells-scorecard', 'flowers-softmax']

let folder: string
let vendor: RunningServer

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  for (const name of names) await copyFile(fixture(`${name}.pmml`), join(folder, `${name}.pmml`))
  vendor = await startServer({ models: folder })
})
test.afterAll(async () => {
  await vendor.close()
  await rm(folder, { recursive: true })
})

/** The texts of the first row of scores, by the names of their columns. */
async function firstRow(page: Page): Promise<Record<string, string>> {
  const table = scores(page).getByRole('table', { name: 'Scores' })
  await expect(table.getByRole('row').nth(1)).not.toContainText('…')
  const columns = await table.getByRole('columnheader').allTextContents()
  const cells = await table.getByRole('row').nth(1).getByRole('cell').allTextContents()
  return Object.fromEntries(columns.map((name, i) => [name.replace(/^[↑↓]/, ''), cells[i] ?? '']))
}

test('a server that had no models is asked again', async ({ page }) => {
  let none = true
  await page.route('**/v1/models', async (route) => {
    const response = await fetched(route)
    const list = await response.json()
    await route.fulfill({ response, json: none ? { ...list, models: [] } : list })
  })
  await page.goto(vendor.url)
  const again = page.getByRole('button', { name: 'Look again' })
  await again.click()
  await expect(again).toBeEnabled()
  none = false
  await again.click()
  await expect(page.getByRole('radio')).toHaveCount(names.length)
})

test('a scorecard: its score, and the codes of its reasons, the weightiest first', async ({ page }) => {
  await open(page, vendor.url, 'cells-scorecard')
  await page.getByRole('button', { name: /columns made of them in this browser$/ }).click()
  const made = page.getByRole('table', { name: 'Columns made of others' })
  await expect(made).toContainText('mean_radius in 4 cases')

  const { text } = await scoreThrough(page, fixture('cells-scorecard.csv'))
  const { header, rows } = plainRows(text)
  const [first = [], second = []] = rows
  const of = (row: readonly string[], name: string) => row[header.indexOf(name)] ?? ''
  expect(header.slice(6, 8)).toEqual(['linear_predictor', 'score'])
  expect(header.slice(-4)).toEqual(['reason.1', 'reason.2', 'reason.3', 'reason.4'])
  for (const row of rows) {
    expect(Math.abs(Number(of(row, 'score')) - Number(of(row, 'expected.score')))).toBeLessThanOrEqual(1e-6)
  }
  // Points below the baseline of 10: 123.2, 75.1 and 48.9; texture is above it.
  expect(first.slice(-4)).toEqual(['mean_radius3', 'mean_concavity3', 'mean_smoothness3', ''])
  expect(second.slice(-4)).toEqual(['mean_concavity3', 'mean_texture3', 'mean_smoothness3', 'mean_radius2'])

  const shown = await firstRow(page)
  expect(shown.Reasons).toBe('mean_radius3, mean_concavity3, mean_smoothness3')
  expect(Number(shown.Score)).toBeCloseTo(Number(of(first, 'score')), 5)
})

test('classes: a score for each and the name of the largest, and the histogram of the one that is chosen', async ({
  page,
}) => {
  const classes = ['setosa', 'versicolor', 'virginica']
  await open(page, vendor.url, 'flowers-softmax')
  const { text } = await scoreThrough(page, fixture('flowers-softmax.csv'))
  const { header, rows } = plainRows(text)
  const of = (row: readonly string[], name: string) => row[header.indexOf(name)] ?? ''
  expect(header.slice(-7)).toEqual([
    ...classes.map((name) => `linear_predictor.${name}`),
    ...classes.map((name) => `score.${name}`),
    'label',
  ])
  for (const row of rows) {
    const wanted = classes.map((name) => Number(of(row, `expected.${name}`)))
    for (const [i, name] of classes.entries()) {
      expect(Math.abs(Number(of(row, `score.${name}`)) - (wanted[i] as number))).toBeLessThanOrEqual(1e-6)
    }
    expect(of(row, 'label')).toBe(classes[wanted.indexOf(Math.max(...wanted))])
  }

  const shown = await firstRow(page)
  expect(shown.Label).toBe(of(rows[0] ?? [], 'label'))
  for (const name of classes) {
    expect(Number(shown[`Score: ${name}`])).toBeCloseTo(Number(of(rows[0] ?? [], `score.${name}`)), 5)
  }
  const mean = scores(page).getByText('Mean score').locator('..')
  for (const name of classes) {
    await scores(page).getByRole('combobox', { name: 'Histogram of' }).selectOption(name)
    const all = rows.map((row) => Number(of(row, `score.${name}`)))
    const expected = all.reduce((sum, each) => sum + each, 0) / all.length
    await expect(mean).toContainText(String(Number(expected.toPrecision(4))))
  }
})
