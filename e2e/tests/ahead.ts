import { expect, type Page } from '@playwright/test'

/**
 * Where a page waits on purpose before it does something, its own clock is put forward until it is seen to have done it: a test
 * need not wait as long. `page.clock.install()` comes before the page's address. Between jumps the clock goes on by itself, so that
 * one that came too early costs time and nothing else.
 */
export async function putForward(page: Page, seconds: number, seen: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.clock.fastForward(1000 * seconds)
    await seen()
  }).toPass({ timeout: 60_000, intervals: [100] })
}
