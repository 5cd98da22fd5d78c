import type { Locator, Page } from '@playwright/test'
import { expect } from './fixtures.ts'

/** A page by keys alone. */

/** Tabs on from where the focus is. Backwards is never needed: the page is in the order of its steps. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  await expect(target).toBeEnabled()
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    if (await target.evaluate((node) => node === document.activeElement)) return
  }
  throw new Error('Tab does not lead there.')
}
