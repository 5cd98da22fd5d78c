import { readFileSync } from 'node:fs'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { type RunningServer, root } from '../setting.ts'
import { downloaded, expect, test } from './fixtures.ts'
import {
  agree,
  codeOf,
  digitsOf,
  expectResults,
  type Owner,
  partOf,
  results,
  setUp,
  startPoolServer,
  takePart,
  threeOwners,
} from './pooling.ts'

/** Three owners in browsers of their own fit one model to the rows of all, by a server that stores what they say. */

let server: RunningServer
test.beforeAll(async () => {
  server = await startPoolServer()
})
test.afterAll(() => server.close())

const r = JSON.parse(readFileSync(new URL('study/test/fixtures/pooled.json', root), 'utf8'))

const farthest = (ours: readonly number[], theirs: readonly number[]): number =>
  Math.max(...theirs.map((value, i) => Math.abs((ours[i] ?? Number.NaN) / value - 1)))

test('three browsers get the model of all rows, to R’s digits, and a server would take it', async ({
  browser,
  file,
}) => {
  const owners = await threeOwners(browser)
  const [first] = owners as [Owner, ...Owner[]]
  const addresses = await setUp(first.page, server.url, await file('alba.csv', partOf(0)))
  for (const [i, { page }] of owners.slice(1).entries()) {
    await page.goto(addresses[i] as string)
    await expect(page.getByRole('region', { name: 'A pooled study' })).toContainText('Which loans go bad')
    await dropFile(page, await file(`${i}.csv`, partOf(i + 1)))
  }
  for (const owner of owners) await takePart(owner)
  const codes = await Promise.all(owners.map(({ page }) => codeOf(page)))
  expect(new Set(codes).size).toBe(1)
  for (const { page } of owners) await agree(page)

  const models: string[] = []
  for (const { page } of owners) {
    await expectResults(page)
    await expect(results(page).getByRole('list', { name: 'What each party learned' })).toContainText(
      'Nobody: a row of yours.',
    )
    const { estimates, errors, figures } = await digitsOf(page)
    expect(farthest(estimates, r.coefficients)).toBeLessThan(1e-11)
    expect(farthest(errors, r.errors)).toBeLessThan(1e-11)
    const ours = ['deviance', 'null deviance', 'AIC', 'AIC as in step'].map((name) => Number(figures[name]))
    expect(farthest(ours, [r.deviance, r.nullDeviance, r.aic, r.aic])).toBeLessThan(1e-11)
    models.push(await downloaded(page, 'Download the model'))
  }
  expect(new Set(models).size).toBe(1)
  const csv = await downloaded(first.page, 'Download the coefficients')
  expect(csv).toContain(`Seniority,${Number(r.coefficients[1].toPrecision(6))},`)

  await first.page.goto(addressOf(server.url, { page: 'vendor' }))
  await expect(first.page.getByRole('region', { name: 'Check a model file' })).toBeVisible()
  await dropFile(first.page, await file('pooled.model.json', models[0] as string))
  await expect(first.page.getByRole('region', { name: 'Before it is served' }).getByRole('status')).toHaveText(
    'The server would take it.',
  )
})
