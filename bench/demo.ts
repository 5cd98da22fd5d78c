import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright'
import { dropFile } from '../e2e/dropFile.ts'
import { addressOf, chooseKeySize, prepareRun, score } from '../e2e/journey.ts'
import { launchBrowser, startServer } from '../e2e/setting.ts'
import { staticHost } from '../e2e/staticHost.ts'
import { cpuSeconds } from './journeys/cpu.ts'
import { describeMachine, machineLine } from './machine.ts'
import { inRoot } from './root.ts'

const usage = `Usage: node dist/bench/demo.js [options]
  --first N        so many times from the address to the first score of the sample (default 3)
  --records N      one run of so many records, in the demo and with the Node server, as a ratio (default 0: none)
  --key-size BITS  for that run: 2048, 3072 (default) or 4096`

/** The page with both sides in it: how soon its first score is there, and its pace beside the Node server's. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      first: { type: 'string', default: '3' },
      records: { type: 'string', default: '0' },
      'key-size': { type: 'string', default: '3072' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return print(usage)
  const host = await staticHost(inRoot('dist/demo'))
  const browser = await launchBrowser()
  print(machineLine(describeMachine(browser.version())))
  await browser.close()
  try {
    for (let round = 0; round < Number(values.first); round++) print(await firstScore(host.url))
    if (Number(values.records) > 0) print(await pace(host.url, Number(values.records), Number(values['key-size'])))
  } finally {
    await host.close()
  }
}

/** What a visitor waits for who presses the button as soon as it may be pressed, in milliseconds from opening the address. */
interface Marks {
  drawn?: number
  ready?: number
  first?: number
  all?: number
}

async function firstScore(url: string): Promise<string> {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage({ locale: 'en-US' })
    await page.addInitScript(watch)
    await page.goto(url)
    const done = await page.waitForFunction(
      () => {
        const { marks } = globalThis as { marks?: Marks }
        return marks?.all !== undefined && marks.first !== undefined
      },
      null,
      { timeout: 300_000 },
    )
    await done.dispose()
    const spent = Object.values(await cpuSeconds(browser)).reduce((sum, each) => sum + each, 0)
    const marks = await page.evaluate(() => (globalThis as { marks?: Marks }).marks as Required<Marks>)
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
    return `from the address: drawn ${seconds(marks.drawn)}, to be pressed ${seconds(marks.ready)}, first score ${seconds(marks.first)}, all ${seconds(marks.all)}; the browser's processor time until then ${spent.toFixed(1)} s`
  } finally {
    await browser.close()
  }
}

/** For the page to run before its own script: presses the button, and notes when what was seen. */
function watch(): void {
  const marks: Marks = {}
  Object.assign(globalThis, { marks })
  const look = (): void => {
    const now = performance.now()
    if (document.querySelector('h1')) marks.drawn ??= now
    const button = [...document.querySelectorAll('button')].find((each) =>
      /^Score [\d,]+ records$/.test(each.textContent ?? ''),
    )
    if (marks.ready === undefined && button && !button.disabled) {
      marks.ready = now
      button.click()
    }
    const titles = [...document.querySelectorAll('h2')]
    const scores = titles.find((title) => title.textContent === 'Scores')?.closest('section')
    if (scores?.querySelector('tbody tr')) marks.first ??= now
    if (document.querySelector('[data-progress*="total"]')) marks.all ??= now
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })
}

/** The same file through the demo and through the page of a Node server, in turns. */
async function pace(demo: string, records: number, bits: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  const server = await startServer()
  try {
    const path = join(folder, 'records.csv')
    const [header, ...lines] = (await readFile(inRoot('public/samples/credit.csv'), 'utf8')).trimEnd().split('\n')
    const many = Array.from({ length: records }, (_, r) => lines[r % lines.length])
    await writeFile(path, `${[header, ...many].join('\n')}\n`)
    const inNode = await run(server.url, path, bits)
    const inPage = await run(demo, path, bits)
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
    return `${records} records, ${bits} bits: Node server ${seconds(inNode)}, demo ${seconds(inPage)}, ratio ${(inPage / inNode).toFixed(2)}`
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
}

/** Milliseconds from the click to all scores. */
async function run(url: string, path: string, bits: number): Promise<number> {
  const browser = await launchBrowser()
  try {
    const page: Page = await browser.newPage({ locale: 'en-US' })
    await page.goto(addressOf(url, { model: 'credit-default' }))
    await chooseKeySize(page, bits)
    await dropFile(page, path)
    await prepareRun(page)
    return (await score(page)).elapsed
  } finally {
    await browser.close()
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${(thrown as Error).stack}\n`)
  process.exit(1)
})
