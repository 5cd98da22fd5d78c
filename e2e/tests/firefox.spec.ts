import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { addressOf } from '../journey.ts'
import { root } from '../setting.ts'
import { staticHost } from '../staticHost.ts'
import { appears, type Firefox, firefoxPath, giveFile, openFirefox, press, scoreFile } from './firefox.ts'
import { expect, open, sample, scoreThrough, test } from './fixtures.ts'
import { expectScores, shippedModel } from './plainModel.ts'

/** The main journey in Firefox. */

test.skip(firefoxPath === null, 'There is no Firefox on this machine: install one, or name it in BLINDSCORE_FIREFOX.')
test.setTimeout(360_000)

let firefox: Firefox | null = null
test.afterEach(async () => {
  await firefox?.close()
  firefox = null
})

test('in Firefox a file is scored as everywhere: the same bytes as from Chromium', async ({ page, server, file }) => {
  const lines = readFileSync(sample('credit'), 'utf8').trimEnd().split('\n').slice(0, 301)
  const path = await file('credit.csv', `${lines.join('\n')}\n`)
  firefox = await openFirefox()
  await firefox.page.goto(addressOf(server.url, { model: 'credit-default' }))
  expect(await firefox.page.evaluate(() => crossOriginIsolated)).toBe(true)
  await scoreFile(firefox.page, await giveFile(firefox.page, path))
  await appears(firefox.page, 'came out right')
  const text = await firefox.downloaded(() => press(firefox?.page as Firefox['page'], 'Download CSV'))
  expectScores(shippedModel('credit-default'), lines.join('\n'), text)
  expect(firefox.said).toEqual([])
  expect(firefox.probes.join()).toContain("connect-src 'none'")

  await open(page, server.url, 'credit-default')
  expect((await scoreThrough(page, path)).text).toBe(text)
})

test('Firefox without WebAssembly: the key is locked and unlocked, and what is said of the device is true', async ({
  server,
  file,
}) => {
  const lines = readFileSync(sample('credit'), 'utf8').trimEnd().split('\n').slice(0, 11)
  const path = await file('credit.csv', `${lines.join('\n')}\n`)
  firefox = await openFirefox({ 'javascript.options.wasm': false })
  const { page } = firefox
  await page.goto(addressOf(server.url, { model: 'credit-default' }))
  await giveFile(page, path)
  await page.locator('header button').click()
  await press(page, 'Remember on this device')
  await appears(page, 'has no WebAssembly')
  await typePassphrase(page, 2)
  await appears(page, 'remembered, sealed under your passphrase')
  await press(page, 'Lock')
  await typePassphrase(page, 1)
  await page.waitForFunction(() => document.querySelector('dialog[open]') === null)
  expect(await page.$('[role=alert]')).toBeNull()
  expect(firefox.said).toEqual([])
})

test('Firefox without relaxed SIMD: the kernel serves by plain SIMD, and the scores are right', async ({
  server,
  file,
}) => {
  const lines = readFileSync(sample('credit'), 'utf8').trimEnd().split('\n').slice(0, 101)
  const path = await file('credit.csv', `${lines.join('\n')}\n`)
  firefox = await openFirefox({ 'javascript.options.wasm_relaxed_simd': false })
  const { page } = firefox
  await page.goto(addressOf(server.url, { model: 'credit-default' }))
  await scoreFile(page, await giveFile(page, path))
  await press(page, 'How it computes')
  await appears(page, 'WebAssembly with plain SIMD')
  const text = await firefox.downloaded(() => press(page, 'Download CSV'))
  expectScores(shippedModel('credit-default'), lines.join('\n'), text)
})

test('Firefox opens the page with its server in it from a host without headers, and its workers are without network', async ({
  file,
}) => {
  const lines = readFileSync(sample('credit'), 'utf8').trimEnd().split('\n').slice(0, 101)
  const path = await file('credit.csv', `${lines.join('\n')}\n`)
  const host = await staticHost(fileURLToPath(new URL('dist/demo', root)), '/some/folder/')
  try {
    firefox = await openFirefox()
    const { page } = firefox
    await page.goto(`${host.url}#model=credit-default`)
    await scoreFile(page, await giveFile(page, path))
    const text = await firefox.downloaded(() => press(page, 'Download CSV'))
    expectScores(shippedModel('credit-default'), lines.join('\n'), text)
    expect(firefox.said).toEqual([])
    expect(firefox.probes.join()).toContain("connect-src 'none'")
    await page.locator('header button').click()
    await appears(page, 'This browser refuses this key’s workers the network')
  } finally {
    await host.close()
  }
})

test('Firefox opens the demo in one file from a disk: its workers start there, and prove that they have no network', async () => {
  firefox = await openFirefox()
  await firefox.page.goto(`file://${fileURLToPath(new URL('dist/blindscore.html', root))}#model=salary&sample=salary`)
  // The driver sees nothing of a page from a disk but what it says: a server, its threads, a reader, a vault and sealers.
  await expect.poll(() => firefox?.probes.length, { timeout: 120_000 }).toBeGreaterThanOrEqual(5)
  expect(new Set(firefox.probes.map((each) => each.includes("connect-src 'none'")))).toEqual(new Set([true]))
  expect(firefox.said).toEqual([])
})

async function typePassphrase(page: Firefox['page'], times: number): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelectorAll('input[type=password]').length === wanted, {}, times)
  const fields = await page.$$('input[type=password]')
  expect(fields).toHaveLength(times)
  for (const field of fields) await field.type('Wolkenkuckucksheim im Zahnrad')
  await page.keyboard.press('Enter')
}
