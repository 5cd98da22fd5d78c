import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import Papa from 'papaparse'
import { addressOf, type Figures } from '../../e2e/journey.ts'
import { launchBrowser } from '../../e2e/setting.ts'
import { plainPredictor } from '../ckks/records.ts'
import type { Material } from '../material.ts'
import type { WholeJourney } from '../options.ts'
import { type CpuSeconds, cpuSeconds, spent } from './cpu.ts'
import { type RecordsFile, writeRecords } from './csv.ts'
import { dropOn, openPlainPage } from './plainPage.ts'
import { type ServerProcess, spawnServer } from './server.ts'

/** The whole of what a person waits for: from the file that is dropped on the real page to its scores on it. */

export interface DroppedJourney {
  readonly scheme: 'paillier' | 'lattice'
  readonly records: number
  /** Milliseconds from the drop to rows that may be scored, from there to the scores, and of both. */
  readonly checked: number
  readonly scored: number
  readonly elapsed: number
  readonly figures: Figures
  /** Processor time of the server in milliseconds, and of the browser's processes in seconds by kind. */
  readonly serverCpu: number
  readonly browserCpu: CpuSeconds
  /** Records whose linear predictor is not the plaintext model's. */
  readonly wrong: number
}

interface Times {
  readonly dropped: number
  readonly ready: number
  readonly scored: number
}

/** The page notes the times itself, and presses its own button as soon as it may be: nobody looks, nothing is polled. */
const watch = (scheme: string): string => `
  localStorage.setItem('blindscore scheme', '${scheme}')
  const times = (globalThis.journeyTimes = {})
  addEventListener('drop', () => { times.dropped ??= performance.now() }, { capture: true })
  const look = () => {
    if (times.dropped === undefined || times.scored !== undefined) return
    if (times.ready === undefined) {
      const button = [...document.querySelectorAll('button')].find((each) => /^Score [\\d,]+ records?$/.test(each.textContent))
      if (!button || button.disabled) return
      times.ready = performance.now()
      button.click()
    } else if (document.querySelector('[data-progress*="total"]')) {
      times.scored = NaN
      // Once they are drawn.
      requestAnimationFrame(() => setTimeout(() => { times.scored = performance.now() }))
    }
  }
  addEventListener('DOMContentLoaded', () =>
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true }))
`

const usual: readonly WholeJourney[] = [
  { records: 4_039, scheme: 'lattice' },
  { records: 100_000, scheme: 'lattice' },
  { records: 1_000_000, scheme: 'lattice' },
  { records: 4_039, scheme: 'paillier' },
  { records: 100_000, scheme: 'paillier' },
]
const quickly = usual.filter(({ records }) => records < 10_000)

/** The journeys that are asked for, or the usual ones, each with a server and a browser of its own. */
export async function droppedJourneys(
  material: Material,
  wanted: readonly WholeJourney[],
  quick: boolean,
  tell: (line: string) => void,
): Promise<{ journeys: DroppedJourney[]; wrong: string[] }> {
  const journeys: DroppedJourney[] = []
  for (const { records, scheme } of wanted.length > 0 ? wanted : quick ? quickly : usual) {
    tell(`${records.toLocaleString('en-US')} records, ${scheme}`)
    const file = await writeRecords(records)
    const server = await spawnServer()
    try {
      journeys.push(await droppedJourney(file, { server, material, scheme }))
    } finally {
      await server.close()
      await file.remove()
    }
  }
  const wrong = journeys.filter((each) => each.wrong > 0)
  return { journeys, wrong: wrong.map((each) => `${each.records} records, ${each.scheme}: ${each.wrong} wrong scores`) }
}

export async function droppedJourney(
  file: RecordsFile,
  setting: { readonly server: ServerProcess; readonly material: Material; readonly scheme: 'paillier' | 'lattice' },
): Promise<DroppedJourney> {
  const { server, material, scheme } = setting
  const { model } = material
  const browser = await launchBrowser()
  try {
    const page = await openPlainPage(browser, addressOf(server.url, { model }), watch(scheme))
    await page.until(`document.querySelector('[data-card-hash], h2') && document.querySelector('select')`, 60_000)
    const [before, browserBefore] = [await server.metrics(), await cpuSeconds(browser)]
    await dropOn(page, file.path)
    await page.until('journeyTimes.scored > 0', 3_600_000)
    const [after, browserAfter] = [await server.metrics(), await cpuSeconds(browser)]
    const times = await page.evaluate<Times>('journeyTimes')
    const figures = JSON.parse(
      await page.evaluate<string>(`document.querySelector('[data-progress*="total"]').dataset.progress`),
    ) as Figures
    if (figures.total !== file.records) throw new Error(`The page scored ${figures.total} of ${file.records} records.`)
    const saved = await readFile(await page.download('Download CSV', dirname(file.path)), 'utf8')
    const cpu = 'process_cpu_seconds_total'
    return {
      scheme,
      records: file.records,
      checked: times.ready - times.dropped,
      scored: times.scored - times.ready,
      elapsed: times.scored - times.dropped,
      figures,
      serverCpu: 1000 * ((after.get(cpu) ?? 0) - (before.get(cpu) ?? 0)),
      browserCpu: spent(browserBefore, browserAfter),
      wrong: wrongScores(saved, material, file.records),
    }
  } finally {
    await browser.close()
  }
}

/** Of a saved file: as many as there are records where it does not even have as many rows. */
function wrongScores(text: string, material: Material, records: number): number {
  const { data } = Papa.parse<{ linear_predictor: string }>(text, { header: true, skipEmptyLines: true })
  if (data.length !== records) return records
  const isWrong = (score: string, r: number): boolean =>
    !(Math.abs(Number(score) - plainPredictor(material, r)) <= material.tolerance)
  return data.filter(({ linear_predictor }, r) => isWrong(linear_predictor, r)).length
}
