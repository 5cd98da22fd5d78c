import { languages } from '../../web/words/languages.ts'
import { chooseKeySize } from '../journey.ts'
import { flawsOf } from './axe.ts'
import { expect, sample, scoreButton, scores, test } from './fixtures.ts'
import { lookAt, patience } from './lookAt.ts'
import { messy, visits } from './states.ts'
import { smallTargets } from './targets.ts'

/** Every step and state of the page, in both themes and at three widths, looked at (`lookAt.ts`). */

const widths = [360, 1280, 2000] as const
const themes = ['light', 'dark'] as const
const slow = process.env.SLOW === '1'

// SLOW=1 looks at all; every time, all are looked at narrow and light, and wide for dark's contrast, by `words.spec.ts`.
for (const [what, visit] of slow ? visits : []) {
  for (const theme of themes) {
    for (const width of widths) {
      test(`${what}, ${theme}, ${width} px wide`, async ({ browser, server, file }) => {
        test.setTimeout(patience)
        const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme })
        const page = await context.newPage()
        await page.clock.install()
        const look = (name: string) => lookAt(page, `${name}-${theme}-${width}`)
        await visit({ page, context, url: server.url, words: languages.en, file, look })
        await context.close()
      })
    }
  }
}

test('what is too small to be pressed is found, and nothing else', async ({ page }) => {
  await page.setContent(`<style>button { padding: 0; border: 0 }</style>
    <button style="width: 23px; height: 40px">Narrow</button>
    <button style="width: 40px; height: 23px">Low</button>
    <button style="width: 24px; height: 24px">Enough</button>
    <button style="width: 9px; height: 9px; visibility: hidden">Unseen</button>
    <p>A text with <a href="#a">a link</a> in its line</p>
    <p><a href="#b" style="font-size: 12px; line-height: 14px">Alone</a></p>
    <label style="display: block; height: 30px; width: 90px"><input type="checkbox"> Labelled</label>
    <input type="checkbox" aria-label="Bare">
    <span role="slider" tabindex="0" aria-label="Thumb" style="display: block; width: 16px; height: 16px"></span>`)
  const found = (await smallTargets(page)).map((each) => each.split(' ')[1])
  expect(found).toEqual(['Narrow', 'Low', 'Alone', 'Bare', 'Thumb'])
})

test('what axe finds is told, and a frame that can be seen, where it does not look', async ({ page }) => {
  const whole = '<!doctype html><html lang="en"><title>Planted</title><main><h1>Planted</h1>'
  await page.setContent(`${whole}<p>Black on white</p><iframe hidden title="Unseen"></iframe></main>`)
  expect(await flawsOf(page)).toEqual([])
  await page.setContent(`${whole}<p style="color: #bbb">Grey on white</p><img src="data:,">
    <iframe title="Seen" srcdoc="<p>Within</p>"></iframe></main>`)
  expect(await flawsOf(page)).toEqual(['color-contrast: p', 'image-alt: img', 'a frame that nobody looks into'])
  expect(await flawsOf(page, ['image-alt'])).toEqual(['image-alt: img', 'a frame that nobody looks into'])
})

test('from the address to a file of scores with the keyboard alone', async ({ page, server }) => {
  await page.goto(server.url)
  await expect(scoreButton(page)).toBeEnabled()
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab')
      const text = await page.evaluate(() => document.activeElement?.textContent ?? '')
      if (name.test(text)) return
    }
    throw new Error(`No way to ${name} by Tab.`)
  }
  await tabTo(/^Score [\d,]+ records$/)
  await page.keyboard.press('Enter')
  await expect(scores(page)).toBeVisible({ timeout: 120_000 })
  await tabTo(/^Download CSV$/)
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  expect(download.suggestedFilename()).toMatch(/\.scores\.csv$/)
})

test('the key’s chip is beside the pages where there is room, and at the right where there is none', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}#model=salary`)
  await chooseKeySize(page, 2048)
  await page.locator('input[type=file]').first().setInputFiles(sample('salary'))
  const chip = page.getByRole('button', { name: /^Key .*ready/ })
  await expect(chip).toBeVisible()
  const pages = page.getByRole('navigation', { name: 'Pages' })
  for (const [width, beside] of [
    [680, false],
    [768, true],
    [1040, false],
    [1280, true],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    const [key, links] = await Promise.all([chip.boundingBox(), pages.boundingBox()])
    if (!key || !links) throw new Error('The header is not there.')
    expect([width, key.y < links.y + links.height]).toEqual([width, beside])
    // The right edges of both, or of the header's row, to a pixel.
    expect([width, Math.round(key.x + key.width) >= Math.round(links.x + links.width)]).toEqual([width, true])
  }
})

test('cells written otherwise are read at a click, and a click takes it back', async ({ page, server, file }) => {
  await page.goto(`${server.url}#model=salary`)
  await chooseKeySize(page, 2048)
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(await file('messy.csv', messy.replace('lifstyle', 'lifestyle')))
  const check = page.getByRole('region', { name: 'Check' })
  await expect(check).toContainText('3 records will be scored, 4 left out')
  await page.getByRole('button', { name: /^Read them so: Age, 1 cell carries/ }).click()
  await page.getByRole('button', { name: /^Read them so: healthy eating/ }).click()
  await expect(check).toContainText('4 records will be scored, 3 left out')
  await page.getByRole('button', { name: /^Undo: Age/ }).click()
  await expect(check).toContainText('3 records will be scored, 4 left out')
  await page.getByRole('button', { name: 'Close the file' }).click()
  await page.locator('input[type=file]').first().setInputFiles(sample('salary'))
  await expect(page.getByRole('button', { name: 'Score 1,000 records' })).toBeEnabled()
})
