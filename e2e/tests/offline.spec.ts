import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, chooseKeySize } from '../journey.ts'
import { root } from '../setting.ts'
import { staticHost } from '../staticHost.ts'
import { putForward } from './ahead.ts'
import { downloaded, expect, expectScored, sample, scoreButton, test } from './fixtures.ts'

/** The page without a network: it opens, reads and checks; what it would send waits. */

test.use({ serviceWorkers: 'allow' })

const kept = 'opens without a network from now on'

test.beforeEach(({ page }) => page.clock.install())

/** The page keeps itself eight seconds after it was opened, if nothing is done with it. */
async function untilKept(page: Page): Promise<void> {
  await putForward(page, 8, () => expect(page.getByText(kept)).toBeVisible({ timeout: 1000 }))
}

test('after a visit it opens without a network, reads and checks a file, and sends once there is one', async ({
  page,
  context,
  server,
}) => {
  await page.goto(addressOf(server.url, { model: 'salary' }))
  await untilKept(page)
  await context.setOffline(true)
  await page.reload()
  await expect(page.getByText('The models are as they were at the last visit')).toBeVisible()
  await chooseKeySize(page, 2048)
  // Not dropped: the drag's session with the browser would end the network's absence with itself.
  await page.locator('input[type=file]').first().setInputFiles(sample('salary'))
  await expect(scoreButton(page)).toBeEnabled()
  await expect(page.getByText('a run would begin, and wait for the connection')).toBeVisible()
  await scoreButton(page).click()
  await context.setOffline(false)
  await expectScored(page)
  const text = await downloaded(page)

  // With a network from the start: the very same.
  await page.reload()
  await expect(page.getByText('The models are as they were')).toHaveCount(0)
  await chooseKeySize(page, 2048)
  await dropFile(page, sample('salary'))
  await scoreButton(page).click()
  await expectScored(page)
  expect(await downloaded(page)).toBe(text)
})

test('without a network nothing stands for a server that was never visited', async ({ page, context, server }) => {
  await page.goto(addressOf(server.url, { model: 'salary' }))
  await untilKept(page)
  await context.setOffline(true)
  await page.goto('about:blank')
  await page.goto(addressOf(server.url, { model: 'concrete-strength' }))
  await expect(page.getByRole('alert')).toContainText('This device is offline')
  await expect(page.getByText('The models are as they were at the last visit')).toBeVisible()
})

test('a newer version waits until the person wants it', async ({ page }) => {
  let version = ''
  const host = await staticHost(fileURLToPath(new URL('dist/page', root)), '/page/', (path, text) =>
    path === 'sw.js' ? text + version : text,
  )
  try {
    await page.goto(host.url)
    await untilKept(page)
    version = '\n// Another version.'
    const asked = () => host.asked.filter((path) => path === '/page/').length
    await page.reload()
    const before = asked()
    const use = page.getByRole('button', { name: 'Use it now' })
    await putForward(page, 8, () => expect(use).toBeEnabled({ timeout: 1000 }))
    // The page was opened from what is kept, and fetched anew for the newer version alone.
    await Promise.all([page.waitForEvent('load'), use.click()])
    await untilKept(page)
    await expect(use).toHaveCount(0)
    expect(before).toBe(2)
    expect(asked()).toBe(3)
  } finally {
    await host.close()
  }
})
