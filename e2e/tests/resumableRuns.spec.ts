import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, prepareRun } from '../journey.ts'
import { fetched } from './fetched.ts'
import { closeInMidRun, expect, expectAlert, expectGivenUp, sample, scoreButton, scores, test } from './fixtures.ts'
import { chip, closePanel, expectRightScores, passphrase, press, remember, type, withSample } from './keyPanel.ts'

/** Runs that outlive their tab, or their failure. */

test('a run whose tab was closed is resumed from what was answered, and ends in the right scores', async ({
  page,
  context,
  wire,
}) => {
  await page.clock.install()
  await withSample(page, wire.url, 'concrete')
  await expect(page.getByRole('region', { name: 'Run', exact: true })).toContainText('live in this tab')
  await remember(page)
  await closePanel(page)
  await expect(page.getByRole('region', { name: 'Run', exact: true })).not.toContainText('live in this tab')
  await closeInMidRun(page, wire, 12)

  const back = await context.newPage()
  await back.goto(addressOf(wire.url, { model: 'concrete-strength' }))
  const resumable = back.getByRole('region', { name: 'A run to resume' })
  await expect(resumable).toContainText(/[1-9]\d* of 1,030 records of concrete\.csv were scored/)
  const answered = Number(/(\d+) of/.exec((await resumable.textContent()) ?? '')?.[1])
  const resume = back.getByRole('button', { name: /^Resume, [\d,]+ records? left$/ })

  // Another file is not the one, and neither is the same one read otherwise.
  await dropFile(back, sample('salary'))
  await expect(back.getByRole('region', { name: 'Match' })).toBeVisible()
  await expect(resume).toHaveCount(0)
  await dropFile(back, sample('concrete'))
  await prepareRun(back)
  await expect(resumable).toContainText('This is the file')
  await resume.click()
  await expectAlert(back, 'key/locked')
  await back.getByRole('button', { name: 'Unlock the key' }).click()
  await type(back, passphrase)
  await expectRightScores(back, 'concrete')
  // What was answered before was not sealed again, and what has come to its end is stored no more.
  const resumed = await sealedOf(back)
  await expect(resumable).toHaveCount(0)
  await scoreButton(back).click()
  // It is asked first: those scores are here already.
  await back.getByRole('button', { name: 'Score them again' }).click()
  await expect.poll(() => sealedOf(back)).toBeGreaterThan(resumed)
  expect(resumed / (await sealedOf(back))).toBeCloseTo((1030 - answered) / 1030, 1)
  await back.close()
})

/** Ciphertexts that the last run sealed. */
async function sealedOf(page: Page): Promise<number> {
  const progress = await scores(page).evaluateAll((all) => all.map((node) => node.getAttribute('data-progress')))
  return progress[0] ? JSON.parse(progress[0]).ciphertexts : 0
}

test('a run can be resumed with a remembered key alone, and can be discarded', async ({ page, wire }) => {
  const resumable = page.getByRole('region', { name: 'A run to resume' })
  /** Ends the tab's page in mid-run, and comes back. */
  const leave = async () => {
    const cut = new Promise<void>((resolve) => {
      wire.onPost((count) => {
        if (count % 8 === 0) resolve(wire.cut())
      })
    })
    await scoreButton(page).click()
    await cut
    await expectGivenUp(page, 'run/offline')
    wire.onPost(() => {})
    wire.mend()
    await page.reload()
    await expect(chip(page)).toBeVisible()
    await dropFile(page, sample('concrete'))
    await prepareRun(page)
  }
  page.on('dialog', (dialog) => void dialog.accept())
  await page.clock.install()
  await withSample(page, wire.url, 'concrete')
  await leave()
  await expect(resumable).toHaveCount(0)

  await remember(page)
  await closePanel(page)
  await leave()
  await expect(resumable).toContainText('This is the file')
  await press(resumable.getByRole('button', { name: 'Discard it' }))
  await expect(resumable).toHaveCount(0)
  await page.reload()
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
  await expect(resumable).toHaveCount(0)
})

test('what was answered before a run failed can be resumed', async ({ page, wire }) => {
  await withSample(page, wire.url, 'concrete')
  await remember(page)
  await closePanel(page)
  let asked = 0
  await page.route('**/scores', async (route) => {
    asked += 1
    const refusal = { code: 'request/conflict', title: 'Conflict' }
    if (asked === 10) await route.fulfill({ status: 409, contentType: 'application/problem+json', json: refusal })
    else await route.continue().catch(() => {})
  })
  await scoreButton(page).click()
  await expectAlert(page, 'request/conflict')
  await expect(scores(page)).toHaveCount(0)
  await page.getByRole('button', { name: /^Resume, [\d,]+ records? left$/ }).click()
  await expectRightScores(page, 'concrete')
  await expect(page.getByRole('region', { name: 'A run to resume' })).toHaveCount(0)
})

test('a run with an answer that must not be believed is not gone on from, in this tab or the next', async ({
  page,
  wire,
}) => {
  await withSample(page, wire.url, 'concrete')
  await remember(page)
  await closePanel(page)
  let asked = 0
  await page.route('**/scores', async (route) => {
    const number = ++asked
    const response = await fetched(route)
    const body = await response.body()
    if (number === 10) body.fill(0, body.length - 512)
    await route.fulfill({ response, body })
  })
  await scoreButton(page).click()
  await expectAlert(page, 'result/ciphertext')
  await expect(page.getByRole('button', { name: /^Resume/ })).toHaveCount(0)
  await page.reload()
  await expect(page.getByRole('region', { name: 'A run to resume' })).toHaveCount(0)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
})
