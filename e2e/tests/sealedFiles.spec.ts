import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun } from '../journey.ts'
import {
  downloaded,
  expect,
  expectAlert,
  expectScored,
  open,
  sample,
  scoreAgain,
  scoreButton,
  test,
} from './fixtures.ts'
import { expectScores, plainRows, shippedModel } from './plainModel.ts'

/** An exchange by files through the page: sealed here, scored where nobody can read it, opened here again. */

const people = [
  ['Ada Lovelace', '12 St James Square', '24,4,6,1', 1740.29347569901],
  ['Zoë Müller', 'Am Weg 1 in Köln', '59,1,0,1', 1432.329],
] as const
const csv = [
  'Name,Address,age,healthy_eating,active_lifestyle,Gender',
  ...people.map((each) => each.slice(0, 3).join(',')),
]

const sealedScores = (page: Page) => page.getByRole('region', { name: 'Scores from a file' })

async function save(page: Page, columns: readonly string[]): Promise<Buffer> {
  await page.getByRole('button', { name: 'Save a sealed file' }).click()
  const along = page.getByRole('group', { name: 'Sealed beside the records' })
  for (const column of columns) await along.getByRole('checkbox', { name: column }).check()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: /^Save [\d,]+ sealed records?$/ }).click()
  return readFile(await (await saved).path())
}

async function scored(url: string, sealed: Buffer): Promise<Buffer> {
  const address = new URL('v1/models/salary/files', url)
  const headers = { 'Content-Type': 'application/octet-stream' }
  const response = await fetch(address, { method: 'POST', headers, body: Uint8Array.from(sealed) })
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

test('records are saved sealed, scored elsewhere and opened here, with names that only this side reads', async ({
  page,
  browser,
  server,
  file,
}) => {
  await open(page, server.url, 'salary')
  await dropFile(page, await file('people.csv', csv.join('\n')))
  await prepareRun(page)
  const sealed = await save(page, ['Name', 'Address'])
  const example = page.getByRole('table', { name: 'The first record, here and in the file' })
  await expect(example.getByRole('row', { name: /Name Ada Lovelace 05[0-9a-f]+/ })).toBeVisible()
  for (const plain of ['Ada', 'Lovelace', 'James', 'Köln']) expect(sealed.includes(plain)).toBe(false)

  const answer = await scored(server.url, sealed)
  for (const plain of ['Ada', 'Lovelace', 'James', 'Köln']) expect(answer.includes(plain)).toBe(false)
  await dropFile(page, await file('people.scored', answer))
  await expect(sealedScores(page)).toContainText('Signed by')
  const rows = plainRows(await downloaded(page, 'Save these scores as CSV')).rows
  expect(rows.map((row) => row.slice(0, 3))).toEqual([
    ['1', 'Ada Lovelace', '12 St James Square'],
    ['2', 'Zoë Müller', 'Am Weg 1 in Köln'],
  ])
  for (const [i, [, , , score]] of people.entries()) expect(Number(rows[i]?.at(-1))).toBeCloseTo(score, 3)
  await expect(sealedScores(page).getByRole('table', { name: 'Scores' })).toContainText('Ada Lovelace')
  await expect(sealedScores(page).getByRole('slider', { name: 'Threshold' })).toBeVisible()

  // Damaged on its way, and in another tab, which has another key.
  const bad = Buffer.from(answer)
  bad[bad.length - 300] = (bad[bad.length - 300] as number) ^ 1
  await dropFile(page, await file('bad.scored', bad))
  await expectAlert(page, 'sealed/damaged')
  const context = await browser.newContext()
  const other = await context.newPage()
  await open(other, server.url, 'salary')
  await dropFile(other, await file('again.scored', answer))
  await expectAlert(other, 'sealed/key')
  await context.close()
})

test('link tokens wait for a name and a column, and say beside the switch what they reveal', async ({
  page,
  server,
  file,
}) => {
  await open(page, server.url, 'salary')
  await dropFile(page, await file('people.csv', csv.join('\n')))
  await prepareRun(page)
  await page.getByRole('button', { name: 'Save a sealed file' }).click()
  await expect(page.getByText('which records are of one person')).toBeVisible()
  const button = page.getByRole('button', { name: /^Save [\d,]+ sealed records?$/ })
  await page.getByRole('checkbox', { name: 'Give each record a link token' }).check()
  await expect(button).toBeDisabled()
  const same = page.getByRole('group', { name: 'One person’s records have the same' })
  await same.getByRole('checkbox', { name: 'Name' }).check()
  await page.getByRole('textbox', { name: 'Whom the tokens are for' }).fill('XYZ')
  await expect(button).toBeEnabled()
  const saved = page.waitForEvent('download')
  await button.click()
  expect((await (await saved).path()).length).toBeGreaterThan(0)
})

test('both sides are played in two windows, each of which shows what it holds', async ({ page, server, file }) => {
  await open(page, server.url, 'salary')
  await dropFile(page, await file('people.csv', csv.join('\n')))
  await prepareRun(page)
  const sealed = await save(page, ['Name'])
  const opening = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Play both sides in two windows' }).click()
  const other = await opening
  await expect(other.getByRole('region', { name: 'You are XYZ' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'You are ABC' })).toBeVisible()

  await dropFile(other, await file('people.blind', sealed))
  const held = other.getByRole('region', { name: 'Sealed records' })
  await expect(held).toContainText('Name')
  await expect(held).not.toContainText('Ada')
  const scored = other.waitForEvent('download')
  await held.getByRole('button', { name: 'Have them scored here' }).click()
  const answer = await readFile(await (await scored).path())
  await dropFile(other, await file('people.scored', answer))
  await expectAlert(other, 'sealed/key')
  await dropFile(page, await file('people.scored', answer))
  await expect(sealedScores(page).getByRole('table', { name: 'Scores' })).toContainText('Ada Lovelace')
})

test('a file and a run of the same records do not disturb each other, each under a key of its own', async ({
  page,
  server,
  file,
}) => {
  test.slow()
  const [header, ...lines] = readFileSync(sample('salary'), 'utf8').trimEnd().split(/\r?\n/)
  const many = Array.from({ length: 6_000 }, (_, i) => `Person ${i},${lines[i % lines.length]}`)
  const text = `Name,${header}\n${many.join('\n')}\n`
  await page.addInitScript(() => localStorage.setItem('blindscore scheme', 'lattice'))
  await open(page, server.url, 'salary')
  await dropFile(page, await file('many.csv', text))
  await prepareRun(page)
  await page.getByRole('button', { name: 'Save a sealed file' }).click()
  await expect(page.getByText('under a key of its own that follows from this key')).toBeVisible()
  await page.getByRole('group', { name: 'Sealed beside the records' }).getByRole('checkbox', { name: 'Name' }).check()
  const saved = page.waitForEvent('download', (each) => each.suggestedFilename().endsWith('.blind'))
  await page.getByRole('button', { name: /^Save [\d,]+ sealed records?$/ }).click()
  await scoreButton(page).click()
  const sealed = await readFile(await (await saved).path())
  await expectScored(page)
  expectScores(shippedModel('salary'), text, await downloaded(page))

  // A second run begins while the answer is opened.
  const answer = await scored(server.url, sealed)
  await dropFile(page, await file('many.scored', answer))
  await scoreAgain(page)
  await expect(sealedScores(page).getByRole('table', { name: 'Scores' })).toBeVisible()
  const rows = plainRows(await downloaded(page, 'Save these scores as CSV')).rows
  expect(rows).toHaveLength(many.length)
  for (const i of [0, 1, 2_999, 5_999]) expect(rows[i]?.slice(0, 2)).toEqual([String(i + 1), `Person ${i}`])
  const run = page.getByRole('region', { name: 'Scores', exact: true })
  await expect(run).toHaveAttribute('data-progress', /total/)
})
