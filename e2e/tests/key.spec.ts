import { readFile } from 'node:fs/promises'
import type { Page, Worker } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, prepareRun, score } from '../journey.ts'
import { alert, downloaded, expect, expectAlert, open, sample, scoreButton, scores, test } from './fixtures.ts'
import { chip, closePanel, openPanel, panel, press, saveBackup, type, within } from './keyPanel.ts'
import { findLeaks } from './leaks.ts'
import { expectScores, shippedModel } from './plainModel.ts'

/** The key's life, by what a person finds on the page. */

const passphrase = 'Wolkenkuckucksheim im Zahnrad'
const salary = shippedModel('salary')

const fingerprint = (page: Page) => page.locator('[data-fingerprint]').getAttribute('data-fingerprint')

/** Chooses a backup file and gives its passphrase. */
async function restore(page: Page, name: string, text: string, phrase: string): Promise<void> {
  await panel(page)
    .getByLabel('Restore a backup')
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
  await type(page, phrase)
}

test('made, backed up, forgotten, restored, remembered, unlocked and locked, with the keyboard', async ({
  page,
  wire,
}) => {
  await open(page, wire.url, 'salary')
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  await expect(chip(page)).toContainText('ready')
  const made = await fingerprint(page)

  // Backed up: a passphrase is chosen the first time.
  await openPanel(page)
  await press(within(page, 'Back up'))
  const backup = await saveBackup(page, () => type(page, passphrase, true))
  await expect(panel(page)).toContainText('there is a backup file')
  expect(JSON.parse(backup)).toMatchObject({ format: 'blindscore-key/1', bits: 2048, fingerprint: made })
  // And not the second time.
  expect(await saveBackup(page, () => press(within(page, 'Back up')))).toBe(backup)

  await press(within(page, 'Forget this key'))
  await press(within(page, 'Forget it'))
  await expect(panel(page)).toContainText('Forgotten')
  await expect(chip(page)).toContainText('forgotten')

  // A wrong passphrase and a damaged file say the same, and change nothing.
  const refused = /This backup cannot be opened/
  await restore(page, 'key.json', backup, 'another passphrase')
  await expectAlert(page, 'key/backup')
  await expect(alert(page)).toContainText(refused)
  const message = await alert(page).textContent()
  await press(within(page, 'Back'))
  await restore(page, 'key.json', backup.slice(0, -40), passphrase)
  await expectAlert(page, 'key/backup')
  expect(await alert(page).textContent()).toBe(message)
  await press(within(page, 'Back'))
  await expect(chip(page)).toContainText('forgotten')

  await restore(page, 'key.json', backup, passphrase)
  await expect(chip(page)).toContainText('ready')
  expect(await fingerprint(page)).toBe(made)
  await closePanel(page)
  await score(page)
  expectScores(salary, await readFile(sample('salary'), 'utf8'), await downloaded(page))

  await openPanel(page)
  await press(within(page, 'Remember on this device'))
  await expect(panel(page)).toContainText('remembered, sealed under your passphrase')

  // On return it is there, locked; the run asks for it and goes on once it is open.
  await page.reload()
  await expect(chip(page)).toContainText('locked')
  expect(await fingerprint(page)).toBe(made)
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  await scoreButton(page).click()
  await expectAlert(page, 'key/locked')
  await press(page.getByRole('button', { name: 'Unlock the key' }))
  await type(page, 'not the passphrase')
  await expect(panel(page).locator('[data-code]')).toHaveAttribute('data-code', 'key/passphrase')
  await panel(page).getByLabel('Passphrase').focus()
  await type(page, passphrase)
  await expect(panel(page)).toHaveCount(0)
  await expect(scores(page)).toHaveAttribute('data-figures', /total/)
  expectScores(salary, await readFile(sample('salary'), 'utf8'), await downloaded(page))

  // Locked at a press, since it has a passphrase. The scores that are open stay open.
  await openPanel(page)
  await press(within(page, 'Lock'))
  await expect(chip(page)).toContainText('locked')
  await closePanel(page)
  await expect(scores(page)).toBeVisible()

  // Forgotten, it is gone from the device too.
  await openPanel(page)
  await press(within(page, 'Forget this key'))
  await press(within(page, 'Forget it'))
  await page.reload()
  await expect(chip(page)).toContainText('none yet')

  // Neither the passphrase nor what it seals has crossed the line.
  const { sealed } = JSON.parse(backup)
  const secrets = [
    { name: 'passphrase', text: passphrase },
    { name: 'backup', bytes: Buffer.from(sealed, 'base64') },
  ]
  expect(findLeaks(wire.sent, secrets)).toEqual([])
  expect(page.url()).not.toContain('Wolken')
})

test('locking in mid-run pauses it, and unlocking lets it go on to the right scores', async ({ page, wire }) => {
  await open(page, wire.url, 'concrete-strength')
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
  await expect(chip(page)).toContainText('ready')
  await openPanel(page)
  await press(within(page, 'Lock'))
  await type(page, passphrase, true)
  await expect(chip(page)).toContainText('locked')
  await expect(panel(page).getByLabel('Passphrase')).toBeFocused()
  await type(page, passphrase)
  await expect(panel(page)).toHaveCount(0)

  const locked = new Promise<void>((resolve) => {
    wire.onPost((count) => {
      if (count !== 3) return
      // However slow the hands and quick the server, the run is not over before the key is locked.
      wire.hold()
      resolve()
    })
  })
  await scoreButton(page).click()
  await locked
  await chip(page).click()
  await within(page, 'Lock').click()
  await closePanel(page)
  wire.onPost(() => {})
  wire.release()
  await expectAlert(page, 'key/locked')
  await page.waitForTimeout(1000)
  const posts = wire.posts
  const bar = page.getByRole('progressbar', { name: 'Scoring' })
  const at = await bar.getAttribute('aria-valuetext')
  // Longer than a sealer waits for its key: what it then refuses must not end the run.
  await page.waitForTimeout(11_000)
  expect(wire.posts).toBe(posts)
  expect(await bar.getAttribute('aria-valuetext')).toBe(at)

  await page.getByRole('button', { name: 'Unlock the key' }).click()
  await type(page, passphrase)
  await expect(scores(page)).toHaveAttribute('data-figures', /total/)
  const dropped = await readFile(sample('concrete'), 'utf8')
  expectScores(shippedModel('concrete-strength'), dropped, await downloaded(page))
})

test('where the browser keeps nothing, the key is not said to be remembered', async ({ page, server }) => {
  await page.route('**/assets/worker-vault-*.js', async (route) => {
    const response = await route.fetch()
    const blocked = `IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') };\n`
    await route.fulfill({ response, body: blocked + (await response.text()) })
  })
  await open(page, server.url, 'salary')
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  await openPanel(page)
  await press(within(page, 'Remember on this device'))
  await type(page, passphrase, true)
  await expectAlert(page, 'storage/unavailable')
  await expect(panel(page)).toContainText('not remembered')
  await closePanel(page)
  await score(page)
  await page.reload()
  await expect(chip(page)).toContainText('none yet')
  await page.unrouteAll({ behavior: 'wait' })
})

test('a remembered key that the browser has let go of is asked for, and comes back from its backup', async ({
  page,
  server,
}) => {
  await open(page, server.url, 'salary')
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  await openPanel(page)
  await press(within(page, 'Back up'))
  const backup = await saveBackup(page, () => type(page, passphrase, true))
  await press(within(page, 'Remember on this device'))
  await expect(panel(page)).toContainText('remembered, sealed under your passphrase')
  const made = await fingerprint(page)
  await page.goto(`${server.url}healthz`)
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase('blindscore').onsuccess = resolve
      }),
  )
  await page.goto(addressOf(server.url, { model: 'salary' }))
  await expect(chip(page)).toContainText('missing')
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  await scoreButton(page).click()
  await expectAlert(page, 'key/lost')
  await page.getByRole('button', { name: 'Restore the key' }).click()
  await expect(panel(page)).toContainText('the browser has cleared its storage')
  await restore(page, 'key.json', backup, passphrase)
  await expect(scores(page)).toHaveAttribute('data-figures', /total/)
  expect(await fingerprint(page)).toBe(made)
})

test('two tabs: one is in charge of the remembered key, the other reads it', async ({ page, context, server }) => {
  await open(page, server.url, 'salary')
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  await openPanel(page)
  await press(within(page, 'Remember on this device'))
  await type(page, passphrase, true)
  await expect(panel(page)).toContainText('remembered, sealed under your passphrase')

  const other = await context.newPage()
  await other.goto(addressOf(server.url, { model: 'salary' }))
  await expect(chip(other)).toContainText('locked')
  await openPanel(other)
  await type(other, passphrase)
  await expect(chip(other)).toContainText('ready')
  await openPanel(other)
  await press(within(other, 'Remove from this device'))
  await expect(panel(other).locator('[data-code]')).toHaveAttribute('data-code', 'storage/taken')
  await expect(panel(other)).toContainText('remembered, sealed under your passphrase')

  // Once the first is closed the other takes over.
  await page.close()
  await press(within(other, 'Remove from this device'))
  await expect(panel(other)).toContainText('not remembered')
  await other.close()
})

test('a vault that dies takes its key with it: the page says so, and a backup lets the run go on', async ({
  page,
  wire,
}) => {
  await open(page, wire.url, 'concrete-strength')
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
  await openPanel(page)
  await press(within(page, 'Back up'))
  const backup = await saveBackup(page, () => type(page, passphrase, true))
  await closePanel(page)
  wire.onPost((count) => {
    if (count !== 3) return
    wire.hold()
    void end(page, 'worker-vault')
  })
  await scoreButton(page).click()
  await expectAlert(page, 'key/lost')
  wire.onPost(() => {})
  wire.release()
  await page.getByRole('button', { name: 'Restore the key' }).click()
  await restore(page, 'key.json', backup, passphrase)
  await within(page, 'Close').click()
  await expect(scores(page)).toHaveAttribute('data-figures', /total/)
  const dropped = await readFile(sample('concrete'), 'utf8')
  expectScores(shippedModel('concrete-strength'), dropped, await downloaded(page))
})

test('a run whose tab was closed is resumed from what was answered, and ends in the right scores', async ({
  page,
  context,
  wire,
}) => {
  await open(page, wire.url, 'concrete-strength')
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
  await expect(page.getByRole('region', { name: 'Run', exact: true })).toContainText('lives in this tab')
  await openPanel(page)
  await press(within(page, 'Remember on this device'))
  await type(page, passphrase, true)
  await expect(panel(page)).toContainText('remembered, sealed under your passphrase')
  await closePanel(page)
  await expect(page.getByRole('region', { name: 'Run', exact: true })).not.toContainText('lives in this tab')
  // Once some answers are there the server is gone, so that the run cannot end before its tab does.
  wire.onPost((count) => {
    if (count === 12) wire.cut()
  })
  await scoreButton(page).click()
  await expect(page.getByRole('region', { name: 'Run', exact: true })).toContainText('Kept on this device')
  await expectAlert(page, 'run/offline')
  await page.close()

  wire.mend()
  const back = await context.newPage()
  await back.goto(addressOf(wire.url, { model: 'concrete-strength' }))
  const kept = back.getByRole('region', { name: 'A run to resume' })
  await expect(kept).toContainText(/[1-9]\d* of 1,030 records of concrete\.csv were scored/)
  const answered = Number(/(\d+) of/.exec((await kept.textContent()) ?? '')?.[1])
  const resume = back.getByRole('button', { name: /^Resume, [\d,]+ records? left$/ })

  // Another file is not the one, and neither is the same one read otherwise.
  await dropFile(back, sample('salary'))
  await expect(back.getByRole('region', { name: 'Match' })).toBeVisible()
  await expect(resume).toHaveCount(0)
  await dropFile(back, sample('concrete'))
  await prepareRun(back)
  await expect(kept).toContainText('This is the file')
  await resume.click()
  await expectAlert(back, 'key/locked')
  await back.getByRole('button', { name: 'Unlock the key' }).click()
  await type(back, passphrase)
  await expect(scores(back)).toHaveAttribute('data-figures', /total/)
  expectScores(shippedModel('concrete-strength'), await readFile(sample('concrete'), 'utf8'), await downloaded(back))
  // What was answered before was not sealed again, and what has come to its end is kept no more.
  const resumed = await sealedOf(back)
  await expect(kept).toHaveCount(0)
  await scoreButton(back).click()
  await expect.poll(() => sealedOf(back)).toBeGreaterThan(resumed)
  expect(resumed / (await sealedOf(back))).toBeCloseTo((1030 - answered) / 1030, 1)
  await back.close()
})

/** Ciphertexts that the last run sealed. */
async function sealedOf(page: Page): Promise<number> {
  const figures = await scores(page).evaluateAll((all) => all.map((node) => node.getAttribute('data-figures')))
  return figures[0] ? JSON.parse(figures[0]).ciphertexts : 0
}

test('a run is kept with a remembered key alone, and can be discarded', async ({ page, wire }) => {
  const kept = page.getByRole('region', { name: 'A run to resume' })
  /** Ends the tab's page in mid-run, and comes back. */
  const leave = async () => {
    wire.onPost((count) => {
      if (count % 8 === 0) wire.cut()
    })
    await scoreButton(page).click()
    await expectAlert(page, 'run/offline')
    wire.onPost(() => {})
    wire.mend()
    await page.reload()
    await expect(chip(page)).toBeVisible()
    await dropFile(page, sample('concrete'))
    await prepareRun(page)
  }
  page.on('dialog', (dialog) => void dialog.accept())
  await open(page, wire.url, 'concrete-strength')
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
  await leave()
  await expect(kept).toHaveCount(0)

  await openPanel(page)
  await press(within(page, 'Remember on this device'))
  await type(page, passphrase, true)
  await expect(panel(page)).toContainText('remembered, sealed under your passphrase')
  await closePanel(page)
  await leave()
  await expect(kept).toContainText('This is the file')
  await press(kept.getByRole('button', { name: 'Discard it' }))
  await expect(kept).toHaveCount(0)
  await page.reload()
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
  await expect(kept).toHaveCount(0)
})

test('what was answered before a run failed can be resumed', async ({ page, wire }) => {
  await open(page, wire.url, 'concrete-strength')
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
  await openPanel(page)
  await press(within(page, 'Remember on this device'))
  await type(page, passphrase, true)
  await expect(panel(page)).toContainText('remembered, sealed under your passphrase')
  await closePanel(page)
  let asked = 0
  await page.route('**/scores', async (route) => {
    asked += 1
    if (asked === 10) await route.fulfill({ body: 'no chunk' })
    else await route.continue().catch(() => {})
  })
  await scoreButton(page).click()
  await expectAlert(page, 'result/shape')
  await expect(scores(page)).toHaveCount(0)
  await page.getByRole('button', { name: /^Resume, [\d,]+ records? left$/ }).click()
  await expect(scores(page)).toHaveAttribute('data-figures', /total/)
  expectScores(shippedModel('concrete-strength'), await readFile(sample('concrete'), 'utf8'), await downloaded(page))
  await expect(page.getByRole('region', { name: 'A run to resume' })).toHaveCount(0)
})

async function end(page: Page, name: string): Promise<void> {
  const worker = page.workers().find((each: Worker) => each.url().includes(name))
  await worker?.evaluate(() => self.close())
}
