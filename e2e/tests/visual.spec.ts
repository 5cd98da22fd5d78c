import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { languages } from '../../web/words/languages.ts'
import { chooseKeySize } from '../journey.ts'
import { root } from '../setting.ts'
import { expect, sample, scoreButton, scores, test } from './fixtures.ts'
import { messy, visits } from './states.ts'

/**
 * Every step and state of the page, in both themes and at three widths: a picture of each is saved in artefacts/pictures,
 * and axe must find nothing in any of them.
 */

const widths = [360, 1280, 2000] as const
const themes = ['light', 'dark'] as const
/** What is looked at every time; SLOW=1 looks at all. */
const always = ['light 360', 'dark 1280']
/** A dozen pictures, each looked through by axe, on a machine that may have other things to do: milliseconds. */
const patience = 600_000
const folder = new URL('artefacts/pictures/', root).pathname

for (const [what, visit] of visits) {
  for (const theme of themes) {
    for (const width of widths.filter((each) => process.env.SLOW === '1' || always.includes(`${theme} ${each}`))) {
      test(`${what}, ${theme}, ${width} px wide`, async ({ browser, server, file }) => {
        test.setTimeout(patience)
        const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme })
        const page = await context.newPage()
        const look = (name: string) => lookAt(page, `${name}-${theme}-${width}`)
        await visit({ page, context, url: server.url, words: languages.en, file, look })
        await context.close()
      })
    }
  }
}

async function lookAt(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0)
  expect(await amberOnTheRight(page), name).toEqual([])
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  expect(found, name).toEqual([])
}

/** What on the server's side of the line has a colour that means readable. */
function amberOnTheRight(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'))
    const amber = ['--amber', '--amber-fill', '--amber-wash'].map((token) => {
      probe.style.color = `var(${token})`
      return getComputedStyle(probe).color
    })
    probe.remove()
    // A dialog lies over both sides, and has its own line.
    const there = document.querySelectorAll('aside, aside :not(dialog, dialog *), dialog [data-side="there"] *')
    return [...there].flatMap((node) =>
      [null, '::before', '::after'].flatMap((pseudo) => {
        const { color, backgroundColor, backgroundImage, fill, borderTopColor } = getComputedStyle(node, pseudo)
        const drawn = [color, backgroundColor, backgroundImage, fill, borderTopColor].join(' ')
        return amber.some((each) => drawn.includes(each)) ? [`${node.tagName}${pseudo ?? ''}: ${drawn}`] : []
      }),
    )
  })
}

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
