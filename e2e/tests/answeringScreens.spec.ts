import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { type RunningServer, root } from '../setting.ts'
import { expect, test } from './fixtures.ts'
import { lookAtAll } from './lookAt.ts'
import { startPoolServer } from './pooling.ts'
import { agreeAndAnswer, otherSide, outcomesOf, sealedLoans, step } from './sealedSides.ts'

/** Every state of who answers for sealed records, and of both sides of an adapted model, in both colours, wide and narrow. */

let server: RunningServer
test.beforeAll(async () => {
  server = await startPoolServer()
})
test.afterAll(() => server.close())
test.setTimeout(900_000)

const look = (page: Page, name: string) => lookAtAll(page, `answering-${name}`)

test('from sealed records to the answer, and what ends it', async ({ page, browser, file }) => {
  test.skip(process.env.SLOW === undefined, 'pictures')
  const { sealed } = await sealedLoans(page, server, file, (what) => look(page, `00-${what}`))
  const other = await otherSide(browser)
  await other.goto(addressOf(server.url, { page: 'outcomes' }))
  await expect(other.getByRole('button', { name: 'Open sealed records' })).toBeVisible()
  await look(other, '01-offered')
  await other.getByLabel('Open sealed records').setInputFiles(sealed)
  await expect(step(other, 'Records that were sealed for your outcomes')).toContainText('600 records were sealed')
  await look(other, '02-asked')
  await dropFile(other, await file('outcomes.csv', outcomesOf(600)))
  await step(other, 'Your outcomes').getByRole('combobox').selectOption('Became')
  await expect(step(other, 'Before the answer is made')).toBeVisible()
  await look(other, '03-consent')
  await agreeAndAnswer(other)
  await look(other, '04-answer')
  const again = await other.context().newPage()
  await other.close()
  await again.goto(addressOf(server.url, { page: 'outcomes' }))
  await again.getByLabel('Open sealed records').setInputFiles(await file('none.blindstudy', 'none'))
  await expect(again.getByRole('alert')).toBeVisible()
  await look(again, '05-refused')
})

test('a model adapted, from a scored file to the customer’s model', async ({ page, file }) => {
  test.skip(process.env.SLOW === undefined, 'pictures')
  const rows = outcomesOf(600).split('\n').slice(1)
  const scored = rows.map((line, i) => `${line},${((i * 37) % 200) / 100 - 1},credit-default 1.0.0`)
  await page.goto(addressOf(server.url, { page: 'outcomes' }))
  await dropFile(page, await file('scored.csv', ['Customer,Became,linear_predictor,scored_by', ...scored].join('\n')))
  const here = step(page, 'Adapt the vendor’s model')
  await here.getByRole('combobox', { name: 'Column with what came to pass' }).selectOption('Became')
  await here.getByRole('combobox', { name: 'What counts as an event' }).selectOption('bad')
  await here.getByRole('checkbox', { name: /^The slope/ }).check()
  await here.getByRole('button', { name: 'Find the changes' }).click()
  await expect(here.getByRole('table', { name: 'Changes' })).toBeVisible()
  await look(page, '06-changes')
  const changes = {
    format: 'blindscore-adaptation/1',
    model: 'credit-default',
    version: '1.0.0',
    intercept: 0.25,
    slope: -0.125,
    terms: [],
  }
  await page.goto(addressOf(server.url, { page: 'vendor' }))
  await expect(page.getByRole('region', { name: 'Check a model file' })).toBeVisible()
  await dropFile(page, await file('changes.json', JSON.stringify(changes)))
  await dropFile(page, new URL('server/models/credit-default.json', root).pathname)
  const theirs = step(page, 'Changes of your model')
  await theirs.getByRole('textbox', { name: /^The customer’s name/ }).fill('alba')
  await theirs.getByRole('button', { name: 'Make the customer’s model' }).click()
  await expect(theirs.getByRole('table', { name: 'What becomes of the weights' })).toBeVisible()
  await look(page, '07-applied')
})
