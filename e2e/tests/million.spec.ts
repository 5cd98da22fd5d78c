import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dropFile } from '../dropFile.ts'
import { startServer } from '../setting.ts'
import { expect, open, scoreButton, test } from './fixtures.ts'
import { mainTasks } from './mainThread.ts'
import { narrow } from './narrow.ts'

/** A million rows: a preview at once, progress that tells the truth, a page that stays smooth. Minutes; SLOW=1 runs it. */

const million = 1_000_000
/** Milliseconds that a task of the main thread may take. */
const longest = 50

test('a million rows', async ({ browser, page, file }) => {
  test.skip((process.env.SLOW ?? '') === '', 'takes minutes; SLOW=1 runs it')
  test.setTimeout(20 * 60_000)
  const note = 'n'.repeat(60)
  const rows = Array.from({ length: million }, (_, i) => `C-${i},${i % 101},${note}`)
  const path = await file('million.csv', ['customer,mdvis,note', ...rows].join('\n'))
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  await writeFile(join(folder, 'm.json'), JSON.stringify(narrow))
  const server = await startServer({ models: folder })
  try {
    await open(page, server.url, 'narrow')
    // What the page says of its check, noted as it says it.
    await page.evaluate(() => {
      const noted: { percent: number; text: string; preview: boolean }[] = []
      Object.assign(window, { noted })
      new MutationObserver(() => {
        const bar = document.querySelector('[role="progressbar"][aria-label="Checking"]')
        if (!bar) return
        noted.push({
          percent: Number(bar.getAttribute('aria-valuenow')),
          text: bar.getAttribute('aria-valuetext') ?? '',
          preview: document.querySelector('table[aria-label="First rows"] tbody tr') !== null,
        })
      }).observe(document.body, { subtree: true, childList: true, attributes: true })
    })
    const checking = await mainTasks(browser, page, async () => {
      await dropFile(page, path)
      await page.waitForFunction(
        () => [...document.querySelectorAll('button')].some(({ textContent }) => /^Score 1,000,000/.test(textContent)),
        null,
        { timeout: 10 * 60_000, polling: 1000 },
      )
    })
    expect(checking.filter(({ milliseconds }) => milliseconds > longest)).toEqual([])

    const noted = await page.evaluate(
      () => (window as unknown as { noted: { percent: number; text: string; preview: boolean }[] }).noted,
    )
    // The preview was there before the check had come anywhere.
    expect(noted[0]).toMatchObject({ percent: 0, preview: true })
    expect(new Set(noted.map(({ percent }) => percent)).size).toBeGreaterThan(20)
    const told = noted.map(({ percent, text }) => ({
      percent,
      rows: Number(/^([\d,]+) rows?/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN),
    }))
    told.forEach(({ percent, rows }, i) => {
      expect(rows).toBeGreaterThanOrEqual(told[i - 1]?.rows ?? 0)
      // Rows are all of about one length, so the part of the bytes is the part of the rows.
      expect(Math.abs(rows / million - percent / 100)).toBeLessThan(0.03)
    })

    const bar = page.getByRole('progressbar', { name: 'Scoring' })
    const percent = async () => Number(await bar.getAttribute('aria-valuenow'))
    const running = await mainTasks(browser, page, async () => {
      await scoreButton(page).evaluate((button) => (button as HTMLElement).click())
      await page.waitForFunction(
        () => Number(document.querySelector('[aria-label="Scoring"]')?.getAttribute('aria-valuenow') ?? 0) >= 3,
        null,
        { timeout: 10 * 60_000, polling: 1000 },
      )
    })
    expect(await percent()).toBeGreaterThanOrEqual(3)
    expect(running.filter(({ milliseconds }) => milliseconds > longest)).toEqual([])
    console.log('the longest tasks while checking and while running:', checking[0], running[0])
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByText(/^Cancelled/).first()).toBeVisible()
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
})
