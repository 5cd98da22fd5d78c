import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { addressOf } from '../journey.ts'
import { expect, scores, test } from './fixtures.ts'
import { plainRows } from './plainModel.ts'
import { tabTo } from './tabbing.ts'

/** A file of one's own, with what files have, from the address to the scores: by keys alone. */

const own = `id;Age;healthy eating;active_lifstyle;sex
1;24.0;4;6;1
2;€ 30;7;3;0
3;41,0;5;2;1
4;200;4;4;1
`

async function press(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, page.getByRole('button', { name }).first())
  await page.keyboard.press('Enter')
}

/** What had the focus went away with its press: the focus has gone on, not back to the top of the page. */
async function expectFocusMovedOn(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true)
}

test('matching, repairs, consent, run and download by keyboard', async ({ page, server, file }) => {
  await page.goto(addressOf(server.url, { model: 'salary' }))
  const path = await file('own.csv', own)
  const chooser = page.waitForEvent('filechooser')
  await press(page, 'Choose a file')
  await (await chooser).setFiles(path)

  await press(page, 'Use active_lifstyle for active_lifestyle')
  const status = page.getByRole('region', { name: 'Check' }).getByRole('status')
  await expect(status).toHaveText(/^1 record will be scored, 3 left out/)
  await press(page, /^Read them so: Age, 1 cell carries/)
  await expect(status).toHaveText(/^2 records/)
  await expectFocusMovedOn(page)
  await press(page, /^Read them so: Age, 1 cell uses a decimal comma/)
  await expect(status).toHaveText(/^3 records/)
  await expectFocusMovedOn(page)

  await tabTo(page, page.getByRole('checkbox', { name: 'Leave out 1 row' }))
  await page.keyboard.press('Space')
  await press(page, /^Score 3 records$/)
  await expect(scores(page).getByRole('slider', { name: 'Threshold' })).toBeVisible()
  await expectFocusMovedOn(page)
  const saved = page.waitForEvent('download')
  await press(page, 'Download CSV')
  const { rows } = plainRows(readFileSync(await (await saved).path(), 'utf8').replaceAll(';', ','))
  expect(rows.map(([id]) => id)).toEqual(['1', '2', '3', '4'])
  expect(rows[3]?.at(-1)).toBe('')
  expect(rows[0]?.at(-1)).toMatch(/^1740\.29347/)

  await page.getByRole('slider', { name: 'Threshold' }).focus()
  const above = scores(page)
    .getByRole('term')
    .filter({ hasText: /^At or above/ })
  const before = await above.textContent()
  await page.keyboard.press('ArrowRight')
  await expect(above).not.toHaveText(before ?? '')
})
