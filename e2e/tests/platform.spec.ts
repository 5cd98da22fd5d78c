import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun, score } from '../journey.ts'
import { launchBrowser, startServer } from '../setting.ts'
import { expect, expectAlert, expectScored, open, scoreButton, test } from './fixtures.ts'

/** The page on what it stands on: browser, context, size and a person's ways of using it. */

test('opened over plain http from another host, the page says why it makes no key and what to do', async () => {
  const server = await startServer({ hosts: ['blindscore.test'] })
  const browser = await launchBrowser({ switches: ['--host-resolver-rules=MAP blindscore.test 127.0.0.1'] })
  try {
    const page = await browser.newPage()
    await page.goto(`http://blindscore.test:${new URL(server.url).port}/#model=salary`)
    expect(await page.evaluate(() => isSecureContext)).toBe(false)
    await expectAlert(page as Page, 'platform/insecure-context')
    const main = page.getByRole('main')
    await expect(main).toContainText('https')
    await expect(main).toContainText('localhost')
    await expect(page.getByRole('button', { name: 'Choose a file' })).toHaveCount(0)
    await expect(scoreButton(page as Page)).toHaveCount(0)
  } finally {
    await browser.close()
    await server.close()
  }
})

for (const width of [320, 768, 2560]) {
  test(`nothing runs over the edge at ${width} pixels`, async ({ page, server, file }) => {
    await page.setViewportSize({ width, height: 800 })
    await open(page, server.url, 'salary')
    await dropFile(page, await file('one.csv', 'age,healthy_eating,active_lifestyle,Gender\n24,4,6,1\n'))
    await prepareRun(page)
    await score(page)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(wide).toBeLessThanOrEqual(0)
  })
}

test('the whole way works by keyboard', async ({ page, server }) => {
  await open(page, server.url, 'salary')
  const press = async (name: string | RegExp) => {
    const button = page.getByRole('button', { name })
    await expect(button).toBeEnabled()
    for (let step = 0; step < 80; step++) {
      if (await button.evaluate((node) => node === document.activeElement)) break
      await page.keyboard.press('Tab')
    }
    await expect(button).toBeFocused()
    await page.keyboard.press('Enter')
  }
  await press('Use the sample')
  await press(/^Score 1,000 records$/)
  await expectScored(page)
  const saved = page.waitForEvent('download')
  await press('Download CSV')
  expect((await saved).suggestedFilename()).toBe('salary.scores.csv')
})
