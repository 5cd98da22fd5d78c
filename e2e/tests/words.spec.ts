import type { Page } from '@playwright/test'
import { languages } from '../../web/words/languages.ts'
import { expect, test } from './fixtures.ts'
import { plainTexts } from './plainTexts.ts'
import { visitKeyStates, visitRareStates, visitStates } from './states.ts'

/** The page in a language that has an accent on every letter: a text with plain letters does not come from the words. */

const language = 'en-XA'

for (const [what, visit] of [
  ['every state', visitStates],
  ['every state that is not for everyone', visitRareStates],
  ['every state of the key', visitKeyStates],
] as const) {
  test(`${what} says only what is in the words`, async ({ page, context, server, file }) => {
    await page.route(
      ({ pathname }) => pathname === '/',
      async (route) => {
        const response = await route.fetch()
        const html = await response.text()
        await route.fulfill({ response, body: html.replace('<html lang="en">', `<html lang="${language}">`) })
      },
    )
    const words = languages[language]
    const look = (name: string) => disclosed(page, async () => expect(await plainTexts(page), name).toEqual([]))
    await visit({ page, context, url: server.url, words, file, look })

    // What the page does not say by its words is found, and what is marked as data is not.
    await page.evaluate(() => {
      document
        .querySelector('main')
        ?.insertAdjacentHTML(
          'beforeend',
          `<p>Said by nobody</p><p title="Named by nobody">é</p><p translate="no" title="Data">Data</p>`,
        )
    })
    expect(await plainTexts(page)).toEqual(['Said by nobody', 'Named by nobody'])
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
