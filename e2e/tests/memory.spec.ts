import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dropFile } from '../dropFile.ts'
import { prepareRun } from '../journey.ts'
import { launchBrowser, startServer } from '../setting.ts'
import { downloaded, expect, open, sample, scoreButton, scores, test } from './fixtures.ts'
import { narrow } from './narrow.ts'
import { plainRows } from './plainModel.ts'

/** 100,000 rows and 100 MB in bounded memory. Takes minutes: run with SLOW=1. */

const MiB = 2 ** 20
const noteCharacters = 1000

test('nothing in the tab grows with the file', async ({ file }) => {
  test.skip((process.env.SLOW ?? '') === '', 'takes minutes; SLOW=1 runs it')
  test.setTimeout(30 * 60_000)
  const { header, rows } = plainRows(await readFile(sample('doctor-visits'), 'utf8'))
  const note = 'n'.repeat(noteCharacters)
  const lines = Array.from({ length: 5 }, () => rows.map((row) => `${row.join(',')},${note}`)).flat()
  const path = await file('long.csv', [`${header.join(',')},note`, ...lines].join('\n'))
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  await writeFile(join(folder, 'm.json'), JSON.stringify(narrow))
  const server = await startServer({ models: folder })
  // Measures at once, instead of at the next convenient collection.
  const browser = await launchBrowser({ switches: ['--enable-blink-features=ForceEagerMeasureMemory'] })
  try {
    const page = await browser.newPage({ locale: 'en-US' })
    /** Bytes of the page and all of its workers together. */
    const memory = () =>
      page.evaluate(async () => {
        const measure = performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
        return (await measure.measureUserAgentSpecificMemory()).bytes
      })
    const percent = async () =>
      Number(await page.getByRole('progressbar', { name: 'Scoring' }).getAttribute('aria-valuenow'))
    await open(page, server.url, 'narrow')
    await dropFile(page, path)
    await prepareRun(page)
    await scoreButton(page).click()
    await expect.poll(percent, { timeout: 600_000 }).toBeGreaterThan(10)
    const early = await memory()
    await expect.poll(percent, { timeout: 1_200_000 }).toBeGreaterThan(80)
    const late = await memory()
    await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: 600_000 })
    const after = await memory()
    const inMiB = [early, late, after].map((bytes) => (bytes / MiB).toFixed(1))
    console.log(`${lines.length} rows: ${inMiB.join(', ')} MiB at a tenth, at four fifths and at the end`)
    // Between the two some seventy megabytes of the file went through.
    expect(late - early).toBeLessThan(24 * MiB)
    expect(late).toBeLessThan(160 * MiB)
    expect(plainRows(await downloaded(page)).rows).toHaveLength(lines.length)
  } finally {
    await browser.close()
    await server.close()
    await rm(folder, { recursive: true })
  }
})
