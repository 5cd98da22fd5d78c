import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { type RunningServer, root } from '../setting.ts'
import { flawsOf } from './axe.ts'
import { downloaded, expect, expectAlert, sample, test } from './fixtures.ts'
import { findLeaks } from './leaks.ts'
import { startPoolServer } from './pooling.ts'
import {
  agreeAndAnswer,
  agreeAndSeal,
  opening,
  otherSide,
  outcomesOf,
  part,
  passphrase,
  person,
  sealedLoans,
  sealing,
  step,
} from './sealedSides.ts'
import { storedBy } from './stored.ts'
import { tabTo } from './tabbing.ts'

/** Records sealed in the page for outcomes that the other side has, answered for in its page, and opened where they were sealed. */

let server: RunningServer
test.beforeAll(async () => {
  server = await startPoolServer()
})
test.afterAll(() => server.close())

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

/** What one side types where all is in one place. */
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
  browser,
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
  const consent = step(page, 'Before the records are sealed')
  await expect(consent).toContainText('3 sums over its outcomes, and so the model')
  await consent.getByLabel('Your legal name').fill('Alba Bank plc')
  await expect(consent).toContainText('You: Alba Bank plc')
  await expect(consent.locator('code')).toHaveText(/^[0-9a-f]{64}$/)
  const shown = await consent.textContent()
  await agreeAndSeal(page)
  await expect(sealing(page).getByRole('button', { name: 'Put them on this server' })).toBeDisabled()
  const receipt = JSON.parse(await downloaded(page, 'Save the receipt', true))
  expect(receipt.consent.text).toContain('You: Alba Bank plc; role: not stated')
  expect(createHash('sha256').update(receipt.consent.text).digest('hex')).toBe(receipt.consent.sha256)
  expect(shown).toContain(receipt.consent.sha256)
  const key = await file('key.json', await downloaded(page, 'Save the key file', true))
  await sealing(page).getByRole('button', { name: 'Put them on this server' }).click()
  await sealing(page).getByRole('button', { name: 'Copy the other side’s address' }).click()
  await expect(sealing(page).getByRole('button', { name: 'Copied' })).toBeVisible()
  const theirs = await page.evaluate(() => navigator.clipboard.readText())
  const own = await file('own.txt', await downloaded(page, 'Save your own address'))

  const choose = async (answer: string): Promise<void> => {
    await page.reload()
    await dropFile(page, records)
    await opening(page).getByLabel('Choose the key file').setInputFiles(key)
    await opening(page).getByLabel('Choose the answer or your address').setInputFiles(answer)
  }
  const open = async (answer: string): Promise<void> => {
    await choose(answer)
    await opening(page).getByLabel('Passphrase', { exact: true }).fill(passphrase)
    await opening(page).getByRole('button', { name: 'Open it' }).click()
  }
  await choose(own)
  await expectAlert(page, 'study/unanswered')
  const other = await otherSide(browser)
  await other.goto(theirs)
  // What the server sees is said of these records, not of a pooled study.
  const there = other.getByRole('complementary', { name: 'Scoring server' })
  await expect(there).toContainText('The sealed records and the answer')
  await expect(there).not.toContainText('pads')
  await dropFile(other, await file('outcomes.csv', columns(true)))
  await expect(step(other, 'What you give')).toContainText('up to 6 single outcomes of 1,030')
  await expect(step(other, 'What you give')).toContainText('sum of the squares of the outcomes goes in the clear')
  await agreeAndAnswer(other)
  const answer = await file('answer', await downloaded(other, 'Save the answer'))
  await step(other, 'The answer').getByRole('button', { name: 'Put it on this server' }).click()
  await expect(step(other, 'The answer')).toContainText('The answer is on the server')
  await other.context().close()
  await open(own)
  const table = opening(page).getByRole('table', { name: 'Coefficients' })
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

test('a sealed file is answered for by keys alone with randomised outcomes, once, and opened from page to page', async ({
  page,
  browser,
  file,
}) => {
  const { key, sealed } = await sealedLoans(page, server, file)
  const other = await otherSide(browser)
  const sent: string[] = []
  other.context().on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
  await other.goto(addressOf(server.url, { page: 'outcomes' }))
  await other.getByLabel('Open sealed records').setInputFiles(sealed)
  const asked = step(other, 'Records that were sealed for your outcomes')
  await expect(asked).toContainText('600 records were sealed. Asked for are 3 sums over their outcomes.')
  await expect(asked).toContainText('Alba Bank plc')
  await expect(asked).toContainText('There is none yet: this browser cannot see whether you gave outcomes')
  await dropFile(other, await file('outcomes.csv', outcomesOf(600)))
  const column = step(other, 'Your outcomes').getByRole('combobox', { name: 'Column with the outcomes' })
  await column.selectOption('Became')
  const give = step(other, 'What you give')
  await expect(give).toContainText(/up to \d+ single randomised outcomes of 600/)
  await expect(give).toContainText('nothing about a person becomes more than 20.09 times as likely')
  await expect(give).toContainText(/standard errors are some 1\.\d+ times as large/)
  const epsilon = give.getByLabel('ε')
  await epsilon.fill('50')
  await expect(give.getByRole('alert')).toHaveText('ε is from 0.1 to 10. It is still 3.')
  await epsilon.fill('3')
  await expect(give.getByRole('alert')).toHaveCount(0)
  const consent = step(other, 'Before the answer is made')
  await expect(consent).toContainText('There is no ledger of earlier answers yet')
  await expect(consent.getByRole('button', { name: 'Answer' })).toBeDisabled()
  expect(await flawsOf(other)).toEqual([])
  await column.focus()
  await tabTo(other, consent.getByRole('textbox', { name: 'Your legal name' }))
  await other.keyboard.type('Borealis Registry')
  await expect(consent).toContainText('You: Borealis Registry; role: not stated')
  await tabTo(other, consent.getByRole('checkbox', { name: /^I may give these sums/ }))
  await other.keyboard.press('Space')
  await tabTo(other, consent.getByRole('button', { name: 'Answer' }))
  const shown = await consent.textContent()
  await other.keyboard.press('Enter')
  await expect(step(other, 'The answer')).toBeVisible()
  expect(await flawsOf(other)).toEqual([])
  const answer = await downloaded(other, 'Save the answer')
  const ledger = await downloaded(other, 'Save the ledger')
  const receipt = await downloaded(other, 'Save the receipt')
  const { text, sha256 } = JSON.parse(receipt).consent
  expect(createHash('sha256').update(text).digest('hex')).toBe(sha256)
  expect(shown).toContain(sha256)
  // No outcome, and nobody that one is of, is in what was sent, kept or saved.
  const secrets = Array.from({ length: 600 }, (_, i) => ({ name: `row ${i}`, text: person(i) }))
  const stored = await storedBy(other)
  expect(stored.length).toBeGreaterThan(1000)
  const left = Buffer.from([...sent, answer, ledger, receipt].join('\n'))
  expect(findLeaks(Buffer.concat([stored, left]), secrets)).toEqual([])

  // The very same file is given the very same answer; a browser without the ledger is told of it once it is brought.
  await other.reload()
  await other.getByLabel('Open sealed records').setInputFiles(sealed)
  await expect(step(other, 'The answer')).toContainText('has answered for this very file before')
  expect(await downloaded(other, 'Save the answer')).toBe(answer)
  await other.context().close()
  const elsewhere = await otherSide(browser)
  await elsewhere.goto(addressOf(server.url, { page: 'outcomes' }))
  await elsewhere.getByLabel('Open sealed records').setInputFiles(sealed)
  await elsewhere.getByLabel('Bring a ledger’s file').setInputFiles(await file('ledger.json', ledger))
  await expectAlert(elsewhere, 'study/answered')
  await elsewhere.context().close()

  await opening(page)
    .getByLabel('Choose the key file')
    .setInputFiles(await file('loans.key.json', key))
  await opening(page)
    .getByLabel('Choose the answer or your address')
    .setInputFiles(await file('loans.answer.json', answer))
  await opening(page).getByLabel('Passphrase', { exact: true }).fill(passphrase)
  await opening(page).getByRole('button', { name: 'Open it' }).click()
  await expect(opening(page).getByRole('table', { name: 'Coefficients' }).getByRole('row')).toHaveCount(4)
})

test('what cannot be answered for is refused before anything is given', async ({ page, browser, file }) => {
  const { sealed } = await sealedLoans(page, server, file)
  const other = await otherSide(browser)
  await other.goto(addressOf(server.url, { page: 'outcomes' }))
  await other
    .getByLabel('Open sealed records')
    .setInputFiles(await file('no.blindstudy', 'blindscore-sealed-study/1\n'))
  await expectAlert(other, 'study/sealed')
  await other.getByRole('button', { name: 'Put them away' }).click()
  await dropFile(other, sealed)
  await expect(step(other, 'Records that were sealed for your outcomes')).toContainText('600 records were sealed')
  await dropFile(other, await file('fewer.csv', outcomesOf(500)))
  await step(other, 'Your outcomes').getByRole('combobox').selectOption('Became')
  await expectAlert(other, 'study/unmatched')
  await expect(step(other, 'Before the answer is made')).toBeHidden()
  await other.context().close()
})
