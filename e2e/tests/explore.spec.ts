import { readFile } from 'node:fs/promises'
import readWorkbook from 'read-excel-file/node'
import { downloaded, expect, open, scores, scoreThrough, test } from './fixtures.ts'
import { plainRows } from './plainModel.ts'

/** Scores are looked at, decided by and handed on. */

const header = 'age,healthy_eating,active_lifestyle,Gender,who'
const people = Array.from({ length: 60 }, (_, i) => `${20 + i},${i % 9},${(i * 5) % 9},${i % 2},Person ${i}`)

test('a threshold decides what the saved files say, and every column and bar finds its rows', async ({
  page,
  server,
  file,
}) => {
  await open(page, server.url, 'salary')
  const path = await file('people.csv', `${[header, ...people, '200,1,1,1,Nobody'].join('\n')}\n`)
  const { text } = await scoreThrough(page, path)
  expect(plainRows(text).header).not.toContain('decision')
  const table = scores(page).getByRole('table', { name: 'Scores' })
  const first = (column: number) => table.getByRole('row').nth(1).getByRole('cell').nth(column)

  // The rows on one side of the threshold that is shown, before anything was decided; no column moves as it sorts.
  const rows = scores(page).getByRole('combobox', { name: 'Rows' })
  await expect(rows.locator('option').nth(1)).toHaveText(/^At or above /)
  await rows.selectOption({ index: 1 })
  await expect(table).not.toHaveAttribute('aria-rowcount', '61')
  await rows.selectOption({ label: 'All rows' })
  await expect(table).toHaveAttribute('aria-rowcount', '61')
  const arrows = table.getByRole('columnheader').locator('span:first-child')
  const widths = await arrows.evaluateAll((all) => all.map((arrow) => arrow.clientWidth))
  expect(new Set(widths).size).toBe(1)

  // The threshold as a number, with words, which change sides; the rows on one side.
  const threshold = scores(page).getByRole('textbox', { name: 'Threshold as a number' })
  // With either mark; what may be two numbers is none.
  await threshold.fill('0,5')
  await expect(rows.locator('option').nth(1)).toHaveText('At or above 0.5')
  await threshold.fill('1,500')
  await expect(threshold).toHaveAttribute('aria-invalid', 'true')
  await expect(rows.locator('option').nth(1)).toHaveText('At or above 0.5')
  await threshold.fill('1500')
  const below = scores(page).getByRole('textbox', { name: 'Below, the file says' })
  await scores(page).getByRole('button', { name: 'Swap the words' }).click()
  await expect(below).toHaveValue('accept')
  await expect(scores(page).getByText('The saved file will say “accept” or “decline”')).toBeVisible()
  await scores(page).getByRole('button', { name: 'Swap the words' }).click()
  await below.fill('low')
  await expect(scores(page).getByText('The saved file will say “low” or “accept”')).toBeVisible()
  const saved = plainRows(await downloaded(page))
  const at = (name: string) => saved.header.indexOf(name)
  const scored = saved.rows.slice(0, -1)
  for (const row of scored) {
    expect(row[at('decision')]).toBe(Number(row[at('score')]) >= 1500 ? 'accept' : 'low')
    expect(row[at('threshold')]).toBe('1500')
  }
  expect(saved.rows.at(-1)?.slice(at('left_out'))).toEqual([expect.stringContaining('age'), '', '', '', '', ''])
  const low = scored.filter((row) => row[at('decision')] === 'low').length
  await rows.selectOption({ label: 'Below 1,500' })
  await expect(table).toHaveAttribute('aria-rowcount', String(low + 1))
  await rows.selectOption({ label: 'All rows' })

  // As a workbook, with a sheet that says where it is from.
  const [workbook] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download .xlsx' }).click(),
  ])
  expect(workbook.suggestedFilename()).toBe('people.scores.xlsx')
  const sheets = await readWorkbook(await readFile(await workbook.path()))
  const asNumbers = (row: readonly string[]) => row.map((cell) => (/^-?[\d.]+$/.test(cell) ? Number(cell) : cell))
  expect(sheets[0]?.data.map((row) => row.slice(5).map((cell) => cell ?? ''))).toEqual(
    [saved.header, ...saved.rows].map((row) => asNumbers(row.slice(5))),
  )
  expect(sheets[1]?.data).toContainEqual(['Threshold', 1500])

  // Every column sorts, texts by what people take them for.
  await scores(page).getByRole('checkbox', { name: 'who' }).check()
  const who = table.getByRole('columnheader', { name: 'who' })
  await who.getByRole('button').press('Enter')
  await expect(who).toHaveAttribute('aria-sort', 'ascending')
  await expect(first(1)).toHaveText('Person 0')
  await who.click({ position: { x: 3, y: 3 } })
  await expect(who).toHaveAttribute('aria-sort', 'descending')
  await expect(first(1)).toHaveText('Person 59')

  // A text, and the rows of one bar by the keyboard.
  await scores(page).getByRole('searchbox', { name: 'Search' }).fill('person 1')
  await expect(table).toHaveAttribute('aria-rowcount', '12')
  await scores(page).getByRole('searchbox', { name: 'Search' }).fill('')
  const bar = scores(page).getByRole('slider', { name: 'Bar whose rows are shown' })
  await bar.press('Home')
  await bar.press('ArrowRight')
  await expect(bar).toHaveAttribute('aria-valuetext', /: \d+ records?$/)
  const inBar = /: (\d+) record/.exec((await bar.getAttribute('aria-valuetext')) ?? '')?.[1]
  await expect(table).toHaveAttribute('aria-rowcount', String(Number(inBar) + 1))
})
