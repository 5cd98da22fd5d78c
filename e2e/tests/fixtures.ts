import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, chooseKeySize, download, type Figures, names, prepareRun, score } from '../journey.ts'
import { type RunningServer, root, startServer } from '../setting.ts'
import { putForward } from './ahead.ts'
import { Wire } from './wire.ts'

/** What the browser tests share: one server, a folder for files, and the page driven as in the demo. */

interface Own {
  /** Writes a file to drop and returns its path. */
  readonly file: (name: string, content: string | Uint8Array) => Promise<string>
  /** Everything between browser and server, which the page is opened through. */
  readonly wire: Wire
}

interface Shared {
  readonly server: RunningServer
}

export const test = base.extend<Own, Shared>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are needed from this pattern.
    async ({}, use) => {
      const server = await startServer({ limits: { keysPerHour: 100_000 } })
      await use(server)
      await server.close()
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  file: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
    await use(async (name, content) => {
      const path = join(folder, name)
      await writeFile(path, content)
      return path
    })
    await rm(folder, { recursive: true })
  },
  wire: async ({ server }, use) => {
    const wire = await Wire.to(server.url)
    await use(wire)
    await wire.close()
  },
})

export { expect }

export const sample = (name: string): string => new URL(`public/samples/${name}.csv`, root).pathname

/** Opens the page on a model, with a small key: its size matters to few tests. */
export async function open(page: Page, url: string, model: string, keySize: number | null = 2048): Promise<void> {
  await page.goto(addressOf(url, { model }))
  if (keySize !== null) await chooseKeySize(page, keySize)
}

/** From a dropped file to the text of the downloaded one. */
export async function scoreThrough(page: Page, path: string): Promise<{ text: string; progress: Figures }> {
  await dropFile(page, path)
  await prepareRun(page)
  const progress = await score(page)
  return { text: await downloaded(page), progress }
}

/** The text of what a button downloads. */
export async function downloaded(page: Page, button: string | RegExp = 'Download CSV', exact = false): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  try {
    const path = join(folder, 'download.csv')
    await download(page, path, button, exact)
    return await readFile(path, 'utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const scoreButton = (page: Page) => page.getByRole('button', { name: names.score })
/** Scores what was scored before: the page asks, since the scores would be the same. */
export async function scoreAgain(page: Page): Promise<void> {
  await scoreButton(page).click()
  await page.getByRole('button', { name: 'Score them again' }).click()
}
export const scores = (page: Page) => page.getByRole('region', { name: 'Scores' })
export const alert = (page: Page) => page.locator('[role="alert"][data-code]')

/** Waits for an error on the page and checks its code. */
export async function expectAlert(page: Page, code: string, timeout?: number): Promise<void> {
  await expect(alert(page).first()).toHaveAttribute('data-code', code, timeout === undefined ? {} : { timeout })
}

/** How long a run may take to its end where the machine has other things to do, in milliseconds. */
const runTime = 120_000

/** All scores of a run, once it is at its end. */
export async function expectScored(page: Page): Promise<void> {
  await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: runTime })
}

/** An error at the end of a run, and nothing that could be taken for a score. */
export async function expectWithheld(page: Page, code: RegExp): Promise<void> {
  await expect(alert(page).first()).toHaveAttribute('data-code', code, { timeout: runTime })
  await expect(scores(page)).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Download CSV' })).toHaveCount(0)
}

/**
 * Starts a run that the device keeps, and closes its tab. The chunk of this number and those after it do not reach the server, and
 * once one before it is answered nothing does, so that the run cannot end before its tab does; afterwards the server is there again.
 */
export async function closeInMidRun(page: Page, wire: Wire, chunks: number): Promise<void> {
  wire.stopAt(chunks)
  await scoreButton(page).click()
  await expect(page.getByRole('region', { name: 'Run', exact: true })).toContainText('Kept on this device')
  const bar = page.getByRole('progressbar', { name: 'Scoring' })
  await expect(bar).toHaveAttribute('aria-valuenow', /[1-9]/, { timeout: runTime })
  wire.cut()
  await expectGivenUp(page, 'run/offline')
  await page.close()
  wire.mend()
}

/**
 * The error with which a run pauses after five tries, between which 7.5 s pass by the page's clock. The first try was made: by the clock
 * a worker has 30 s to start, and an answer as long to go on.
 */
export async function expectGivenUp(page: Page, code: string): Promise<void> {
  await putForward(page, 2, () => expectAlert(page, code, 500))
}
