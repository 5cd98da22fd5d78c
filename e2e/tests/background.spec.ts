import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun } from '../journey.ts'
import { downloaded, expect, open, sample, scoreButton, scores, test } from './fixtures.ts'
import { expectScores, shippedModel } from './plainModel.ts'

/** Runs that nobody looks at, and runs that are called off. */

async function ready(page: Page, url: string, model: string, name: string): Promise<void> {
  await open(page, url, model)
  await dropFile(page, sample(name))
  await prepareRun(page)
}

test('in a hidden tab a run goes on to its end, though no timer and no frame comes', async ({ page, server }) => {
  await ready(page, server.url, 'concrete-strength', 'concrete')
  await hide(page)
  await scoreButton(page).evaluate((button) => (button as HTMLElement).click())
  // Looked at with as little as can be: the title is what a person sees of a tab behind another one.
  await expect.poll(() => page.evaluate(() => document.title), { timeout: 120_000 }).toBe('Done · Blindscore')
  const drawn = () => page.evaluate(() => document.querySelector('input[aria-label="Threshold"]') !== null)
  await expect.poll(drawn).toBe(true)
  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden')
  await show(page)
  await expect(scores(page).getByRole('table', { name: 'Scores' })).toContainText('53.966185')
  expectScores(shippedModel('concrete-strength'), readFileSync(sample('concrete'), 'utf8'), await downloaded(page))
})

/** Makes the page think that its tab is hidden, more strictly than browsers do: they only slow its timers down. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    const own = { setTimeout, clearTimeout, requestAnimationFrame }
    const held = new Map<number, () => void>()
    let next = 1_000_000_000
    const hold = (call: () => void): number => {
      held.set(++next, call)
      return next
    }
    const state = (hidden: boolean): void => {
      Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true })
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }
    Object.assign(window, {
      setTimeout: (call: (...all: unknown[]) => void, _: number, ...all: unknown[]) => hold(() => call(...all)),
      requestAnimationFrame: (call: FrameRequestCallback) => hold(() => call(performance.now())),
      clearTimeout: (id: number) => void (held.delete(id) || own.clearTimeout.call(window, id)),
      showAgain: () => {
        Object.assign(window, own)
        state(false)
        for (const call of held.values()) call()
      },
    })
    state(true)
  })
}

async function show(page: Page): Promise<void> {
  await page.evaluate(() => (window as unknown as { showAgain(): void }).showAgain())
}

test('a cancelled run ends within a quarter of a second, and no record is sent after it', async ({ page, server }) => {
  await page.addInitScript(() => {
    const asked: number[] = []
    const own = window.fetch
    Object.assign(window, { asked })
    window.fetch = (...all) => {
      if (String(all[0]).endsWith('/scores')) asked.push(performance.now())
      return own(...all)
    }
  })
  await ready(page, server.url, 'doctor-visits', 'doctor-visits')
  // A busy machine may hold up one of them; the page would hold up all.
  const took: number[] = []
  for (let time = 0; time < 5; time++) {
    await scoreButton(page).click()
    await expect(page.getByRole('progressbar', { name: 'Scoring' })).toBeVisible()
    const { shown, after } = await page.getByRole('button', { name: 'Cancel' }).evaluate(async (button) => {
      const { asked } = window as unknown as { asked: number[] }
      const pressed = performance.now()
      const cancelled = new Promise<number>((resolve) => {
        const look = new MutationObserver(() => {
          if (!document.body.textContent?.includes('Cancelled')) return
          look.disconnect()
          resolve(performance.now())
        })
        look.observe(document.body, { childList: true, subtree: true, characterData: true })
      })
      ;(button as HTMLElement).click()
      const shown = await cancelled
      await new Promise((resolve) => setTimeout(resolve, 500))
      return { shown: shown - pressed, after: asked.filter((at) => at > shown).length }
    })
    expect(after).toBe(0)
    took.push(shown)
  }
  expect(Math.min(...took)).toBeLessThan(250)
  await expect(scores(page)).toHaveCount(0)
})
