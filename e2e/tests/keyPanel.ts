import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { expect } from './fixtures.ts'

/** The key's chip and panel, as somebody without a pointer uses them. */

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
