import type { Page } from '@playwright/test'
import { withoutIsolated } from '../../web/words/pseudo.ts'

/**
 * What a page in the pseudo-language says with plain letters, in texts and in attributes that are read out or shown. Left out
 * is what stands in an element that is not to be translated, and what a text was given to say, which is between isolates.
 */
export async function plainTexts(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const spoken = ['aria-label', 'aria-valuetext', 'aria-description', 'title', 'placeholder', 'alt', 'data-label']
    const found = [document.title.replace(/(^| · )Blindscore$/, '')]
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
    while (nodes.nextNode()) {
      const node = nodes.currentNode
      const element = node instanceof Element ? node : node.parentElement
      if (element?.closest('[translate]')?.getAttribute('translate') === 'no') continue
      if (element?.closest('script, style, noscript')) continue
      if (node instanceof Text) found.push(node.data)
      else found.push(...spoken.map((name) => element?.getAttribute(name) ?? ''))
    }
    return found
  })
  return texts.filter((text) => /[a-z]/i.test(withoutIsolated(text)))
}
