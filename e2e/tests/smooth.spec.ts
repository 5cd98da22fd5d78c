import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun } from '../journey.ts'
import { expect, open, sample, scoreButton, test } from './fixtures.ts'
import { mainTasks } from './mainThread.ts'

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
  expect(tasks.filter(({ milliseconds }) => milliseconds > longest)).toEqual([])
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
