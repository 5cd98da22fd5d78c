import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, prepareRun, score } from '../journey.ts'
import { fetched } from './fetched.ts'
import { alert, expect, expectAlert, expectScored, sample, scoreButton, test } from './fixtures.ts'
import {
  chip,
  closePanel,
  expectRightScores,
  openPanel,
  panel,
  passphrase,
  press,
  remember,
  saveBackup,
  type,
  within,
  withSample,
} from './keyPanel.ts'
import { findLeaks } from './leaks.ts'
import { endWorker } from './workers.ts'

/** The key's life, by what a person finds on the page. */

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
  await withSample(page, wire.url, 'salary')
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
  await scoreButton(page).click()
  await expectRightScores(page, 'salary')

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
  await panel(page).getByLabel('Passphrase', { exact: true }).focus()
  await type(page, passphrase)
  await expect(panel(page)).toHaveCount(0)
  await expectRightScores(page, 'salary')

  // Locked at a press, since it has a passphrase. The scores that are open stay open.
  await openPanel(page)
  await press(within(page, 'Lock'))
  await expect(chip(page)).toContainText('locked')
  await closePanel(page)
  await expectScored(page)

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
  await withSample(page, wire.url, 'concrete')
  await expect(chip(page)).toContainText('ready')
  await openPanel(page)
  await press(within(page, 'Lock'))
  await type(page, passphrase, true)
  await expect(chip(page)).toContainText('locked')
  await expect(panel(page).getByLabel('Passphrase', { exact: true })).toBeFocused()
  await type(page, passphrase)
  await expect(panel(page)).toHaveCount(0)

  // However slow the hands and quick the server, the run is not over before the key is locked.
  const held = wire.holdFrom(3)
  await scoreButton(page).click()
  await held
  await chip(page).click()
  await within(page, 'Lock').click()
  await closePanel(page)
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
  await expectRightScores(page, 'concrete')
})

test('where the browser keeps nothing, the key is not said to be remembered', async ({ page, server }) => {
  await page.route('**/assets/worker-vault-*.js', async (route) => {
    const response = await fetched(route)
    const blocked = `IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') };\n`
    await route.fulfill({ response, body: blocked + (await response.text()) })
  })
  await withSample(page, server.url, 'salary')
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
  await withSample(page, server.url, 'salary')
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
  await expectScored(page)
  expect(await fingerprint(page)).toBe(made)
})

test('two tabs: one is in charge of the remembered key, the other reads it', async ({ page, context, server }) => {
  await withSample(page, server.url, 'salary')
  await remember(page)

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
  await withSample(page, wire.url, 'concrete')
  await openPanel(page)
  await press(within(page, 'Back up'))
  const backup = await saveBackup(page, () => type(page, passphrase, true))
  await closePanel(page)
  wire.onPost((count) => {
    if (count !== 3) return
    wire.hold()
    void endWorker(page, 'vault')
  })
  await scoreButton(page).click()
  await expectAlert(page, 'key/lost')
  wire.onPost(() => {})
  wire.release()
  await page.getByRole('button', { name: 'Restore the key' }).click()
  await restore(page, 'key.json', backup, passphrase)
  await within(page, 'Close').click()
  await expectRightScores(page, 'concrete')
})
