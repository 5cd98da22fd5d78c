import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun } from '../journey.ts'
import { downloaded, expect, expectScored, open, sample } from './fixtures.ts'
import { expectScores, shippedModel } from './plainModel.ts'

/** The key's chip and panel, as somebody without a pointer uses them, and what tests of the key begin and end with. */

export const passphrase = 'Wolkenkuckucksheim im Zahnrad'

const modelOf = { salary: 'salary', concrete: 'concrete-strength' } as const
type Sample = keyof typeof modelOf

export const chip = (page: Page) => page.getByRole('button', { name: /^Key / })
export const panel = (page: Page) => page.getByRole('dialog', { name: 'Key' })
export const within = (page: Page, name: string | RegExp) => panel(page).getByRole('button', { name, exact: true })

/** Presses a button as somebody without a pointer does. */
export async function press(target: Locator): Promise<void> {
  await target.focus()
  await expect(target).toBeFocused()
  await target.press('Enter')
}

export async function openPanel(page: Page): Promise<void> {
  await press(chip(page))
  await expect(panel(page)).toBeVisible()
}

export async function closePanel(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await expect(panel(page)).toHaveCount(0)
}

/** Types a passphrase into the form that has the focus, twice where it is chosen, and sends the form. */
export async function type(page: Page, text: string, again = false): Promise<void> {
  await expect(page.locator('input[type=password]').first()).toBeFocused()
  await page.keyboard.type(text)
  if (again) {
    await page.keyboard.press('Tab')
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
}

export async function saveBackup(page: Page, act: () => Promise<void>): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), act()])
  expect(file.suggestedFilename()).toMatch(/^blindscore-key-[0-9a-f]{8}\.json$/)
  return readFile(await file.path(), 'utf8')
}

/** A page with a sample dropped on its model: there is a key, and a run could be started. */
export async function withSample(page: Page, url: string, name: Sample): Promise<void> {
  await open(page, url, modelOf[name])
  await dropFile(page, sample(name))
  await prepareRun(page)
}

/** Gives the key its passphrase and has the device remember it; the panel stays open. */
export async function remember(page: Page): Promise<void> {
  await openPanel(page)
  await press(within(page, 'Remember on this device'))
  await type(page, passphrase, true)
  await expect(panel(page)).toContainText('remembered, sealed under your passphrase')
  // The form is gone, and the focus has not gone with it.
  await expect(panel(page).locator(':focus')).toHaveCount(1)
}

/** Waits for the scores of a sample and compares those that are saved with the plaintext model's. */
export async function expectRightScores(page: Page, name: Sample): Promise<void> {
  await expectScored(page)
  expectScores(shippedModel(modelOf[name]), await readFile(sample(name), 'utf8'), await downloaded(page))
}
