import { readFile } from 'node:fs/promises'
import type { BrowserContext, Locator, Page } from '@playwright/test'
import { importerWords } from '../../web/words/importer.ts'
import type { Language } from '../../web/words/language.ts'
import { languages } from '../../web/words/languages.ts'
import { laterWords } from '../../web/words/laterParts.ts'
import { outcomeWords } from '../../web/words/outcomes.ts'
import { poolWords } from '../../web/words/pool.ts'
import { root } from '../setting.ts'
import { fetched } from './fetched.ts'
import { expect, expectAlert, expectGivenUp, sample } from './fixtures.ts'
import { type } from './keyPanel.ts'

/** Every step and state of the page, one after the other, in any language: what is pressed is found by the words. */

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** The server's address, with a slash at its end. */
  readonly url: string
  readonly words: Language
  /** Writes a file to hand in and returns its path. */
  readonly file: (name: string, content: string | Uint8Array) => Promise<string>
  /** Is called in each state. */
  readonly look: (name: string) => Promise<void>
}

/** Columns misnamed, marks mixed, a value out of range, a row too short. */
export const messy = `id;Age;healthy eating;active_lifstyle;sex
1;24;4;6;1
2;€ 30;7 %;3;0
3;31.0;3;2;1
4;41,0;5;?;1
5;200;4;4;1
6;52;5
7;36;5;5;1
`

/** What an analyst sees on the way from a first visit to the scores, and with files and servers that are not as they should be; and the vendor's page. */
async function visitStates({ page, context, url, words, file, look }: Visit): Promise<void> {
  const button = (name: string): Locator => page.getByRole('button', { name })
  const language = words === languages.en ? 'en' : 'en-XA'
  const later = laterWords[language]
  await page.goto(url)
  await expect(scoreButton(page, words)).toBeEnabled()
  await look('1-first-visit')

  await chooseSmallKey(page, words)
  await button(words.code.disclose).click()
  await scoreButton(page, words).click()
  // In the middle, unless the machine is too fast for it.
  await page
    .waitForFunction(
      (scoring) => Number(document.querySelector(`[aria-label="${scoring}"]`)?.getAttribute('aria-valuenow')) > 10,
      words.runProgress.scoring,
      { timeout: 30_000 },
    )
    .catch(() => {})
  await button(words.run.pause)
    .click({ timeout: 5_000 })
    .catch(() => {})
  await look('2-running')
  await button(words.run.resume)
    .click({ timeout: 1_000 })
    .catch(() => {})
  await expect(page.getByRole('slider', { name: words.threshold.title })).toBeVisible()
  await look('3-scores-of-the-sample')

  await page.getByRole('table', { name: words.exchanges.title }).getByRole('button').first().click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await look('4-request-opened')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.goto(`${url}#model=salary`)
  await page.reload()
  await expect(button(words.records.useSample)).toBeVisible()
  await look('5-no-file')
  const own = page.locator('main input[type=file]').first()
  await own.setInputFiles(await file('messy.csv', messy))
  const suggested = button(words.match.take('active_lifstyle', 'active_lifestyle'))
  await expect(suggested).toBeVisible()
  await look('6-a-column-suggested')
  await suggested.click()
  const repair = button(words.repairs.offer({ kind: 'levels', feature: 0, pairs: [] }, undefined)).first()
  await expect(repair).toBeVisible()
  await look('7-check')
  await repair.click()
  await expect(page.getByRole('list', { name: words.repairs.title })).toBeVisible()
  await expect(page.getByRole('checkbox', { name: withAnyNumber(words.check.leaveOut) })).toBeVisible()
  await look('8-repaired')

  await own.setInputFiles(await file('open.csv', 'a,"b\n1,2\n'))
  await expect(page.getByRole('alert')).toBeVisible()
  await look('9-file-refused')

  await own.setInputFiles(await file('old.csv', 'age,scored_by,score\n24,salary 1,2\n'))
  await expect(button(later.handed.asRecords)).toBeVisible()
  await look('20-scores-from-earlier')
  await page.goto(`${url}?asked`)
  await expect(page.getByRole('radio', { checked: true })).toHaveCount(1)
  await own.setInputFiles(await file('part.csv', 'age,healthy_eating\n24,4\n'))
  await expect(page.getByRole('radio', { checked: true })).toHaveCount(0)
  await look('21-model-asked')
  // What was chosen for it above is chosen for it again.
  await own.setInputFiles(await file('messy.csv', messy))
  await expect(button(importerWords[language].forget)).toBeVisible()
  await look('22-as-chosen-before')

  await page.route('**/v1/models', (route) => route.abort())
  await page.goto(`${url}?gone#model=salary`)
  await expect(page.getByRole('alert')).toBeVisible()
  await look('10-server-gone')
  await context.setOffline(true)
  await expect(page.getByRole('alert')).toContainText(words.problem.deviceOffline.message)
  await look('10-offline')
  await context.setOffline(false)
  await page.unroute('**/v1/models')

  await page.goto(`${url}?vendor#page=vendor`)
  await expect(button(later.vendor.choose)).toBeVisible()
  const model = page.locator('input[type=file]')
  await model.setInputFiles(new URL('server/models/credit-default.json', root).pathname)
  await expect(page.getByRole('region', { name: later.staysPrivate.title })).toBeVisible()
  await look('11-vendor')
  await model.setInputFiles(await file('refused.json', '{ "format": "blindscore-model/1", "id": 7 }'))
  await expectAlert(page, 'model/invalid')
  await look('11-vendor-refused')

  const { validate: said, fit } = outcomeWords[language]
  await page.goto(`${url}?outcomes#page=outcomes`)
  await own.setInputFiles(await file('scored.csv', 'score,status\n0.9,bad\n0.2,good\n0.7,good\n0.8,bad\n0.1,good\n'))
  await page.getByRole('combobox', { name: said.outcome }).selectOption({ label: 'status' })
  const meaning = page.getByRole('combobox', { name: said.meaning })
  await expect(meaning).toBeVisible()
  await look('19-outcome-in-doubt')
  await meaning.selectOption({ index: 2 })
  await expect(page.getByRole('button', { name: said.save })).toBeVisible()
  await look('19-validated')
  await page.getByRole('combobox', { name: fit.outcome }).selectOption('score')
  await page.getByRole('checkbox', { name: 'status' }).check()
  await button(fit.fit).click()
  await expect(button(fit.saveModel)).toBeVisible()
  await look('19-fitted')
  await button(fit.pool).click()
  await expect(page.getByText(poolWords[language].setUp.notCarried)).toBeVisible()
  await look('19-not-pooled')
}

/** What only some see: a server without models, a small, slow and offline device, an old page, no secure context. */
async function visitRareStates({ page, context, url, words, look }: Visit): Promise<void> {
  await page.route('**/v1/models', async (route) => {
    const response = await fetched(route)
    await route.fulfill({ response, json: { ...(await response.json()), models: [] } })
  })
  await page.goto(url)
  await expect(page.getByText(words.errors.sentences.serverHasNoModels({}, () => ''))).toBeVisible()
  await look('12-no-models')
  await page.unroute('**/v1/models')

  // A browser without WebAssembly, on a device with little memory and without a network.
  await page.route('**/assets/worker-*.js', async (route) => {
    const response = await fetched(route)
    await route.fulfill({ response, body: `delete self.WebAssembly;${await response.text()}` })
  })
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'deviceMemory', { value: 1 })
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: 8 })
  })
  await page.goto(`${url}?small#model=salary`)
  await chooseSmallKey(page, words)
  await page.getByRole('button', { name: words.records.useSample }).click()
  await expect(scoreButton(page, words)).toBeEnabled()
  await context.setOffline(true)
  const known = page.getByRole('list', { name: words.runHints.title })
  await expect(known.getByRole('listitem')).toHaveText([
    words.runHints.offline,
    words.runHints.slow(words.engine.slow['no-webassembly']),
    words.runHints.littleMemory(2, 8),
  ])
  await look('13-small-slow-and-offline')
  await context.setOffline(false)

  // Only so much of a run as the page can show while the server speaks another version.
  let tries = 0
  await page.route('**/scores', (route) => {
    tries += 1
    return route.fulfill({ status: 404, json: { code: 'request/not-found', title: 'Not found' } })
  })
  await scoreButton(page, words).click()
  await expect.poll(() => tries).toBeGreaterThan(0)
  await expectGivenUp(page, 'run/out-of-date')
  await expect(page.getByRole('button', { name: words.problem.reload })).toBeVisible()
  await expect(page.getByRole('button', { name: words.run.resume })).toBeVisible()
  await look('14-old-page')

  // A page that came over plain http from elsewhere.
  page.on('dialog', (dialog) => void dialog.accept())
  await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }))
  await page.goto(`${url}?plain#model=salary`)
  await expectAlert(page, 'platform/insecure-context')
  await look('15-no-secure-context')
}

/** Files that are no records, words that mean what was said before, and a server whose hour is spent. */
async function visitHandedStates({ page, url, words, file, look }: Visit): Promise<void> {
  const language = words === languages.en ? 'en' : 'en-XA'
  const later = laterWords[language]
  const own = page.locator('main input[type=file]').first()
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true })
  const saved = async (press: () => Promise<void>): Promise<string> => {
    const [download] = await Promise.all([page.waitForEvent('download'), press()])
    return readFile(await download.path(), 'utf8')
  }

  // Letters that may be read in several ways.
  await page.goto(`${url}?letters#model=salary`)
  const latin1 = Buffer.from('who,age,healthy_eating,active_lifestyle,Gender\n5 \xb0 M\xf6,24,4,6,1\n', 'latin1')
  await own.setInputFiles(await file('letters.csv', new Uint8Array(latin1)))
  await expect(page.getByRole('list', { name: importerWords[language].asItStands })).toBeVisible()
  await look('handed-0-letters-in-doubt')

  // The server's hour has room for a part of the records.
  await page.route('**/v1/models', async (route) => {
    const response = await fetched(route)
    const budget = { perHour: 800, left: 300, fullIn: 1500 }
    await route.fulfill({ response, json: { ...(await response.json()), budget } })
  })
  await page.goto(`${url}#model=salary`)
  await chooseSmallKey(page, words)
  await own.setInputFiles(sample('salary'))
  await expect(page.getByRole('note')).toBeVisible()
  await look('handed-1-hour-reaches-for-a-part')
  let asked = 0
  const spent = { code: 'request/budget', title: 'Too many', status: 429 }
  await page.route('**/scores', (route) =>
    ++asked <= 1 ? route.continue() : route.fulfill({ status: 429, headers: { 'retry-after': '900' }, json: spent }),
  )
  await scoreButton(page, words).click()
  await expect(page.locator('[data-bar="held"], [data-bar="paused"]')).toBeVisible()
  await look('handed-2-hour-spent')
  await page.unroute('**/scores')
  await page.unroute('**/v1/models')

  page.on('dialog', (dialog) => void dialog.accept())
  await page.goto(`${url}?handed#model=salary`)
  await chooseSmallKey(page, words)
  await own.setInputFiles(sample('salary'))
  await scoreButton(page, words).click()
  const receipt = await saved(() => button(words.server.downloadReceipt).click())
  await own.setInputFiles(await file('receipt.json', receipt))
  await expect(page.getByText(later.handed.sameKey)).toBeVisible()
  await look('handed-3-receipt')
  await page.getByRole('button', { name: new RegExp(`^${words.key.title} `) }).press('Enter')
  await button(later.keyPanel.backUp).click()
  const backup = await saved(() => type(page, 'a passphrase for pictures', true))
  await page.keyboard.press('Escape')
  await own.setInputFiles(await file('key.json', backup))
  await expect(button(later.handed.restore)).toBeVisible()
  await look('handed-4-backup')

  await page.goto(`${url}?said#model=credit-default`)
  const [names = '', first = ''] = (await readFile(sample('credit'), 'utf8')).split('\n')
  const at = names.split(',').indexOf('"Home"')
  const cells = first.split(',').with(at, 'houseboat').join(',')
  const houseboat = await file('houseboat.csv', `${names}\n${first}\n${cells}\n`)
  await own.setInputFiles(houseboat)
  const every = page.getByRole('combobox', { name: words.repairs.everyAsOf('Home', 'houseboat') })
  await every.selectOption({ index: 1 })
  await expect(page.getByRole('list', { name: words.repairs.title })).toBeVisible()
  await page.waitForFunction(() => localStorage.getItem('blindscore values') !== null)
  await page.reload()
  await own.setInputFiles(houseboat)
  await expect(button(importerWords[language].forgetValues)).toBeVisible()
  await look('handed-5-as-said-before')
}

/** The key's panel as the key is given a passphrase, locked and unlocked, and a run that waits and is resumed. */
async function visitKeyStates({ page, url, words, look }: Visit): Promise<void> {
  page.on('dialog', (dialog) => void dialog.accept())
  const later = laterWords[words === languages.en ? 'en' : 'en-XA']
  const panel = page.getByRole('dialog', { name: words.key.title })
  const within = (name: string): Locator => panel.getByRole('button', { name, exact: true })
  const own = page.locator('main input[type=file]').first()

  await page.goto(`${url}#model=salary`)
  await chooseSmallKey(page, words)
  await own.setInputFiles(sample('salary'))
  await expect(scoreButton(page, words)).toBeEnabled()
  await page.getByRole('button', { name: new RegExp(`^${words.key.title} `) }).press('Enter')
  await expect(panel).toBeVisible()
  await look('key-1-panel')
  await within(later.keyPanel.remember).click()
  await look('key-2-passphrase-chosen')
  await type(page, 'a passphrase for pictures', true)
  await expect(within(later.keyPanel.unremember)).toBeVisible()
  await within(later.keyPanel.forget).click()
  await look('key-3-forget')
  await within(later.forgetKey.cancel).click()
  await within(later.keyPanel.lock).click()
  await type(page, 'another passphrase')
  await expect(panel.getByRole('alert')).toBeVisible()
  await look('key-4-locked')
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await scoreButton(page, words).click()
  const unlock = page.getByRole('button', { name: words.run.unlock })
  await expect(unlock).toBeVisible()
  await look('key-5-run-waits')

  let asked = 0
  await page.route('**/scores', (route) => (++asked <= 3 ? route.continue() : route.abort()))
  await unlock.click()
  await type(page, 'a passphrase for pictures')
  await expect.poll(() => asked).toBeGreaterThan(3)
  await expectGivenUp(page, 'run/offline')
  await look('key-5-paused-with-a-part')
  await page.reload()
  await expect(page.getByRole('region', { name: later.resumableRun.title })).toBeVisible()
  await look('key-6-run-to-resume')
  await own.setInputFiles(sample('salary'))
  await expect(page.getByRole('button', { name: withAnyNumber(words.run.resumeRest) })).toBeVisible()
  await look('key-7-resume')
}

function scoreButton(page: Page, words: Language): Locator {
  return page.getByRole('button', { name: withAnyNumber(words.run.score) })
}

/** A key whose size matters to nothing that is looked at. */
async function chooseSmallKey(page: Page, words: Language): Promise<void> {
  await page.getByRole('combobox', { name: words.keyStep.keySize }).selectOption({ label: words.key.bits(2048) })
}

/** What a text of the words says of any number above one. */
function withAnyNumber(text: (count: number) => string): RegExp {
  const escaped = text(1234).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replace('1,234', '[\\d,]+')}$`)
}

/** All of them, by what they are called in the names of tests. */
export const visits = [
  ['every state', visitStates],
  ['every state that is not for everyone', visitRareStates],
  ['every state of the key', visitKeyStates],
  ['every state of files that are no records', visitHandedStates],
] as const
