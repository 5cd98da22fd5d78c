import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { findFirefox } from '../../tools/firefox.mjs'

/** A Firefox as it comes from its distribution, driven by WebDriver BiDi. */

/** Null where this machine has none. */
export const firefoxPath = findFirefox()

export interface Firefox {
  readonly page: Page
  /** What the page said on its console, or threw. */
  readonly said: string[]
  /** The policies by which it says that it refused the workers' probes (`platform/isolation.ts`), a line each. */
  readonly probes: string[]
  /** The text of the file that `begin` has the browser download. */
  downloaded(begin: () => Promise<void>): Promise<string>
  close(): Promise<void>
}

/** `settings` are of about:config. */
export async function openFirefox(
  settings: Readonly<Record<string, boolean | number | string>> = {},
): Promise<Firefox> {
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-firefox-'))
  const browser: Browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath ?? '',
    headless: true,
    extraPrefsFirefox: {
      'browser.download.dir': folder,
      'browser.download.folderList': 2,
      'browser.download.always_ask_before_handling_new_types': false,
      'browser.helperApps.neverAsk.saveToDisk': 'text/csv',
      ...settings,
    },
    timeout: 120_000,
    protocolTimeout: 300_000,
  })
  const page = await browser.newPage()
  await page.setViewport({ width: 1280, height: 900 })
  page.setDefaultTimeout(150_000)
  const said: string[] = []
  const probes: string[] = []
  const note = (text: string) => (text.includes(' at data:,probe ') ? probes : said).push(text)
  page.on('console', (message) => note(message.text()))
  page.on('pageerror', (error) => note(String(error)))
  return {
    page,
    said,
    probes,
    async downloaded(begin) {
      const before = new Set(await readdir(folder))
      await begin()
      for (;;) {
        // Firefox holds the name ("loans.scores.csv") with an empty file, and writes one of a name that it makes up ("464BX0KU.csv"),
        // or a part, which takes its place once it is whole.
        const name = (await readdir(folder)).find((each) => !before.has(each) && /\.scores\.csv$/.test(each))
        const text = name === undefined ? '' : await readFile(join(folder, name), 'utf8')
        if (text !== '') return text
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    async close() {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Presses the button with this name, or with one that begins so, once it is there and enabled. */
export async function press(page: Page, name: string): Promise<void> {
  await page.locator(`::-p-aria([role="button"][name="${name}"])`).click()
}

/** Waits for a text on the page. */
export async function appears(page: Page, text: string): Promise<void> {
  await page.waitForFunction((wanted) => document.body.textContent.includes(wanted), {}, text)
}

/** Has a file read by the page and waits until it may be scored. Resolves to the name of the button that does. */
export async function giveFile(page: Page, path: string): Promise<string> {
  const input = await page.waitForSelector('input[type=file]')
  await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(path)
  const name = await page.waitForFunction(() => {
    const buttons = [...document.querySelectorAll('button')]
    const score = buttons.find((button) => /^Score [\d,]+ records?$/.test(button.textContent ?? ''))
    return score && !score.disabled ? score.textContent : null
  })
  return (await name.jsonValue()) as string
}

/** Scores the file that was given. Resolves when the scores are there, and rejects with the page's alert otherwise. */
export async function scoreFile(page: Page, button: string): Promise<void> {
  await press(page, button)
  const end = await page.waitForFunction(() => {
    const alert = document.querySelector('[role=alert][data-code]')
    if (alert) return alert.textContent
    return document.querySelector('[data-progress]') ? 'scored' : null
  })
  const said = await end.jsonValue()
  if (said !== 'scored') throw new Error(`The page says: ${said}`)
}
