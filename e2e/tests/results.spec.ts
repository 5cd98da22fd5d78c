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
