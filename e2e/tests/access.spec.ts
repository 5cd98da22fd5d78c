import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, prepareRun } from '../journey.ts'
import { root, runsIn, startServer } from '../setting.ts'
import { auditIn } from './auditIn.ts'
import { downloaded, expect, expectAlert, expectScored, open, sample, scoreButton, test } from './fixtures.ts'
import { closePanel, press, remember } from './keyPanel.ts'
import { expectScores, shippedModel } from './plainModel.ts'
import { storedBy } from './stored.ts'
import { smallTargets } from './targets.ts'
import { Wire } from './wire.ts'

/** A server that answers who has an API key, writes down what it answered, and says whose it is. */

async function give(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Use this key' }).click()
}

/** Where the receipt of the last run is that the page saves. */
async function receiptOf(page: Page): Promise<string> {
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the receipt' }).click()
  return (await saved).path()
}

test('the page asks for the API key, waits in mid-run for another when it ends, and keeps it nowhere', async ({
  page,
}) => {
  const { BlindscoreError } = await import(new URL('dist/core/errors.js', root).href)
  const keys = { first: 'bsk_the-first-of-both', second: 'bsk_the-second-of-both' }
  let taken = keys.first
  /** What each key may have scored in an hour: less than the sample takes. */
  let hour = 600
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  const audit = await auditIn(folder)
  const server = await startServer({
    limits: { keysPerHour: 100_000 },
    audit,
    vendor: { name: 'XYZ <b>', terms: { text: 'Be kind.' }, contact: 'mailto:scores@xyz.example' },
    principals: {
      of: async (key: string) => {
        if (key === taken) return { id: 'abcd0123', models: new Set(['salary']) }
        if (key === keys.first) throw new BlindscoreError('access/expired', 'accessExpired', { on: '2026-01-01' })
        throw new BlindscoreError('access/refused', 'accessRefused')
      },
      recordsPerHour: () => hour,
    },
  })
  const wire = await Wire.to(server.url)
  try {
    await open(page, wire.url, 'salary', null)
    await expectAlert(page, 'access/required')
    await give(page, 'bsk_of-somebody-else')
    await expectAlert(page, 'access/refused')
    // Each form goes with what had the focus: whoever has no pointer stays at the model.
    const model = page.getByRole('region', { name: 'Model' })
    await expect(model).toBeFocused()
    await give(page, keys.first)
    await expect(page.getByText('Salary').first()).toBeVisible()
    await expect(model).toBeFocused()
    await dropFile(page, sample('salary'))
    await prepareRun(page)
    // How far the hour reaches is said before anything is sent.
    await expect(page.getByRole('note').filter({ hasText: /scores [1-9]\d* of them now, the rest/ })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Next' })).toContainText(/ready: [1-9]\d* now, the rest from/)
    wire.onPost((count) => {
      if (count === 2) taken = keys.second
    })
    await scoreButton(page).click()
    await expectAlert(page, 'access/expired')
    await give(page, keys.second)
    await expectAlert(page, 'request/budget')
    await expect(page.getByText(/budget is spent, trying again in/).first()).toBeVisible()
    // What a receipt says of the log is signed when it is made, where the run has not come to its end.
    const part = JSON.parse(await readFile(await receiptOf(page), 'utf8'))
    expect(part).toMatchObject({ status: 'paused', audit: { signer: audit.signer } })
    hour = 10_000
    await page.getByRole('button', { name: 'Resume' }).first().click()
    await expectScored(page)
    expectScores(shippedModel('salary'), await readFile(sample('salary'), 'utf8'), await downloaded(page))
    const stored = await page.evaluate(() =>
      JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }]),
    )
    const receipt = await readFile(await receiptOf(page), 'utf8')
    const kept = JSON.parse(receipt)
    expect(kept.audit).toMatchObject({ format: 'blindscore-checkpoint/1', signer: audit.signer })
    await expect(page.getByText('Answered by XYZ <b>')).toBeVisible()
    await press(page.getByRole('button', { name: 'Terms' }))
    await expect(page.getByText('Be kind.')).toBeVisible()
    expect(await smallTargets(page)).toEqual([])
    await expect(page.getByRole('link', { name: 'Contact' })).toHaveAttribute('href', 'mailto:scores@xyz.example')
    const log = await readFile(join(folder, 'audit-000000000001.jsonl'), 'utf8')
    expect(log).toContain('"who":"key abcd0123"')
    const all = `${log}${stored}${receipt}${await page.content()}`
    for (const key of Object.values(keys)) expect(all).not.toContain(key)
  } finally {
    await wire.close()
    await server.close()
    await audit.close()
    await rm(folder, { recursive: true })
  }
})

test('an API key is asked for where a server refuses one: at an invitation, and in mid-run of what is handed over', async ({
  page,
}) => {
  const { BlindscoreError } = await import(new URL('dist/core/errors.js', root).href)
  const { studiesInMemory } = await import(new URL('dist/server/studies/openStudies.js', root).href)
  const keys = { first: 'bsk_the-first-of-both', second: 'bsk_the-second-of-both' }
  let taken = keys.first
  const folder = await mkdtemp(join(tmpdir(), 'stored-'))
  const server = await startServer({
    limits: { keysPerHour: 100_000 },
    studies: studiesInMemory(),
    runs: await runsIn(join(folder, 'runs')),
    principals: {
      of: async (key: string) => {
        if (key === taken) return { id: 'abcd0123', models: null }
        throw new BlindscoreError('access/refused', 'accessRefused')
      },
      recordsPerHour: () => 100_000,
    },
  })
  try {
    await page.goto(addressOf(server.url, { page: 'outcomes', study: `${'0'.repeat(32)}.${'A'.repeat(43)}` }))
    await expectAlert(page, 'access/required')
    await give(page, 'bsk_of-somebody-else')
    await expectAlert(page, 'access/refused')
    await give(page, keys.first)
    await expectAlert(page, 'study/unknown')
    await open(page, server.url, 'salary', null)
    await dropFile(page, sample('salary'))
    await prepareRun(page)
    await remember(page)
    await closePanel(page)
    const list = page.getByRole('region', { name: 'Handed over' })
    let puts = 0
    await page.route('**/chunks/*', (route) => {
      if (++puts === 2) taken = keys.second
      return route.continue()
    })
    await press(page.getByRole('button', { name: 'Hand it over and come back' }))
    await press(page.getByRole('button', { name: /^Hand over [\d,]+ records$/ }))
    await expectAlert(page, 'access/refused')
    await give(page, keys.second)
    await expect(list).toContainText('Ready: all of it is scored', { timeout: 120_000 })
    const stored = (await storedBy(page)).toString('latin1')
    for (const key of Object.values(keys)) expect(stored).not.toContain(key)
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
})
