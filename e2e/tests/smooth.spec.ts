import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun } from '../journey.ts'
import { startServer } from '../setting.ts'
import { expect, open, sample, scoreButton, test } from './fixtures.ts'
import { mainTasks } from './mainThread.ts'
import { narrow } from './narrow.ts'

/** The page stays smooth: what its main thread is given to do comes in small tasks. */

/** Milliseconds that a task may take, beyond which a person feels it. */
const longest = 50

test('a long task is seen where there is one', async ({ browser, page, server }) => {
  await page.goto(server.url)
  const tasks = await mainTasks(browser, page, () =>
    page.evaluate(() => {
      const end = performance.now() + 400
      while (performance.now() < end);
    }),
  )
  expect(tasks[0]?.milliseconds).toBeGreaterThan(longest)
})

test('no task of the main thread is long, from the press to the scores', async ({ browser, page, server, file }) => {
  const rows = readFileSync(sample('doctor-visits'), 'utf8').split('\n').slice(0, 6001)
  await open(page, server.url, 'doctor-visits')
  await dropFile(page, await file('visits.csv', rows.join('\n')))
  await prepareRun(page)
  const tasks = await mainTasks(browser, page, () => scoreQuietly(page))
  expect(tasks.length).toBeGreaterThan(100)
  // How long they take depends on the machine and on what else it does, so that is looked at where it is quiet.
  test.skip((process.env.SLOW ?? '') === '', 'looks at times; SLOW=1 runs it')
  expect(tasks.filter(({ milliseconds }) => milliseconds > longest)).toEqual([])
})

test('a table of 100,000 scores scrolls and sorts in small tasks', async ({ browser, page, file }) => {
  test.skip((process.env.SLOW ?? '') === '', 'takes minutes; SLOW=1 runs it')
  test.setTimeout(15 * 60_000)
  const rows = Array.from({ length: 100_000 }, (_, i) => `C-${i},${(i * 7919) % 101}`)
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  await writeFile(join(folder, 'm.json'), JSON.stringify(narrow))
  const server = await startServer({ models: folder })
  try {
    await open(page, server.url, 'narrow')
    await dropFile(page, await file('long.csv', ['customer,mdvis', ...rows].join('\n')))
    await prepareRun(page)
    await scoreQuietly(page)
    const tasks = await mainTasks(browser, page, () =>
      page.evaluate(async () => {
        const rest = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
        const table = document.querySelector('table[aria-label="Scores"]')
        const scroller = table?.parentElement
        for (let step = 1; step <= 40; step++) {
          scroller?.scrollTo({ top: (step / 40) * scroller.scrollHeight })
          await rest(30)
        }
        const sort = [...(table?.querySelectorAll('th button') ?? [])].at(-1) as HTMLElement
        for (let press = 0; press < 3; press++) {
          sort.click()
          await rest(300)
        }
        scroller?.scrollTo({ top: 0 })
        await rest(300)
      }),
    )
    expect(tasks.filter(({ milliseconds }) => milliseconds > longest)).toEqual([])
    // Sorted by score, downwards, upwards and downwards again: the largest stands on top.
    await expect(page.getByRole('table', { name: 'Scores' }).getByRole('row').nth(1)).toContainText(/C-\d+125\.500000$/)
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
})

/**
 * Presses the button and waits for the scores to be drawn, from inside the page: a driver that looks for elements by their
 * names keeps the main thread busier than a run does.
 */
async function scoreQuietly(page: Page): Promise<void> {
  const button = await scoreButton(page).elementHandle()
  await page.evaluate(
    (node) =>
      new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          // The last thing to be drawn of a run.
          if (!document.querySelector('input[aria-label="Threshold"]')) return
          observer.disconnect()
          resolve()
        })
        observer.observe(document.body, { childList: true, subtree: true })
        ;(node as HTMLElement).click()
      }),
    button,
  )
}
