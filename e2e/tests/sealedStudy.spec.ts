import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { type RunningServer, root } from '../setting.ts'
import { downloaded, expect, expectAlert, sample, test } from './fixtures.ts'
import { startPoolServer } from './pooling.ts'

/** Records sealed in the page for outcomes that the other side has, answered for by its command, and opened in the page. */

let server: RunningServer
test.beforeAll(async () => {
  server = await startPoolServer()
})
test.afterAll(() => server.close())

const passphrase = 'correct horse battery'
const [header = '', ...rows] = readFileSync(sample('concrete'), 'utf8').trim().split(/\r?\n/)
const columns = (isOutcome: boolean): string =>
  [header, ...rows]
    .map((line) => line.split(','))
    .map((cells) => (isOutcome ? cells.slice(-1) : cells.slice(0, -1)).join())
    .join('\n')
const study = JSON.stringify({
  ...JSON.parse(readFileSync(new URL('study/test/fixtures/concrete.study.json', root), 'utf8')),
  terms: ['cement', 'water'],
})
const part = (page: Page) => page.getByRole('region', { name: 'Outcomes that the other side keeps' })

/** What the other side types, or one side where all is in one place. */
async function command(args: readonly string[], input: string): Promise<string> {
  const main = fileURLToPath(new URL('dist/cli/blindscore.js', root))
  const child = spawn(process.execPath, [main, 'study', ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (bytes) => {
    out += bytes
  })
  child.stdin.end(input)
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
  return out
}

test('rows are sealed and put on the server, answered for there, and opened once when a person comes back', async ({
  page,
  context,
  file,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const [records, studyPath] = [await file('concrete.csv', columns(false)), await file('study.json', study)]
  const at = addressOf(server.url, { page: 'outcomes' })
  await page.goto(at)
  await dropFile(page, records)
  await part(page).getByLabel('Choose the study').setInputFiles(studyPath)
  await expect(part(page).getByText('1,030 records will be sealed')).toBeVisible()
  // Three slots' bits, as many as outcomes of 13 bits would take.
  await expect(part(page).getByText('could read up to 6 single outcomes of 1,030')).toBeVisible()
  await part(page).getByLabel('New passphrase', { exact: true }).fill(passphrase)
  await part(page).getByLabel('New passphrase, again').fill(passphrase)
  await part(page).getByRole('button', { name: 'Seal them' }).click()
  await expect(part(page).getByRole('button', { name: 'Put them on this server' })).toBeDisabled()
  const key = await file('key.json', await downloaded(page, 'Save the key file', true))
  await part(page).getByRole('button', { name: 'Put them on this server' }).click()
  await part(page).getByRole('button', { name: 'Copy the other side’s address' }).click()
  await expect(part(page).getByRole('button', { name: 'Copied' })).toBeVisible()
  const theirs = await file('theirs', await page.evaluate(() => navigator.clipboard.readText()))
  // Who opens it in a browser is told how to answer.
  const other = await context.newPage()
  await other.goto(readFileSync(theirs, 'utf8'))
  await expect(other.getByRole('region', { name: 'Records that were sealed for your outcomes' })).toContainText(
    '--look',
  )
  // What the server sees is said of these records, not of a pooled study.
  const there = other.getByRole('complementary', { name: 'Scoring server' })
  await expect(there).toContainText('The sealed records and the answer')
  await expect(there).not.toContainText('pads')
  await other.close()
  const own = await file('own.txt', await downloaded(page, 'Save your own address'))

  const open = async (answer: string): Promise<void> => {
    await page.reload()
    await dropFile(page, records)
    await part(page).getByLabel('Choose the key file').setInputFiles(key)
    await part(page).getByLabel('Choose the answer or your address').setInputFiles(answer)
    await part(page).getByLabel('Passphrase', { exact: true }).fill(passphrase)
    await part(page).getByRole('button', { name: 'Open it' }).click()
  }
  await open(own)
  await expectAlert(page, 'study/unanswered')
  const answer = await file('answer', '')
  await command(['answer', theirs, '--out', answer, '--ledger', `${answer}.ledger`, '--exact'], columns(true))
  await open(own)
  const table = part(page).getByRole('table', { name: 'Coefficients' })
  await expect(table.getByRole('row')).toHaveCount(4)
  const model = JSON.parse(await downloaded(page, 'Save the model'))
  const whole = JSON.parse(await command(['fit', studyPath, '--json'], [header, ...rows].join('\n')))
  expect([
    model.heads[0].intercept,
    ...model.heads[0].terms.map(({ weight }: { readonly weight: number }) => weight),
  ]).toEqual(whole.coefficients.map(({ estimate }: { readonly estimate: number }) => estimate))

  // Another answer: this browser knows that one was opened, also where the key's old file is given.
  const second = await file('second', readFileSync(answer, 'utf8').replace(/"squares": "\d/, '"squares": "9'))
  await open(second)
  await expectAlert(page, 'study/opened')
  await open(own)
  await expect(table).toBeVisible()
})
