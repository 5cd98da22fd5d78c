import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { score } from '../journey.ts'
import { type RunningServer, startServer } from '../setting.ts'
import { downloaded, expect, open, test } from './fixtures.ts'
import { workbook } from './made.ts'
import { plainRows } from './plainModel.ts'

/** A spreadsheet's export as people have them, mended at clicks, and scored as it was meant. */

const model = {
  format: 'blindscore-model/1',
  id: 'spending',
  version: '1',
  title: 'Spending',
  description: 'Takes what spreadsheets are bad at.',
  features: [
    { name: 'income', type: 'number', range: [0, 500_000], step: 0.01 },
    { name: 'share', type: 'number', range: [0, 1], step: 0.001 },
    { name: 'town', type: 'category', levels: ['Berlin', 'Hamburg', 'München', 'Köln'] },
    { name: 'children', type: 'integer', range: [0, 20], missing: { impute: 1 } },
  ],
  heads: [
    {
      intercept: -0.75,
      terms: [
        { feature: 'income', weight: 0.0001 },
        { feature: 'share', weight: 2.5 },
        { feature: 'town', level: 'Hamburg', weight: 0.125 },
        { feature: 'town', level: 'München', weight: 1 },
        { feature: 'town', level: 'Köln', weight: -0.5 },
        { feature: 'children', weight: 0.0625 },
      ],
    },
  ],
  link: 'identity',
}

interface Customer {
  /** What stands in the sheet. */
  readonly cells: readonly (string | number | null)[]
  /** What was meant by it. */
  readonly meant: readonly [income: number, share: number, town: string, children: number]
}

const customers: readonly Customer[] = [
  { cells: ['A-1', 52_000, '12 %', 'berlin', 2], meant: [52_000, 0.12, 'Berlin', 2] },
  { cells: ['A-2', '1.234,50', '7,5 %', 'Berlin', 0], meant: [1234.5, 0.075, 'Berlin', 0] },
  { cells: ['A-3', '48,250.75', '40%', 'Munchen', null], meant: [48_250.75, 0.4, 'München', 1] },
  { cells: ['A-4', '€ 61,000', '0 %', 'Hambrug', '–'], meant: [61_000, 0, 'Hamburg', 1] },
  { cells: ['A-5', '2500,5', '100 %', 'HAMBURG ', 'n/a'], meant: [2500.5, 1, 'Hamburg', 1] },
  { cells: ['A-6', '97 500', '3 %', 'Kölnn', 3], meant: [97_500, 0.03, 'Köln', 3] },
]

function plainScore([income, share, town, children]: Customer['meant']): number {
  const own = { Hamburg: 0.125, München: 1, Köln: -0.5 }[town] ?? 0
  return -0.75 + 0.0001 * income + 2.5 * share + own + 0.0625 * children
}

let folder: string
let vendor: RunningServer

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  await writeFile(join(folder, 'spending.json'), JSON.stringify(model))
  vendor = await startServer({ models: folder })
})
test.afterAll(async () => {
  await vendor.close()
  await rm(folder, { recursive: true })
})

const check = (page: Page) => page.getByRole('region', { name: 'Check' })
/** Presses the first of the check's buttons of that name, and waits until every cell was checked again. */
async function mend(page: Page, name: RegExp, consequence: RegExp): Promise<void> {
  await check(page).getByRole('button', { name }).first().click()
  await expect(check(page).getByRole('status')).toHaveText(consequence)
}

test('mixed marks, percent signs, misspelt names and values, missing cells and other sheets', async ({
  page,
  file,
}) => {
  const header = ['Customer', 'Anual incme', 'Share (%)', 'twon', 'Childen']
  const bytes = await workbook({
    'Export info': [['Made by a program'], ['on a Tuesday']],
    Customers: [
      ['All customers'],
      [],
      header,
      ...customers.map(({ cells }) => cells),
      ['A-7', 'ask Ann', '5 %', 'Berlin', 1],
    ],
  })
  await open(page, vendor.url, 'spending')
  await dropFile(page, await file('export.xlsx', bytes))
  await expect(page.getByRole('combobox', { name: 'Sheet' }).locator('option:checked')).toHaveText('Customers')
  await expect(page.getByRole('combobox', { name: 'Delimiter' })).toHaveCount(0)

  // Columns: what looks right is suggested, one by one or together, and can be taken back.
  await page.getByRole('button', { name: 'Use twon for town' }).click()
  await page.getByRole('button', { name: 'Undo the last change' }).click()
  await expect(page.getByRole('button', { name: 'Use twon for town' })).toBeVisible()
  await page.getByRole('button', { name: 'Use all 3 suggestions' }).click()

  // Cells: column by column, each reading with an example beside its button.
  await expect(check(page).getByRole('status')).toHaveText(/^0 records will be scored, 7 left out/)
  await mend(page, /^Read as parts of 1: Share/, /^0 records/)
  await mend(page, /^Count them as 1: Childen/, /^0 records/)
  await mend(page, /^Read them so: twon, 3 cells spell/, /^1 record /)
  await mend(page, /^Read them so: Anual incme.*currency/, /^2 records/)
  await mend(page, /^Read them so: Anual incme.*decimal comma/, /^4 records/)
  await mend(page, /^Read them so: Anual incme.*space/, /^4 records/)

  // Near values: one pair singly, taken back, and then all of them.
  const near = check(page).getByRole('list', { name: 'Near values, twon' })
  await expect(near.getByRole('listitem')).toHaveCount(2)
  await mend(page, /^Read so: twon, “Kölnn” as Köln$/, /^5 records/)
  await expect(near).toHaveCount(0)
  await mend(page, /^Undo: twon, “Kölnn” as Köln$/, /^4 records/)
  await mend(page, /^Read all 2 so: twon/, /^6 records will be scored, 1 left out, 1 column never leaves this browser/)

  await page.getByRole('checkbox', { name: 'Leave out 1 row' }).check()
  await score(page)
  const rows = plainRows(await downloaded(page)).rows.filter((row) => row.at(-1) !== '')
  expect(rows).toHaveLength(customers.length)
  for (const [i, { meant }] of customers.entries()) {
    expect(Math.abs(Number(rows[i]?.at(-1)) - plainScore(meant))).toBeLessThanOrEqual(1e-6)
  }
})
