import type { Page } from '@playwright/test'
import axe from 'axe-core'

declare global {
  interface Window {
    readonly axe: typeof axe
  }
}

/**
 * What axe finds wrong with a page, of all its rules or of some, each with where it is. It runs in the page itself, which is more
 * than twice as fast as by way of an empty page beside it; frames would need that way, so that one that can be seen is a flaw.
 */
export async function flawsOf(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async (only) => {
    const { violations } = await window.axe.run(document, {
      resultTypes: ['violations'],
      iframes: false,
      ...(only && { runOnly: [...only] }),
    })
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
    const frames = [...document.querySelectorAll('iframe')].filter((frame) => frame.checkVisibility())
    return [...found, ...frames.map(() => 'a frame that nobody looks into')]
  }, rules)
}
