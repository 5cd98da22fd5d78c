import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Page } from 'playwright'
import { dropFile } from './dropFile.ts'
import { Film } from './film.ts'
import {
  addressOf,
  chooseKeySize,
  download,
  type Figures,
  type LeftOut,
  matchColumn,
  prepareRun,
  score,
} from './journey.ts'
import { launchBrowser } from './setting.ts'

/** The page of a scoring server, driven from a dropped file to a downloaded one. */

export interface DriveOptions {
  /** The server that serves the page. */
  readonly server: string | URL
  readonly model: string
  /** The records to score, and where the scored rows go. */
  readonly csv: string
  readonly out: string
  /** By feature, the column of the file that feeds it, where its name does not say so. */
  readonly columns?: Readonly<Record<string, string>>
  /** Bits of the key that the page makes. */
  readonly keySize?: number
  /** The page has its scoring server in it, and sends nothing that could be seen from here. */
  readonly inPage?: boolean
  /** A file for a film of the page (WebM). */
  readonly film?: string
  /** In the page's dark colours. */
  readonly dark?: boolean
  /** Shows the browser. */
  readonly headed?: boolean
}

/** What a run passes through, for whoever wants to hear of it. */
export interface DriveEvents {
  readonly onModel?: (page: Page) => Promise<void> | void
  readonly onComma?: () => void
  readonly onLeftOut?: (rows: LeftOut) => void
  /** Everything is ready; `button` is what the button says that starts the run. */
  readonly onReady?: (page: Page, button: string) => Promise<void> | void
  /** The run goes on; awaited before the scores are. */
  readonly onRun?: (page: Page) => Promise<void> | void
  readonly onProgress?: (percent: number) => void
  readonly onScores?: (page: Page) => Promise<void> | void
}

export { type Figures, type LeftOut, PageError } from './journey.ts'

/**
 * Opens the page in a Chromium of its own, drops the file, starts the run, and saves the scores. Rejects with a
 * {@link PageError} when the page shows an error, in its words, and when the tab crashes.
 */
export async function scoreWithPage(options: DriveOptions, events: DriveEvents = {}): Promise<Figures> {
  await mkdir(dirname(resolve(options.out)), { recursive: true })
  const browser = await launchBrowser({ headed: options.headed ?? false })
  try {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 1000 },
      locale: 'en-US',
      colorScheme: options.dark ? 'dark' : 'light',
    })
    const page = await context.newPage()
    const film = options.film === undefined ? null : await Film.of(page)
    const figures = await Promise.race([crash(page), drive(page, options, events)])
    if (film && options.film !== undefined) await writeFile(resolve(options.film), await film.end())
    return figures
  } finally {
    await browser.close()
  }
}

async function drive(page: Page, options: DriveOptions, events: DriveEvents): Promise<Figures> {
  const { model, columns = {}, keySize } = options
  const scoredWith = new Set<string>()
  page.on('request', (request) => {
    const id = /\/v1\/models\/([^/]+)\/scores$/.exec(new URL(request.url()).pathname)?.[1]
    if (id !== undefined) scoredWith.add(decodeURIComponent(id))
  })
  await page.goto(addressOf(new URL(options.server).href, { model }))
  await page.getByRole('heading', { level: 1, name: 'Blindscore' }).waitFor()
  if (keySize !== undefined) await chooseKeySize(page, keySize)
  await events.onModel?.(page)

  await dropFile(page, resolve(options.csv))
  for (const [feature, column] of Object.entries(columns)) await matchColumn(page, feature, column)
  const button = await prepareRun(page, {
    ...(events.onComma && { comma: events.onComma }),
    ...(events.onLeftOut && { leftOut: events.onLeftOut }),
  })
  await events.onReady?.(page, (await button.textContent())?.trim() ?? '')

  const scoring = score(page, events.onProgress)
  scoring.catch(() => {})
  await events.onRun?.(page)
  const figures = await scoring
  await events.onScores?.(page)
  if (!options.inPage && !scoredWith.has(model)) throw new Error(`The page did not score with the model "${model}".`)
  await download(page, resolve(options.out))
  return figures
}

function crash(page: Page): Promise<never> {
  return new Promise((_, reject) => {
    page.on('crash', () => reject(new Error('The browser’s tab crashed.')))
    page.on('close', () => reject(new Error('The browser’s tab was closed.')))
  })
}
