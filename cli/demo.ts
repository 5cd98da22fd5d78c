import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright'
import { dropFile } from '../e2e/dropFile.ts'
import {
  addressOf,
  chooseKeySize,
  download,
  type Figures,
  type LeftOut,
  PageError,
  prepareRun,
  score,
} from '../e2e/journey.ts'
import { launchBrowser, startServer } from '../e2e/setting.ts'
import type { Command } from './command.ts'
import { type DemoOptions, parseDemoOptions, usage } from './demoOptions.ts'

/** `blindscore demo`: drives the real page in a browser from a dropped file to a downloaded one, and says what happened. */
export const demo: Command = {
  usage,
  async run(argv) {
    // npm starts scripts in the package's folder; paths are meant from where the person stands.
    const options = parseDemoOptions(argv, process.env.INIT_CWD ?? process.cwd())
    try {
      await runDemo(options)
      return 0
    } catch (thrown) {
      const words =
        thrown instanceof PageError
          ? `The page says (${thrown.code}): ${thrown.message}`
          : `demo: ${(thrown as Error).message}`
      process.stderr.write(`${words}\n`)
      return 1
    }
  },
}

async function runDemo(options: DemoOptions): Promise<void> {
  if (!(await stat(options.csv).catch(() => null))?.isFile()) throw new Error(`There is no file ${options.csv}.`)
  await mkdir(dirname(options.out), { recursive: true })

  const own =
    options.server === undefined ? await startServer({ ...(options.models && { models: options.models }) }) : null
  try {
    const browser = await launchBrowser({ headed: options.headed })
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, locale: 'en-US' })
      await Promise.race([crash(page), drive(page, options.server ?? own?.url ?? '', options)])
    } finally {
      await browser.close()
    }
  } finally {
    await own?.close()
  }
}

async function drive(page: Page, server: string, options: DemoOptions): Promise<void> {
  const picture = pictures(page, options.screenshots)
  const scoredWith = new Set<string>()
  page.on('request', (request) => {
    const model = /\/v1\/models\/([^/]+)\/scores$/.exec(new URL(request.url()).pathname)?.[1]
    if (model !== undefined) scoredWith.add(decodeURIComponent(model))
  })

  say(`Page    ${server}`)
  await page.goto(addressOf(server, { model: options.model }))
  await page.getByRole('heading', { level: 1, name: 'Blindscore' }).waitFor()
  if (options.keySize !== undefined) await chooseKeySize(page, options.keySize)
  await picture('model')

  say(`Drop    ${options.csv}`)
  await dropFile(page, options.csv)
  const button = await prepareRun(page, {
    comma: () => say('Format  numbers are written with a decimal comma: confirmed'),
    leftOut: ({ sentence, reasons }: LeftOut) => say([`Check   ${sentence}:`, ...reasons].join('\n          ')),
  })
  await picture('check')

  say(`Run     ${(await button.textContent())?.trim()}`)
  const progress = progressLine()
  const scoring = score(page, progress.show)
  if (options.screenshots !== undefined) {
    await page
      .getByRole('progressbar', { name: 'Scoring' })
      .waitFor()
      .catch(() => {})
    await picture('run')
  }
  const figures = await scoring.finally(progress.end)
  await picture('scores')
  if (!scoredWith.has(options.model)) throw new Error(`The page did not score with the model "${options.model}".`)

  await download(page, options.out)
  report(figures, await inputsOf(server, options.model))
  say(`Saved   ${options.out}`)
}

function report(figures: Figures, inputs: number): void {
  const { work, total, bytesUp, bytesDown, ciphertexts, precomputed, elapsed } = figures
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  const count = (value: number) => value.toLocaleString('en-US')
  say(`Rows    ${count(total)} scored in ${seconds(elapsed)}`)
  say(
    `Work    read ${seconds(work.read)}, seal ${seconds(work.seal)}, residues ahead ${seconds(work.ahead)}, send and score ${seconds(work.send)}, open ${seconds(work.open)} (added up over what ran side by side)`,
  )
  say(`Bytes   ${count(bytesUp)} up, ${count(bytesDown)} down, ${(bytesUp / (total * inputs)).toFixed(2)} up per value`)
  say(`Sealed  ${count(ciphertexts)} ciphertexts, ${count(precomputed)} with a residue made ahead`)
}

/** The encoded columns of a model: what a record's values are. */
async function inputsOf(server: string, model: string): Promise<number> {
  const response = await fetch(new URL(`v1/models/${encodeURIComponent(model)}`, server))
  const { inputs } = (await response.json()) as { inputs: unknown[] }
  return inputs.length
}

/** Keeps pictures of the steps, numbered, where a folder is given. */
function pictures(page: Page, folder: string | undefined): (step: string) => Promise<void> {
  let number = 0
  return async (step) => {
    if (folder === undefined) return
    await mkdir(folder, { recursive: true })
    number += 1
    // The header and the server's side stay in sight while the page is scrolled, and would lie across its middle.
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
    await page.screenshot({ path: join(folder, `${number}-${step}.png`), fullPage: true })
  }
}

/** Progress on one line of a terminal; in a log, a line at every quarter. */
function progressLine(): { show: (percent: number) => void; end: () => void } {
  let told = 0
  let open = false
  return {
    show(percent) {
      if (process.stdout.isTTY) {
        process.stdout.write(`\r        ${percent.toFixed(0)} %  `)
        open = true
      } else if (percent >= told + 25) {
        told = Math.floor(percent / 25) * 25
        say(`        ${told} %`)
      }
    },
    end() {
      if (open) process.stdout.write('\r          \r')
      open = false
    },
  }
}

function crash(page: Page): Promise<never> {
  return new Promise((_, reject) => {
    page.on('crash', () => reject(new Error('The browser’s tab crashed.')))
    page.on('close', () => reject(new Error('The browser’s tab was closed.')))
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
