import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { root } from '../setting.ts'
import { alert, expect, expectAlert, test } from './fixtures.ts'
import { narrow } from './narrow.ts'

/** A vendor's model file, checked on the page: what would be published and what stays private, or why it is refused. */

const shipped = new URL('server/models/credit-default.json', root)

const openVendorPage = (page: Page, server: string) => page.goto(addressOf(server, { page: 'vendor' }))

test('a model that would be served: what is published, what it costs, what stays private', async ({ page, server }) => {
  const { features } = JSON.parse(readFileSync(shipped, 'utf8')) as { features: { name: string }[] }
  await openVendorPage(page, server.url)
  await dropFile(page, shipped.pathname)
  await expect(page.getByRole('region', { name: 'Before it is served' }).getByRole('status')).toHaveText(
    'The server would take it.',
  )
  const columns = page.getByRole('table', { name: 'Columns that are published' }).getByRole('rowheader')
  await expect(columns).toHaveText(features.map(({ name }) => name))
  await expect(page.getByRole('table', { name: 'Key sizes' }).getByRole('row').nth(1)).toContainText('2,048')
  await expect(page.getByRole('region', { name: 'Stays private' })).toContainText(
    /^Stays private\d+ numbers: the weights/,
  )
  await page.getByRole('button', { name: /^The 8 verification records/ }).click()
  await expect(page.getByRole('table', { name: 'Verification records' }).getByRole('row')).toHaveCount(9)
  await expect(page.getByRole('region', { name: 'How to serve it' })).toContainText('cp credit-default.json models/')
  // No server takes part in this.
  await expect(page.getByRole('complementary', { name: 'Whoever scores' })).toContainText('sent nowhere')
  await expect(page.getByText('What the server saw')).toHaveCount(0)
})

const [column] = narrow.features

for (const [what, content, code, sentence] of [
  ['is not JSON', '{\n"format": ', 'model/syntax', 'The model file is not valid JSON, from line 2 on.'],
  [
    'is another JSON file',
    { name: 'some-package', version: '1.0.0' },
    'model/invalid',
    'This JSON is no model file that is known here: it has no "format", and a model file "format": "blindscore-model/1". Write one with an exporter of formats/exporters, or export PMML or ONNX.',
  ],
  [
    'is not of the form',
    { ...narrow, title: 7 },
    'model/invalid',
    'The model file is not as it should be at title: string expected.',
  ],
  [
    'contradicts itself',
    { ...narrow, features: [{ ...column, range: [9, 1] }] },
    'model/invalid',
    'The range of "mdvis" ends below its start.',
  ],
  [
    'fits no key',
    { ...narrow, features: [{ ...column, range: [0, 1e16] }] },
    'model/budget',
    '"mdvis" has more than 2^53 steps in its range, or between an end of it and zero. Narrow or shift the range, or declare a coarser step.',
  ],
  [
    'does not score as it says',
    { ...narrow, verification: [{ record: { mdvis: 1 }, predictors: [99] }] },
    'model/verification',
    'Verification record 1 fails: the predictor of "score" differs by more than the tolerance.',
  ],
] as const) {
  test(`a model file that ${what} is refused with the reason`, async ({ page, server, file }) => {
    await openVendorPage(page, server.url)
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    await page.locator('input[type=file]').setInputFiles(await file('model.json', text))
    await expectAlert(page, code)
    await expect(alert(page)).toHaveText(sentence)
    await expect(page.getByRole('button', { name: `Copy details: ${code}` })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Stays private' })).toHaveCount(0)
  })
}

test('a ranges file alone is no model', async ({ page, server, file }) => {
  await openVendorPage(page, server.url)
  await dropFile(page, await file('narrow.ranges.json', '{}'))
  await expect(alert(page)).toHaveText('A ranges file alone is no model. Drop it together with its model.')
})

test('what a model’s format has no place for is downloaded, filled in and dropped on the page again', async ({
  page,
  server,
  file,
}) => {
  await openVendorPage(page, server.url)
  await dropFile(page, new URL('formats/test/fixtures/onnx/linear.onnx', root).pathname)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download linear.ranges.json' }).click(),
  ])
  const text = readFileSync(await download.path(), 'utf8')
  const { columns } = JSON.parse(text) as { columns: string[] }
  const filled = text.replaceAll(`"${columns[0]}"`, '"age"').replace('"age": {}', '"age": { "range": [18, 100] }')
  await dropFile(page, await file('linear.ranges.json', filled))
  const published = page.getByRole('table', { name: 'Columns that are published' })
  await expect(published.getByRole('rowheader').first()).toHaveText('age')
  await expect(published.getByRole('row').nth(1)).toContainText('18 to 100')
  await expect(page.getByRole('region', { name: 'How to serve it' })).toContainText('linear.onnx linear.ranges.json')
})
