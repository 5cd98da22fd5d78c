import type { Page } from '@playwright/test'
import { languages } from '../../web/words/languages.ts'
import { withoutIsolated } from '../../web/words/pseudo.ts'
import { addressOf } from '../journey.ts'
import { fetched } from './fetched.ts'
import { downloaded, expect, test } from './fixtures.ts'
import { lookAt, patience } from './lookAt.ts'
import { plainTexts } from './plainTexts.ts'
import { visits } from './states.ts'
import { loseableTexts } from './translated.ts'

/**
 * The page in a language that has an accent on every letter: a text with plain letters does not come from the words. Every
 * state is gone through once for that and to be looked at, light and narrow; those of most people's way dark and wide, too.
 */

const language = 'en-XA'
const words = languages[language]

/** Has the server's page be in that language. */
async function speak(page: Page): Promise<void> {
  await page.route(
    ({ pathname }) => pathname === '/',
    async (route) => {
      const response = await fetched(route)
      const html = await response.text()
      await route.fulfill({ response, body: html.replace('<html lang="en">', `<html lang="${language}">`) })
    },
  )
}

const narrow = { width: 360, height: 900 }
const wide = { width: 1280, height: 900 }

for (const [i, [what, visit]] of visits.entries()) {
  test(`${what} says only what is in the words, and is fit to be seen`, async ({ page, context, server, file }) => {
    test.setTimeout(patience)
    await page.setViewportSize(narrow)
    await page.clock.install()
    await speak(page)
    const look = async (name: string) => {
      await lookAt(page, `${name}-${language}-360`)
      if (i === 0) await lookDark(page, name)
      await disclosed(page, async () => {
        expect(await plainTexts(page), name).toEqual([])
        expect(await loseableTexts(page), name).toEqual([])
      })
    }
    await visit({ page, context, url: server.url, words, file, look })

    // What the page does not say by its words is found, and what is marked as data is not.
    await page.evaluate(() => {
      const planted = [
        ['Said by nobody', {}],
        ['é', { title: 'Named by nobody' }],
        ['Data', { translate: 'no', title: 'Data' }],
      ] as const
      for (const [text, attributes] of planted) {
        const paragraph = document.createElement('p')
        paragraph.textContent = text
        for (const [name, value] of Object.entries(attributes)) paragraph.setAttribute(name, value)
        document.querySelector('main')?.append(paragraph)
      }
    })
    expect(await plainTexts(page)).toEqual(['Said by nobody', 'Named by nobody'])
  })
}

test('the file of rows left out is in the language of the page', async ({ page, server, file }) => {
  await speak(page)
  await page.goto(addressOf(server.url, { model: 'salary' }))
  const path = await file('bad.csv', 'age,healthy_eating,active_lifestyle,Gender\n24,4,6,1\n200,4,6,1\n24,4\n')
  await page.locator('input[type=file]').first().setInputFiles(path)
  const [, ...rows] = (await downloaded(page, words.check.download)).trim().split(/\r?\n/)
  expect(rows).toEqual([expect.stringContaining('cell/range'), expect.stringContaining('row/ragged')])
  for (const row of rows) expect(withoutIsolated(row)).toMatch(/^[^a-z]+$/i)
})

/** Only colours differ between the themes, so of axe's rules contrast is what can differ. */
async function lookDark(page: Page, name: string): Promise<void> {
  await become(page, 'dark', wide)
  await lookAt(page, `${name}-${language}-dark-1280`, ['color-contrast'])
  await become(page, 'light', narrow)
}

/** Colours fade from one theme to the other, and tables draw the rows that there is room for: neither is looked at halfway. */
async function become(page: Page, colorScheme: 'dark' | 'light', size: typeof narrow): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize(size)
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    await frame()
    await frame()
    const fading = document.getAnimations().filter((each) => each instanceof CSSTransition)
    await Promise.allSettled(fading.map((each) => each.finished))
  })
}

/** Does something while all that can be opened on the page is open. What a press shows is there by the next call. */
async function disclosed(page: Page, work: () => Promise<void>): Promise<void> {
  const closed = await page.evaluateHandle(() => [
    ...document.querySelectorAll<HTMLElement>('button[aria-expanded="false"]'),
  ])
  const press = () =>
    closed.evaluate((buttons) => {
      for (const button of buttons) button.click()
    })
  await press()
  await work()
  await press()
}
