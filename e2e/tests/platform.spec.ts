import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun, score } from '../journey.ts'
import { launchBrowser, startServer } from '../setting.ts'
import { expect, expectAlert, open, sample, scoreButton, scores, test } from './fixtures.ts'

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

test('axe finds nothing at any step, in light and dark', async ({ page, wire, file }) => {
  const found = async (axe: AxeBuilder) =>
    (await axe.analyze()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    )
  const expectClean = async (step: string) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    expect(await found(new AxeBuilder({ page })), step).toEqual([])
    // Only colours differ between the two.
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    expect(await found(new AxeBuilder({ page }).withRules(['color-contrast'])), `${step}, dark`).toEqual([])
  }
  await open(page, wire.url, 'salary')
  await expectClean('start')
  await dropFile(page, await file('bad.csv', 'age,healthy_eating,active_lifestyle\n24,4,6\n'))
  await expectAlert(page, 'columns/missing')
  await expectClean('a missing column')
  const rows = 'age,healthy_eating,active_lifestyle,Gender\n24,4,6,1\n1,4,6,1\n24,4\n'
  await dropFile(page, await file('mixed.csv', rows))
  await prepareRun(page)
  await expectClean('check')
  await scoreButton(page).click()
  await expect(scores(page)).toHaveAttribute('data-progress', /total/)
  await expectClean('scores')
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  // Without its answers the run cannot end before it is paused and looked at.
  wire.hold()
  await scoreButton(page).click()
  await page.getByRole('button', { name: 'Pause' }).click()
  await expectClean('run')
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
  await expect(scores(page)).toHaveAttribute('data-progress', /total/)
  const saved = page.waitForEvent('download')
  await press('Download CSV')
  expect((await saved).suggestedFilename()).toBe('salary.scores.csv')
})
