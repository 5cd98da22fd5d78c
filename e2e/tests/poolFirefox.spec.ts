import type { Page } from 'puppeteer-core'
import { dropFile } from '../dropFile.ts'
import { appears, firefoxPath, openFirefox, press } from './firefox.ts'
import { expect, test } from './fixtures.ts'
import {
  agree,
  codeOf,
  consented,
  declaredBy,
  expectResults,
  loans,
  type Owner,
  partOf,
  results,
  setUp,
  startPoolServer,
  takePart,
  threeOwners,
} from './pooling.ts'

/** One owner of a pooled study has Firefox, the others Chromium: the same code, and the same model to the last digit that is handed on. */

test.skip(firefoxPath === null, 'There is no Firefox on this machine: install one, or name it in BLINDSCORE_FIREFOX.')
test.setTimeout(600_000)

test('an owner with Firefox gets the same model as the others', async ({ browser, file }) => {
  test.skip(process.env.SLOW === undefined, 'the protocol is the same, and Firefox slow to start beside two others')
  const server = await startPoolServer()
  const firefox = await openFirefox()
  try {
    const owners = await threeOwners(browser)
    const [first, second, third] = owners as [Owner, Owner, Owner]
    await third.context.close()
    const paths = await Promise.all(owners.map(({ name }, i) => file(`${name}.csv`, partOf(i))))
    const [ofSecond = '', ofThird = ''] = await setUp(first.page, server.url, paths[0] as string, loans)
    await second.page.goto(ofSecond)
    await dropFile(second.page, paths[1] as string)
    const { page } = firefox
    await page.goto(ofThird)
    await open(page, paths[2] as string)
    for (const [name, text] of Object.entries(declaredBy(third.name))) {
      await page.locator(`::-p-xpath(//input[@id = //label[. = "${name}"]/@for])`).fill(text)
    }
    await press(page, 'Take part')
    for (const owner of [first, second]) await takePart(owner)
    await appears(page, await codeOf(first.page))
    for (const box of consented) await page.locator(`::-p-xpath(//label[. = "${box}"]//input)`).click()
    await press(page, 'Pool the sums')
    for (const owner of [first, second]) await agree(owner.page)
    await expectResults(first.page)
    const table = (await results(first.page).getByRole('table', { name: 'Coefficients' }).textContent()) ?? ''
    expect(table).toContain('Seniority')
    await appears(page, table)

    // What came of it outlives the tab: a study is run once.
    await page.reload()
    await open(page, paths[2] as string)
    await appears(page, 'This browser has kept what may be handed on')
    await appears(page, table)
    expect(firefox.said).toEqual([])
  } finally {
    await firefox.close()
    await server.close()
  }
})

/** Hands a file in, as the browser's own file dialog does. */
async function open(page: Page, path: string): Promise<void> {
  const input = await page.waitForSelector('input[type=file]')
  await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(path)
}
