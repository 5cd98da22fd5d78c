import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright'
import { type Figures, PageError, scoreWithPage } from '../e2e/drive.ts'
import { startServer } from '../e2e/setting.ts'
import { staticHost } from '../e2e/staticHost.ts'
import { type Command, fromThere } from './command.ts'
import { type DemoOptions, parseDemoOptions, usage } from './demoOptions.ts'

/** `blindscore demo`: drives the real page in a browser from a dropped file to a downloaded one, and says what happened. */
export const demo: Command = {
  usage,
  async run(argv) {
    const options = parseDemoOptions(argv, fromThere('.'))
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
  const own = options.server === undefined ? await open(options) : null
  try {
    await drive(options, options.server ?? own?.url ?? '')
  } finally {
    await own?.close()
  }
}

/** What is to be driven: a host of files, or a scoring server with its page. */
async function open({
  static: folder,
  models,
}: DemoOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  if (folder !== undefined) {
    if (!(await stat(join(folder, 'index.html')).catch(() => null))) throw new Error(`There is no page in ${folder}.`)
    return staticHost(folder)
  }
  const server = await startServer({ ...(models && { models }) })
  for (const sentence of server.refused) say(sentence)
  return server
}

async function drive(options: DemoOptions, server: string): Promise<void> {
  const picture = pictures(options.screenshots)
  const progress = progressLine()
  say(`Page    ${server}`)
  const figures = await scoreWithPage(
    { ...options, server, inPage: options.static !== undefined },
    {
      onModel: async (page) => {
        await picture(page, 'model')
        say(`Drop    ${options.csv}`)
      },
      onComma: () => say('Format  numbers are written with a decimal comma: confirmed'),
      onLeftOut: ({ sentence, reasons }) => say([`Check   ${sentence}:`, ...reasons].join('\n          ')),
      onReady: async (page, button) => {
        await picture(page, 'check')
        say(`Run     ${button}`)
      },
      onRun: async (page) => {
        if (options.screenshots === undefined) return
        const bar = page.getByRole('progressbar', { name: 'Scoring' })
        await bar.waitFor().catch(() => {})
        await picture(page, 'run')
      },
      onProgress: progress.show,
      onScores: async (page) => {
        await picture(page, 'scores')
        if (options.picture !== undefined) await webPicture(page, options.picture)
      },
    },
  ).finally(progress.end)
  report(figures, options.static === undefined ? await inputsOf(server, options.model) : null)
  say(`Saved   ${options.out}`)
}

/** `inputs` are the model's, where somebody can be asked for them. */
function report(figures: Figures, inputs: number | null): void {
  const { work, total, bytesUp, bytesDown, ciphertexts, precomputed, elapsed } = figures
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  const count = (value: number) => value.toLocaleString('en-US')
  say(`Rows    ${count(total)} scored in ${seconds(elapsed)}`)
  say(
    `Work    read ${seconds(work.read)}, seal ${seconds(work.seal)}, residues ahead ${seconds(work.ahead)}, send and score ${seconds(work.send)}, open ${seconds(work.open)} (added up over what ran side by side)`,
  )
  const perValue = inputs === null ? '' : `, ${(bytesUp / (total * inputs)).toFixed(2)} up per value`
  say(`Bytes   ${count(bytesUp)} up, ${count(bytesDown)} down${perValue}`)
  say(`Sealed  ${count(ciphertexts)} ciphertexts, ${count(precomputed)} with a residue made ahead`)
}

/** The encoded columns of a model: what a record's values are. */
async function inputsOf(server: string, model: string): Promise<number> {
  const response = await fetch(new URL(`v1/models/${encodeURIComponent(model)}`, server))
  const { inputs } = (await response.json()) as { inputs: unknown[] }
  return inputs.length
}

/** Keeps pictures of the steps, numbered, where a folder is given. */
function pictures(folder: string | undefined): (page: Page, step: string) => Promise<void> {
  let number = 0
  return async (page, step) => {
    if (folder === undefined) return
    await mkdir(folder, { recursive: true })
    number += 1
    // The header and the server's side stay in sight while the page is scrolled, and would lie across its middle.
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
    await page.screenshot({ path: join(folder, `${number}-${step}.png`), fullPage: true })
  }
}

/** The window as it stands, in a format for the web, by the browser itself. */
async function webPicture(page: Page, file: string): Promise<void> {
  const scores = page.getByRole('region', { name: 'Scores' })
  await scores.evaluate((region) => region.scrollIntoView({ behavior: 'instant', block: 'start' }))
  // The last frame of what moves.
  await page.waitForTimeout(500)
  const devtools = await page.context().newCDPSession(page)
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 80 })
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, Buffer.from(data, 'base64'))
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

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
