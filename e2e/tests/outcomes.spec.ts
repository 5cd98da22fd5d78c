import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import Papa from 'papaparse'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { root } from '../setting.ts'
import { downloaded, expect, open, sample, scoreThrough, test } from './fixtures.ts'

/** What came to pass, beside the scores: compared here, and nowhere else. */

/** The records of the sample that has outcomes. */
const someRecords = (count: number): string =>
  readFileSync(sample('credit'), 'utf8')
    .split('\n')
    .slice(0, count + 1)
    .join('\n')

/** The share of pairs of an event and another record in which the event has the higher score, ties by half. */
function areaOf(csv: string): number {
  const { data } = Papa.parse<Record<string, string>>(csv.trim(), { header: true })
  const of = (event: boolean) =>
    data.filter(({ Status }) => (Status === 'bad') === event).map(({ score }) => Number(score))
  const [events, others] = [of(true), of(false)]
  const wins = events.flatMap((x) => others.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)))
  return wins.reduce<number>((sum, won) => sum + won, 0) / wins.length
}

/** Chooses the outcome, which is asked about, and what counts as an event. */
async function compare(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Column with the outcomes' }).selectOption({ label: 'Status' })
  const meaning = page.getByRole('combobox', { name: 'What counts as an event' })
  await expect(meaning).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByRole('img', { name: /^ROC/ })).toHaveCount(0)
  await meaning.selectOption((await meaning.locator('option', { hasText: /^bad / }).getAttribute('value')) ?? '')
  await expect(page.getByRole('img', { name: /^ROC/ })).toBeVisible()
}

test('a run’s scores are compared with outcomes in the file, and so is the saved file; nothing leaves', async ({
  page,
  server,
  file,
}) => {
  await open(page, server.url, 'credit-default')
  const { text } = await scoreThrough(page, await file('loans.csv', someRecords(150)))
  const auc = String(Number(areaOf(text).toPrecision(4)))

  const asked: string[] = []
  page.on('request', (request) => {
    if (!/\/assets\//.test(request.url()) && !request.url().startsWith('blob:')) asked.push(request.url())
  })
  await page.getByRole('button', { name: 'Compare with outcomes that stayed here' }).click()
  await compare(page)
  const scores = page.getByRole('region', { name: 'Scores' })
  await expect(scores).toContainText('The vendor says: AUC 0.8326 on the 30 % of rows held out from fitting (1,212).')
  await expect(scores).toContainText(new RegExp(`On these records: ${auc} \\(95 %: `))
  for (const name of [/^Calibration/, /^Lift/]) await expect(scores.getByRole('img', { name })).toBeVisible()
  await expect(scores.getByRole('table', { name: 'Tenths by descending score' }).getByRole('row')).toHaveCount(11)

  // The counts follow the threshold.
  await scores.getByRole('textbox', { name: 'Threshold', exact: true }).fill('2')
  await expect(scores).toContainText(/0 events and 0 others are at or above it, \d+ events and \d+ others below/)
  const report = await downloaded(page, 'Download the report')
  expect(report).toContain(`On these records: ${auc}`)
  expect(report).toContain('File: loans.csv')
  expect(report).not.toMatch(/<script|https?:\/\/|src=/)
  expect(asked).toEqual([])

  // The saved file says which model it was, so that the claim is known there as well.
  await page.goto(addressOf(server.url, { page: 'outcomes' }))
  await dropFile(page, await file('loans.scores.csv', text))
  const here = page.getByRole('region', { name: 'Validate here' })
  await expect(here.getByRole('combobox', { name: 'Column with the scores' }).locator('option:checked')).toHaveText(
    'score',
  )
  await compare(page)
  await expect(here).toContainText(new RegExp(`On these records: ${auc} \\(95 %: `))
  await expect(here).toContainText('The vendor says: AUC 0.8326')
})

test('a model is fitted in the tab, is one that a server would take, and R’s line stands beside it', async ({
  page,
  server,
  file,
}) => {
  await page.goto(addressOf(server.url, { page: 'outcomes' }))
  await dropFile(page, sample('concrete'))
  const here = page.getByRole('region', { name: 'Fit here' })
  await expect(here).toContainText('encryption would hide nothing from anybody, and none is used')
  await here.getByRole('combobox', { name: 'What is explained' }).selectOption('compressive_strength')
  const fit = here.getByRole('button', { name: 'Fit this model' })
  await expect(fit).toBeDisabled()
  const terms = here.getByRole('group', { name: 'What explains it' })
  for (const name of ['cement', 'water', 'age']) await terms.getByRole('checkbox', { name }).check()
  await here.getByRole('group', { name: 'Their squares as well' }).getByRole('checkbox', { name: 'age' }).check()
  await here.getByRole('combobox', { name: 'Product of' }).selectOption('cement')
  await here.getByRole('combobox', { name: 'and', exact: true }).selectOption('water')
  await here.getByRole('button', { name: 'Add the product' }).click()
  const formula = 'compressive_strength ~ cement + water + age + I(age^2) + cement:water'
  await expect(here.getByText(formula, { exact: true })).toBeVisible()

  const asked: string[] = []
  page.on('request', (request) => {
    if (!/\/assets\//.test(request.url()) && !request.url().startsWith('blob:')) asked.push(request.url())
  })
  await fit.click()
  await expect(here.getByRole('img', { name: /^Calibration/ })).toBeVisible()
  const csv = await downloaded(page, 'Download the coefficients')
  const { data } = Papa.parse<Record<string, string>>(csv.trim(), { header: true })
  const r = JSON.parse(readFileSync(new URL('study/test/fixtures/fits.json', root), 'utf8')).crossed
  expect(data.map(({ term }) => term)).toEqual(r.names)
  for (const [j, { estimate }] of data.entries()) {
    expect(Math.abs(Number(estimate) / r.optimum.coefficients[j] - 1)).toBeLessThan(1e-10)
  }
  await expect(here).toContainText(`summary(glm(${formula}, family = gaussian, data = read.csv("concrete.csv"`)
  const model = await downloaded(page, 'Download the model')
  expect(asked).toEqual([])

  await page.goto(addressOf(server.url, { page: 'vendor' }))
  await expect(page.getByRole('region', { name: 'Check a model file' })).toBeVisible()
  await dropFile(page, await file('concrete.model.json', model))
  await expect(page.getByRole('region', { name: 'Before it is served' }).getByRole('status')).toHaveText(
    'The server would take it.',
  )
})

test('of one formula a fit with a polynomial, one with a penalty, and components are made, each with its line of R', async ({
  page,
  server,
}) => {
  await page.goto(addressOf(server.url, { page: 'outcomes' }))
  await dropFile(page, sample('concrete'))
  const here = page.getByRole('region', { name: 'Fit here' })
  await here.getByRole('combobox', { name: 'What is explained' }).selectOption('compressive_strength')
  const terms = here.getByRole('group', { name: 'What explains it' })
  for (const name of ['cement', 'age']) await terms.getByRole('checkbox', { name }).check()
  const choose = (name: string, option: string) =>
    here.getByRole('combobox', { name, exact: true }).selectOption(option)
  const press = (name: string) => here.getByRole('button', { name, exact: true }).click()

  // A number that has a polynomial has no square beside it.
  await choose('Polynomial of', 'age')
  await choose('Degree', '3')
  await press('Take the polynomial')
  await expect(here.getByRole('group', { name: 'Their squares as well' }).getByRole('checkbox')).toHaveCount(1)
  await press('Fit this model')
  const formula = 'compressive_strength ~ cement + poly(age, 3)'
  await expect(here.getByRole('heading', { name: formula })).toBeVisible()
  await expect(here.getByRole('table', { name: 'Coefficients' }).getByRole('rowheader')).toHaveText([
    '(Intercept)',
    'cement',
    'poly(age, 3)1',
    'poly(age, 3)2',
    'poly(age, 3)3',
  ])
  await expect(here.getByRole('table', { name: /drop1/ }).getByRole('rowheader')).toHaveText([
    'all',
    'cement',
    'poly(age, 3)',
  ])

  // Both kinds of interval are there, each by its name.
  await choose('Intervals', 'profile')
  await press('Fit this model')
  const intervals = here.getByRole('table', { name: 'Coefficients' })
  await expect(intervals.getByRole('columnheader').filter({ hasText: '95 %' })).toHaveText([
    '95 % (Wald)',
    '95 % (profile likelihood)',
  ])
  await expect(here.getByText('confint(model)')).toBeVisible()

  // A penalty takes powers: why not these is said, and what to write.
  await choose('What is made of it', 'penalised')
  await press('Fit this model')
  await expect(here).toContainText('"poly(age, 3)" is a polynomial by what is in the records')
  await choose('Coefficients', 'raw')
  await press('Take the polynomial')
  await press('Fit this model')
  await expect(here.getByText('coef(glmnet::glmnet(')).toContainText('poly(age, 3, raw = TRUE)')
  await choose('What is made of it', 'components')
  await press('Find the components')
  await expect(here.getByRole('table', { name: 'Principal components' }).getByRole('columnheader')).toHaveCount(5)
})

test('a column of successes and one of failures are one outcome, as in R', async ({ page, server, file }) => {
  const r = JSON.parse(readFileSync(new URL('study/test/fixtures/trials.json', root), 'utf8'))
  const rows = r.rows.map((row: readonly unknown[]) => row.join())
  await page.goto(addressOf(server.url, { page: 'outcomes' }))
  await dropFile(page, await file('roles.csv', ['gender,education,agree,disagree', ...rows, ''].join('\n')))
  const here = page.getByRole('region', { name: 'Fit here' })
  const choose = (name: string, option: string) =>
    here.getByRole('combobox', { name, exact: true }).selectOption(option)
  await choose('What is explained', 'agree')
  await choose('Failures, where it counts successes', 'disagree')
  await expect(here.getByRole('combobox', { name: 'Family' }).getByRole('option')).toHaveText([
    /^binomial/,
    /^quasibinomial/,
  ])
  await expect(here.getByRole('combobox', { name: 'How much a record counts' })).toHaveCount(0)
  const terms = here.getByRole('group', { name: 'What explains it' })
  await expect(terms.getByRole('checkbox')).toHaveCount(2)
  for (const name of ['gender', 'education']) await terms.getByRole('checkbox', { name }).check()
  await choose('Product of', 'gender')
  await choose('and', 'education')
  await here.getByRole('button', { name: 'Add the product' }).click()
  await here.getByRole('button', { name: 'Fit this model' }).click()
  const formula = 'cbind(agree, disagree) ~ gender + education + gender:education'
  await expect(here.getByRole('heading', { name: formula })).toBeVisible()
  const { data } = Papa.parse<Record<string, string>>((await downloaded(page, 'Download the coefficients')).trim(), {
    header: true,
  })
  for (const [j, { estimate }] of data.entries()) {
    expect(Math.abs(Number(estimate) / r.fits[0].optimum.coefficients[j] - 1)).toBeLessThan(1e-10)
  }
  await expect(here.getByRole('img', { name: /^ROC/ })).toBeVisible()
  await expect(here.getByText(`glm(${formula}, family = binomial, data = `)).toBeVisible()
})
