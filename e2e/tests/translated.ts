import type { Page } from '@playwright/test'

/**
 * Texts that a translating browser would take away from under React: those that React writes into by their text node, of
 * which it knows because they are not the only child of their element. What is not to be translated is left alone.
 */
export async function loseableTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (nodes.nextNode()) {
      const node = nodes.currentNode as Text
      if (node.parentElement?.closest('[translate]')?.getAttribute('translate') === 'no') continue
      const isReacts = Object.keys(node).some((name) => name.startsWith('__reactFiber$'))
      if (isReacts && node.data.trim() !== '') found.push(node.data)
    }
    return found
  })
}

/** Does to the page what a translating browser does: every text is replaced by one in <font>, and so is every new one. */
export async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const wrap = (root: Node): void => {
      const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      const texts: Text[] = []
      while (nodes.nextNode()) texts.push(nodes.currentNode as Text)
      for (const text of texts) {
        const { parentElement: parent, data } = text
        if (!parent || data.trim() === '' || parent.closest('script, style, font, svg')) continue
        if (parent.closest('[translate]')?.getAttribute('translate') === 'no') continue
        const font = document.createElement('font')
        font.append(Object.assign(document.createElement('font'), { textContent: data }))
        text.replaceWith(font)
      }
    }
    wrap(document.body)
    const observer = new MutationObserver((changes) => {
      observer.disconnect()
      for (const { target } of changes)
        wrap(target.nodeType === Node.TEXT_NODE ? (target.parentNode ?? target) : target)
      watch()
    })
    const watch = (): void => observer.observe(document.body, { subtree: true, childList: true, characterData: true })
    watch()
  })
}
