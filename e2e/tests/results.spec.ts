import { readFileSync } from 'node:fs'
import { dropFile } from '../dropFile.ts'
import { downloaded, expect, expectScored, open, sample, scoreButton, scores, scoreThrough, test } from './fixtures.ts'

/** What was scored stays in the tab, whatever the person does next. */

const lines = (name: string, count: number, from = 1): string => {
  const [header, ...rows] = readFileSync(sample(name), 'utf8').split('\n')
  return `${[header, ...rows.slice(from - 1, from - 1 + count)].join('\n')}\n`
}

test('another file, another model and Back lose no score; what is let go is gone', async ({ page, server, file }) => {
  await open(page, server.url, 'salary')
  const first = await scoreThrough(page, await file('first.csv', lines('salary', 60)))
  const { run, chunks } = JSON.parse(await downloaded(page, 'Download the receipt'))
  const earlier = page.getByRole('region', { name: 'Scored before in this tab' })
  await expect(earlier).toHaveCount(0)

  // Another file: the first one's scores are a press away, the same to the last digit.
  await dropFile(page, await file('second.csv', lines('salary', 40, 61)))
  await scoreButton(page).click()
  await expectScored(page)
  await expect(earlier.getByText(/60 records of first.csv with Salary .*, downloaded\./)).toBeVisible()
  expect(await downloaded(page, 'Save these scores')).toBe(first.text)
  const second = await downloaded(page)

  // Another model, by the address as a link has it.
  await page.evaluate(() => {
    location.hash = 'model=credit-default'
  })
  await expect(earlier.getByRole('listitem')).toHaveCount(2)
  await expect(scores(page)).toHaveCount(0)
  await page.goBack()
  await expect(scores(page).getByText('40', { exact: true }).first()).toBeVisible()
  expect(await downloaded(page)).toBe(second)

  // Shown again, with its file and under its model.
  await page.getByRole('radio', { name: /^Credit default/ }).check()
  await earlier.getByRole('listitem').filter({ hasText: 'first.csv' }).getByRole('button', { name: 'Show' }).click()
  await expect(page).toHaveURL(/model=salary/)
  await expect(scores(page).getByText('60', { exact: true }).first()).toBeVisible()
  expect(await downloaded(page)).toBe(first.text)
  // What was sent of it, and not of the run after it.
  const receipt = JSON.parse(await downloaded(page, 'Download the receipt'))
  expect(receipt).toMatchObject({ run, status: 'done', records: { inFile: 60 }, chunks, chunksOmitted: 0 })
  expect(chunks.length).toBeGreaterThan(0)

  await earlier.getByRole('button', { name: 'Let go' }).click()
  await expect(earlier).toHaveCount(0)
})

test('a tab with scores that nobody downloaded asks before it is closed, and afterwards does not', async ({
  page,
  server,
  file,
}) => {
  await open(page, server.url, 'salary')
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.dismiss()
  })
  await dropFile(page, await file('own.csv', lines('salary', 30)))
  await scoreButton(page).click()
  await expectScored(page)
  await page.close({ runBeforeUnload: true })
  await expect.poll(() => asked).toEqual(['beforeunload'])
  await downloaded(page)
  const closed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await closed
  expect(asked).toEqual(['beforeunload'])
})

test('what was scored of a run that is paused, and then cancelled, is had; by the bar alone', async ({
  page,
  server,
  file,
}) => {
  await open(page, server.url, 'credit-default')
  const bar = page.getByRole('region', { name: 'Next' })
  await expect(bar).toHaveCount(0)
  let asked = 0
  // The server stops answering after some chunks.
  await page.route('**/scores', (route) => (++asked <= 3 ? route.continue() : undefined))
  await dropFile(page, await file('own.csv', lines('credit', 900)))
  await bar.getByRole('button', { name: 'Score', exact: true }).click()
  await expect(bar).toHaveText(/^Scoring: [\d,]{2,} of \d+ records/, { timeout: 60_000 })
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Pause')
  await page.keyboard.press('Enter')
  await expect(bar).toHaveText(/^Paused: [\d,]+ of \d+ records scored\.ResumeDownload the [\d,]+ that are scored$/)
  const paused = await downloaded(page, / that are scored$/)
  const rows = (text: string) => text.trim().split(/\r?\n/)
  const count = Number(/Paused: ([\d,]+)/.exec((await bar.textContent()) ?? '')?.[1])
  expect(rows(paused)).toHaveLength(count + 1)

  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(bar).toHaveText(new RegExp(`^Cancelled: ${count} of`))
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Download the/)
  const earlier = page.getByRole('region', { name: 'Scored before in this tab' })
  await expect(
    earlier.getByText(new RegExp(`^${count} of \\d+ records of own.csv with Credit default.*Not downloaded`)),
  ).toBeVisible()
  expect(await downloaded(page, / that are scored$/)).toBe(paused)
  await expect(earlier.getByText(/, downloaded\.$/)).toBeVisible()

  // Every column of the person's own stands beside its score, which is that of the whole run.
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await bar.getByRole('button', { name: 'Score again' }).click()
  await expectScored(page)
  await expect(bar).toHaveText(/^Done: \d+ scores, not downloaded yet\.Download$/)
  await expect(earlier).toHaveCount(0)
  const whole = new Set(rows(await downloaded(page)))
  expect(rows(paused).filter((row) => !whole.has(row))).toEqual([])
})
