import { readFile } from 'node:fs/promises'
import Papa from 'papaparse'
import { dropFile } from '../../e2e/dropFile.ts'
import { addressOf, chooseKeySize, download, type Figures, prepareRun, score } from '../../e2e/journey.ts'
import { launchBrowser } from '../../e2e/setting.ts'
import { plainPredictor } from '../ckks/records.ts'
import type { Material } from '../material.ts'
import type { WholeJourney } from '../options.ts'
import { type CpuSeconds, cpuSeconds, spent } from './cpu.ts'
import type { RecordsFile } from './csv.ts'
import type { ServerProcess } from './server.ts'
import { throttle } from './throttle.ts'

export interface ProductJourney {
  readonly figures: Figures
  /** Milliseconds that the server's threads computed, where the server counts them; and its processor time. */
  readonly serverCompute: number | null
  readonly serverCpu: number
  /** Processor seconds of the browser's processes. */
  readonly browserCpu: CpuSeconds
  /** Largest error of a linear predictor over all records, as saved by the page. */
  readonly error: number
}

export interface Setting {
  readonly scheme: WholeJourney['scheme']
  readonly server: ServerProcess
  readonly material: Material
  /** Bits per second; null for none. */
  readonly uplink: number | null
  /** Seconds between a file that is ready and the click, as of a person who looks at it. */
  readonly look: number
}

const computeSeconds = 'blindscore_compute_seconds_total'
const processSeconds = 'process_cpu_seconds_total'

/** Drives the real page in a browser of its own: drop, wait for the key, look, click, wait for the scores. */
export async function productJourney(file: RecordsFile, setting: Setting): Promise<ProductJourney> {
  const { scheme, server, material, uplink, look } = setting
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage({ locale: 'en-US' })
    await page.addInitScript(`localStorage.setItem('blindscore scheme', '${scheme}')`)
    await page.goto(addressOf(server.url, { model: material.model }))
    if (scheme === 'paillier') await chooseKeySize(page, material.keyBits)
    await dropFile(page, file.path)
    await prepareRun(page)
    // The other scheme's key is made for the run, after the click.
    if (scheme === 'paillier') await page.locator('[data-fingerprint]').waitFor({ timeout: 60_000 })
    await throttle(page, uplink)
    await page.waitForTimeout(1000 * look)
    const [before, browserBefore] = [await server.metrics(), await cpuSeconds(browser)]
    const figures = await score(page)
    const [after, browserAfter] = [await server.metrics(), await cpuSeconds(browser)]
    const saved = `${file.path}.scores.csv`
    await download(page, saved)
    if (figures.total !== file.records) throw new Error(`The page scored ${figures.total} of ${file.records} records.`)
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0)
    return {
      figures,
      serverCompute: after.has(computeSeconds) ? 1000 * grown(computeSeconds) : null,
      serverCpu: 1000 * grown(processSeconds),
      browserCpu: spent(browserBefore, browserAfter),
      error: largestError(await readFile(saved, 'utf8'), material, file.records),
    }
  } finally {
    await browser.close()
  }
}

/** Over a saved file's linear predictors; infinite when there are not as many as records. */
function largestError(text: string, material: Material, records: number): number {
  const { data } = Papa.parse<{ linear_predictor: string }>(text, { header: true, skipEmptyLines: true })
  if (data.length !== records) return Number.POSITIVE_INFINITY
  return data.reduce(
    (most, row, r) => Math.max(most, Math.abs(Number(row.linear_predictor) - plainPredictor(material, r))),
    0,
  )
}
