import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, prepareRun } from '../journey.ts'
import { type RunningServer, runsIn, startServer } from '../setting.ts'
import { auditIn } from './auditIn.ts'
import { fetched } from './fetched.ts'
import {
  downloaded,
  expect,
  expectAlert,
  expectGivenUp,
  expectScored,
  sample,
  scoreButton,
  test as shared,
} from './fixtures.ts'
import {
  closePanel,
  expectRightScores,
  passphrase,
  press,
  remember,
  saveBackup,
  type,
  within,
  withSample,
} from './keyPanel.ts'
import { lookAt } from './lookAt.ts'

/** Runs that are handed over to a server that stores them, and come back for. */

const test = shared.extend<object, { stores: RunningServer }>({
  stores: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are needed from this pattern.
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'stored-'))
      const audit = await auditIn(join(folder, 'audit'))
      const runs = await runsIn(join(folder, 'runs'))
      const server = await startServer({ limits: { keysPerHour: 100_000 }, runs, audit })
      await use(server)
      await server.close()
      await audit.close()
      await rm(folder, { recursive: true })
    },
    { scope: 'worker' },
  ],
})

/** How long a busy machine may take to score what was handed over, in milliseconds. */
const runTime = 120_000

const list = (page: Page) => page.getByRole('region', { name: 'Handed over' })
const offer = (page: Page) => page.getByRole('region', { name: 'Hand over', exact: true })
const bar = (page: Page) => page.getByRole('region', { name: 'Next' })
const ready = 'The scores of 1,000 records that were handed over are ready.'
const act = (page: Page, name: string | RegExp) => list(page).getByRole('button', { name })
const salaryAt = (server: RunningServer) => addressOf(server.url, { model: 'salary' })

/** Hands the checked file over, whose offer is unfolded. */
async function handOver(page: Page): Promise<void> {
  const button = offer(page).getByRole('button', { name: /^Hand over [\d,]+ records$/ })
  await expect(button).toBeEnabled()
  await press(button)
  await expect(list(page)).toContainText('Ready: all of it is scored', { timeout: runTime })
}

test('a file that was handed over is scored while nobody waits, and comes back in another tab as a live run’s scores', async ({
  page,
  context,
  stores,
}) => {
  await withSample(page, stores.url, 'salary')
  await press(offer(page).getByRole('button', { name: 'Hand it over and come back' }))
  // A key that goes with the tab would open nothing later.
  await expect(offer(page).getByRole('button', { name: /^Hand over [\d,]+ records$/ })).toBeDisabled()
  await expect(offer(page)).toContainText('This key is in this tab alone')
  await remember(page)
  await closePanel(page)
  await handOver(page)
  await expect(list(page)).toContainText(/records of salary\.csv for /)
  await expect(bar(page)).toContainText(ready)
  await page.close()

  const back = await context.newPage()
  await back.goto(salaryAt(stores))
  await expect(list(back)).toContainText('Ready: all of it is scored', { timeout: runTime })
  await expect(list(back)).toContainText('Drop salary.csv again')
  // The bar leads there, also where no file is open.
  await expect(bar(back)).toContainText(ready)
  await bar(back).getByRole('button', { name: 'Look' }).click()
  await expect(act(back, 'Fetch without the file: salary.csv')).toBeFocused()
  await dropFile(back, sample('salary'))
  await prepareRun(back)
  await press(act(back, 'Fetch: salary.csv'))
  await expectAlert(back, 'key/locked')
  await press(back.getByRole('button', { name: 'Unlock the key' }))
  await type(back, passphrase)
  await closePanel(back)
  await expectScored(back)
  const fetched = await downloaded(back)

  // Discarding asks first; then neither the server nor the page has it.
  await press(act(back, 'Discard: salary.csv'))
  await press(back.getByRole('button', { name: 'Keep it' }))
  await press(act(back, 'Discard: salary.csv'))
  await press(back.getByRole('button', { name: 'Discard it' }))
  await expect(list(back)).toHaveCount(0)
  await expect(back.getByRole('region', { name: 'Model' })).toBeFocused()
  await back.reload()
  await dropFile(back, sample('salary'))
  await prepareRun(back)
  await expect(offer(back)).toBeVisible()
  await expect(list(back)).toHaveCount(0)
  await scoreButton(back).click()
  await expectAlert(back, 'key/locked')
  await press(back.getByRole('button', { name: 'Unlock the key' }))
  await type(back, passphrase)
  await expectScored(back)
  expect(await downloaded(back)).toBe(fetched)
})

/** The receipt that the page saves, as a file to drop. */
async function receiptOf(page: Page): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), press(act(page, 'Save its receipt: salary.csv'))])
  expect(file.suggestedFilename()).toMatch(/^blindscore-run-[0-9a-f]{8}\.json$/)
  return readFile(await file.path(), 'utf8')
}

/** What is kept of a run that was fetched is as `blindscore fetch --receipt` has it; the run's token stays out of it. */
function expectReceiptOf(receipt: string, saved: string, records: object): void {
  const handedOver = JSON.parse(receipt)
  const { run, server, own, stored, handedOverAt, card } = handedOver
  const { audit, ...kept } = JSON.parse(saved)
  expect(kept).toEqual({
    format: 'blindscore-receipt/1',
    server,
    model: { id: card.id, version: card.version, title: card.title, cardHash: card.hash },
    key: { fingerprint: own.fingerprint, bits: expect.any(Number), set: own.set },
    run,
    status: 'done',
    records,
    traffic: { bytesUp: 0, bytesDown: 0, requests: 0 },
    firstSentAt: handedOverAt,
    lastSentAt: handedOverAt,
    chunks: [],
    chunksOmitted: 0,
  })
  // Signed when the scores were fetched: the server has answered since the run was handed over.
  expect(audit).toMatchObject({ format: 'blindscore-checkpoint/1', signer: handedOver.audit.signer })
  expect(audit.seq).toBeGreaterThan(handedOver.audit.seq)
  expect(saved).not.toContain(stored.token)
}

test('on another device the receipt and the key’s backup are enough, under the lattice scheme as well, and a run that is gone is said to be', async ({
  page,
  browser,
  stores,
  file,
}) => {
  await page.addInitScript(() => localStorage.setItem('blindscore scheme', 'lattice'))
  await withSample(page, stores.url, 'salary')
  // A run with a key of its own needs the one that it follows from, which is made now.
  await press(offer(page).getByRole('button', { name: 'Hand it over and come back' }))
  await press(offer(page).getByRole('button', { name: 'Open the key’s panel' }))
  await press(within(page, 'Back up'))
  const backup = await saveBackup(page, () => type(page, passphrase, true))
  await closePanel(page)
  await expect(offer(page).getByRole('button', { name: 'Open the key’s panel' })).toBeFocused()
  await handOver(page)
  const receipt = await receiptOf(page)
  expect(JSON.parse(receipt).own).toMatchObject({ set: expect.stringContaining('lattice') })
  await scoreButton(page).click()
  await expectScored(page)
  const live = await downloaded(page)

  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
  const other = await context.newPage()
  await other.goto(salaryAt(stores))
  await dropFile(other, await file('run.json', receipt))
  await expect(list(other)).toContainText('Ready: all of it is scored', { timeout: runTime })
  await expect(list(other)).toContainText('restore that from its backup')
  await expect(act(other, 'Fetch without the file: salary.csv')).toBeDisabled()
  await lookAt(other, 'handed-over-360-dark')
  await dropFile(other, await file('key.json', backup))
  await press(other.getByRole('button', { name: 'Restore this key' }))
  await type(other, passphrase)
  await expect(other.getByRole('dialog')).toHaveCount(0)
  await expect(act(other, 'Fetch without the file: salary.csv')).toBeEnabled()
  await press(act(other, 'Fetch without the file: salary.csv'))
  const alone = other.getByRole('region', { name: 'Scores from a file' })
  await expect(alone).toContainText('1,000')
  const scoresOf = (text: string): (string | undefined)[] =>
    text
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',').at(-1))
  expect(scoresOf(await downloaded(other, 'Save these scores as CSV'))).toEqual(scoresOf(live))
  // What it has of the server's log is of when the scores were fetched, whatever was answered since.
  await lookAt(other, 'handed-over-alone-360-dark')
  const alonesReceipt = await downloaded(other, 'Download the receipt')
  expectReceiptOf(receipt, alonesReceipt, { inFile: null, scorable: 1000, leftOut: null })
  await press(other.getByRole('button', { name: 'Close these scores' }))
  await expect(other.getByRole('button', { name: 'Download the receipt' })).toHaveCount(0)
  await dropFile(other, sample('salary'))
  await prepareRun(other)
  await lookAt(other, 'handed-over-ready-360-dark')
  await press(act(other, 'Fetch: salary.csv'))
  await expectScored(other)
  expect(await downloaded(other)).toBe(live)
  await lookAt(other, 'handed-over-fetched-360-dark')
  expectReceiptOf(receipt, await downloaded(other, 'Download the receipt'), {
    inFile: 1000,
    scorable: 1000,
    leftOut: 0,
  })

  // Another file of as many records is not the run's.
  const [header = '', ...rows] = (await readFile(sample('salary'), 'utf8')).trim().split(/\r?\n/)
  await dropFile(other, await file('salary.csv', `${[header, ...rows.reverse()].join('\n')}\n`))
  await prepareRun(other)
  await press(act(other, 'Fetch: salary.csv'))
  await expectAlert(other, 'run/foreign')

  await press(act(page, 'Discard: salary.csv'))
  await press(page.getByRole('button', { name: 'Discard it' }))
  await expect(list(page)).toHaveCount(0)
  await other.reload()
  await expect(list(other)).toContainText('The server has it no more')
  await press(act(other, 'Take it off the list: salary.csv'))
  await expect(list(other)).toHaveCount(0)
  const { stored, ...rest } = JSON.parse(receipt)
  const past = { ...rest, stored: { ...stored, expires: new Date(Date.now() - 1000).toISOString() } }
  await dropFile(other, await file('old.json', JSON.stringify(past)))
  await expect(list(other)).toContainText('Expired: the server has deleted it')
  await context.close()
})

test('a hand-over that broke off is gone on with in another tab, with what the server has not yet got', async ({
  page,
  context,
  stores,
}) => {
  await page.clock.install()
  await withSample(page, stores.url, 'salary')
  await remember(page)
  await closePanel(page)
  let puts = 0
  await page.route('**/chunks/*', (route) => (++puts > 2 ? route.abort() : route.continue()))
  await press(offer(page).getByRole('button', { name: 'Hand it over and come back' }))
  await press(offer(page).getByRole('button', { name: /^Hand over [\d,]+ records$/ }))
  await expect.poll(() => puts).toBeGreaterThan(2)
  await expectGivenUp(page, 'run/offline')
  await expect(list(page)).toContainText('Keep this tab open until all of it is handed over')
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.close({ runBeforeUnload: false })

  const back = await context.newPage()
  await back.goto(salaryAt(stores))
  await expect(list(back)).toContainText(/Not handed over in whole: the server has [1-9]\d* of \d+ parts/)
  await lookAt(back, 'handed-over-partly-1280')
  await dropFile(back, sample('salary'))
  await prepareRun(back)
  await press(act(back, 'Go on handing it over: salary.csv'))
  await expectAlert(back, 'key/locked')
  await press(act(back, 'Unlock the key'))
  await type(back, passphrase)
  await closePanel(back)
  await expect(list(back)).toContainText('Ready: all of it is scored', { timeout: runTime })
  await press(act(back, 'Fetch: salary.csv'))
  await expectRightScores(back, 'salary')
})

test('where the server stores no runs nothing of it is there, and the receipt of another server’s is no run here', async ({
  page,
  server,
  file,
}) => {
  await withSample(page, server.url, 'salary')
  await expect(offer(page)).toHaveCount(0)
  await expect(list(page)).toHaveCount(0)
  await dropFile(page, await file('run.json', '{"format":"blindscore-run/1"}'))
  await expectAlert(page, 'run/receipt')
  await expect(list(page)).toContainText('This is no receipt of a run that was handed over')
  await press(act(page, 'Put it away'))
  await expect(list(page)).toHaveCount(0)
})

test('a server that stores no runs any more is said to, and what this device knows of them stays listed until it is taken off', async ({
  page,
  context,
  stores,
}) => {
  await withSample(page, stores.url, 'salary')
  await remember(page)
  await closePanel(page)
  await press(offer(page).getByRole('button', { name: 'Hand it over and come back' }))
  await handOver(page)
  await page.close()

  const back = await context.newPage()
  await back.route('**/v1/models', async (route) => {
    const response = await fetched(route)
    const { limits, ...list } = await response.json()
    await route.fulfill({ response, json: { ...list, limits: { ...limits, runs: undefined } } })
  })
  const problem = {
    code: 'run/not-stored',
    fault: 'runsNotStored',
    facts: {},
    detail: 'This server stores no runs.',
    status: 404,
  }
  await back.route('**/v1/runs/*', (route) => route.fulfill({ status: 404, json: problem }))
  await back.goto(salaryAt(stores))
  await expectAlert(back, 'run/not-stored')
  await expect(list(back)).toContainText('This server stores no runs')
  await expect(list(back)).toContainText('records of salary.csv')
  await expect(list(back)).not.toContainText('The server keeps it')
  await expect(act(back, 'Discard: salary.csv')).toHaveCount(0)
  await lookAt(back, 'handed-over-not-stored')
  expect(JSON.parse(await receiptOf(back))).toMatchObject({ format: 'blindscore-run/1' })
  await press(act(back, 'Take it off the list: salary.csv'))
  await expect(list(back)).toHaveCount(0)
  await back.close()
})
