import { readFileSync } from 'node:fs'
import { dropFile } from '../dropFile.ts'
import { prepareRun, score } from '../journey.ts'
import { expect, open, sample, scores, test } from './fixtures.ts'
import { translate } from './translated.ts'

/** The page in a browser that translates it: what stands there is of now, however often it changes. */

test('figures follow the file and the threshold under a translation', async ({ page, server, file }) => {
  const lines = readFileSync(sample('credit'), 'utf8').trimEnd().split('\n')
  const small = await file('small.csv', `${lines.slice(0, 101).join('\n')}\n`)
  const large = await file('large.csv', `${lines.slice(0, 401).join('\n')}\n`)
  await open(page, server.url, 'credit-default')
  await dropFile(page, small)
  await prepareRun(page)
  await translate(page)
  await expect(page.locator('font').first()).toBeVisible()

  await dropFile(page, large)
  await expect(page.getByRole('button', { name: 'Score 400 records' })).toBeEnabled()
  await expect(page.locator('main')).not.toContainText('small.csv')
  await expect(page.locator('main')).not.toContainText(/\b100 (records|rows)/)

  await score(page)
  const threshold = page.getByRole('slider', { name: 'Threshold' })
  const sides = scores(page).locator('dl').filter({ hasText: /Below/ }).locator('div')
  const said = () =>
    sides.evaluateAll((all) => all.map(({ children }) => [...children].map((each) => each.textContent)))
  const before = await said()
  await threshold.focus()
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowLeft')
  await expect(async () => expect(await said()).not.toEqual(before)).toPass()
  const at = Number(await threshold.inputValue()) / 1000
  const [below, above] = (await said()).map(([, text]) => Number(/^[\d,]+/.exec(text ?? '')?.[0]))
  expect(Number(below) + Number(above)).toBe(400)
  expect(await said()).toEqual([
    [`Below ${at}`, `${below} records ${((100 * Number(below)) / 400).toFixed(1)} %`],
    [`At or above ${at}`, `${above} records ${((100 * Number(above)) / 400).toFixed(1)} %`],
  ])
})
