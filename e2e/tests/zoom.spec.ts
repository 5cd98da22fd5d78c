import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun } from '../journey.ts'
import { expect, open, sample, scoreButton, test } from './fixtures.ts'

/** Large zooms, low windows and a person's own colours. */

/** A window of 1280 × 900 at 400 %, and a phone on its side. */
for (const [what, viewport] of [
  ['at 400 %', { width: 320, height: 225 }],
  ['on a phone on its side', { width: 780, height: 360 }],
  ['320 pixels wide', { width: 320, height: 640 }],
] as const) {
  test(`${what} nothing lies over anything or leaves too little of the page`, async ({ page, server }) => {
    await page.setViewportSize(viewport)
    await open(page, server.url, 'credit-default')
    await dropFile(page, sample('credit'))
    await prepareRun(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    for (const at of ['top', 'middle', 'bottom'] as const) {
      await page.evaluate((where) => {
        const most = document.documentElement.scrollHeight - innerHeight
        scrollTo({ top: where === 'top' ? 0 : where === 'middle' ? most / 2 : most, behavior: 'instant' })
      }, at)
      expect(await heldHeight(page), at).toBeLessThan(viewport.height / 4)
    }
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
    expect(await overlaps(page)).toEqual([])
    const links = page.getByRole('navigation').getByRole('link')
    for (const link of await links.all()) expect((await link.boundingBox())?.height).toBeGreaterThanOrEqual(24)
    await expect(scoreButton(page)).toBeEnabled()
  })
}

/** The height of the window that what sticks to its edges holds. */
function heldHeight(page: Page): Promise<number> {
  return page.evaluate(() => {
    let held = 0
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (!['sticky', 'fixed'].includes(getComputedStyle(element).position)) continue
      const { top, bottom, width } = element.getBoundingClientRect()
      const seen = Math.min(bottom, innerHeight) - Math.max(top, 0)
      // What sticks within a table or beside the page holds nothing of the page's own height.
      if (seen > 0 && width > innerWidth / 2 && !element.closest('table, [data-side="there"]')) held += seen
    }
    return held
  })
}

/** What can be pressed in the header and lies over something else there. */
function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>('header:first-of-type :is(a, button, h1)')].slice(0, 4)
    const boxes = all.map((element) => ({ text: element.textContent ?? '', box: element.getBoundingClientRect() }))
    return boxes.flatMap(({ text, box }, i) =>
      boxes
        .slice(i + 1)
        .filter(
          ({ box: other }) =>
            box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
        )
        .map((other) => `${text} / ${other.text}`),
    )
  })
}

test('in a person’s own colours the two sides and the next step are still told apart', async ({ page, server }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await open(page, server.url, 'credit-default')
  await dropFile(page, sample('credit'))
  await prepareRun(page)
  const square = (side: string) =>
    page
      .locator(`p[data-side="${side}"]`)
      .first()
      .evaluate((element) => getComputedStyle(element, '::before').backgroundColor)
  const [here, there] = [await square('here'), await square('there')]
  const canvas = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(new Set([here, there, canvas]).size).toBe(3)
  const colour = (name: RegExp | string) =>
    page
      .getByRole('button', { name })
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor)
  expect(await colour(/^Score /)).not.toBe(await colour(/^Key /))
})
