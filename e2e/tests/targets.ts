import type { Page } from '@playwright/test'

/** A finger's breadth: WCAG 2.2, 2.5.8. */
const least = 24

/**
 * What can be pressed on the page and is smaller than 24 × 24 CSS pixels, by its name and size. A link in the line of a text is
 * as high as the text, as 2.5.8 allows; what a label belongs to is pressed by the label as well, so the larger of both counts. The
 * exception for what has room around it is not made use of.
 */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((most) => {
    const isInline = (element: HTMLElement): boolean =>
      element.matches('a') &&
      getComputedStyle(element).display === 'inline' &&
      (element.parentElement?.textContent ?? '').trim() !== (element.textContent ?? '').trim()
    const sizeOf = (element: HTMLElement): readonly [number, number] => {
      const labels = (element as HTMLInputElement).labels ?? []
      const boxes = [element, ...labels].map((each) => each.getBoundingClientRect())
      return [Math.max(...boxes.map(({ width }) => width)), Math.max(...boxes.map(({ height }) => height))]
    }
    const pressed =
      'a[href], button, input:not([type="hidden"]), select, textarea, summary, [role="slider"], [tabindex="0"][role]'
    return [...document.querySelectorAll<HTMLElement>(pressed)].flatMap((element) => {
      const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      const own = element.getBoundingClientRect()
      // What only a screen reader sees is clipped to a pixel; what it belongs to is pressed.
      if (!shown || (own.width <= 1 && own.height <= 1) || isInline(element)) return []
      const [width, height] = sizeOf(element)
      if (width >= most - 0.1 && height >= most - 0.1) return []
      const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 30) ?? ''
      return [`${element.tagName} ${name} ${width.toFixed(1)} × ${height.toFixed(1)}`]
    })
  }, least)
}
