import { readFileSync } from 'node:fs'
import { root } from '../setting.ts'
import { expect, open, sample, scores, scoreThrough, test } from './fixtures.ts'
import { expectScores, type PlainModel, plainRows, shippedModel, tolerance } from './plainModel.ts'

/** Whole journeys: a real drop, real workers and a real server, a real download. */

const slow = (process.env.SLOW ?? '') !== ''

for (const [id, name, most] of [
  ['salary', 'salary', 1000],
  ['concrete-strength', 'concrete', 1030],
  ['credit-default', 'credit', slow ? 4039 : 1500],
  ['doctor-visits', 'doctor-visits', slow ? 20_190 : 2000],
] as const) {
  test(`the sample of ${id} comes back with the plaintext model’s scores`, async ({ page, server, file }) => {
    const text = readFileSync(sample(name), 'utf8')
    const dropped = `${text
      .trimEnd()
      .split('\n')
      .slice(0, most + 1)
      .join('\n')}\n`
    await open(page, server.url, id)
    const { text: scored, progress } = await scoreThrough(page, await file(`${name}.csv`, dropped))
    expectScores(shippedModel(id), dropped, scored)
    expect(progress.total).toBe(plainRows(scored).rows.length)
    await expect(scores(page).getByRole('table', { name: 'Scores' })).toBeVisible()
    await expect(scores(page).getByRole('figure', { name: 'Histogram of scores' })).toBeVisible()
  })
}

test('record [24, 4, 6, 1] scores 1740.2934756990095, under the default key', async ({ page, server, file }) => {
  await open(page, server.url, 'salary', null)
  const path = await file('one.csv', 'age,healthy_eating,active_lifestyle,Gender\n24,4,6,1\n')
  const { rows } = plainRows((await scoreThrough(page, path)).text)
  expect(rows).toHaveLength(1)
  expect(Math.abs(Number(rows[0]?.at(-1)) - 1740.293475699)).toBeLessThanOrEqual(tolerance)
  await expect(page.locator('[data-fingerprint]')).toHaveAttribute('data-fingerprint', /^[0-9a-f]{64}$/)
  await expect(page.getByText('3,072 bits').first()).toBeVisible()
})

for (const [id, name] of [
  ['concrete-strength', 'concrete'],
  ['credit-default', 'credit'],
] as const) {
  test(`fifty rows of ${id} agree with what R computed`, async ({ page, server, file }) => {
    const fixture = plainRows(readFileSync(new URL(`core/test/fixtures/${name}.expected50.csv`, root), 'utf8'))
    const model = shippedModel(id)
    const lines = fixture.rows.map((cells) =>
      model.features
        .map((feature) => featureText(feature, (column) => cells[fixture.header.indexOf(column)]))
        .join(','),
    )
    const dropped = [model.features.map((feature) => feature.name).join(','), ...lines].join('\n')
    await open(page, server.url, id)
    const { rows } = plainRows((await scoreThrough(page, await file('fifty.csv', dropped))).text)
    expect(rows).toHaveLength(50)
    rows.forEach((row, i) => {
      const [eta = Number.NaN, response = Number.NaN] = (fixture.rows[i] ?? []).slice(-2).map(Number)
      expect(Math.abs(Number(row.at(-2)) - eta)).toBeLessThanOrEqual(tolerance)
      expect(Math.abs(Number(row.at(-1)) - response)).toBeLessThanOrEqual(tolerance)
    })
  })
}

/** A feature's cell from R's model matrix, where a category is an indicator for each level but the reference. */
function featureText(
  { name, levels }: PlainModel['features'][number],
  cellOf: (column: string) => string | undefined,
): string {
  if (levels === undefined) return cellOf(name) ?? ''
  const hit = levels.find((level) => cellOf(name + level) === '1')
  return hit ?? levels.find((level) => cellOf(name + level) === undefined) ?? ''
}

test('the sample is one click away, and the address remembers the model', async ({ page, server }) => {
  await page.goto(server.url)
  await page.getByRole('radio', { name: 'Salary' }).check()
  await expect(page).toHaveURL(/#model=salary$/)
  await page.getByRole('button', { name: 'Use the sample' }).click()
  await expect(page.getByRole('button', { name: 'Score 1,000 records' })).toBeEnabled()
  await page.reload()
  await expect(page.getByRole('radio', { name: 'Salary' })).toBeChecked()
})

test('a model that the server does not have is said so', async ({ page, server }) => {
  await page.goto(`${server.url}#model=nothing-of-the-kind`)
  await expect(page.locator('[role="alert"]')).toHaveAttribute('data-code', 'model/unknown')
})
