import { expect, type Page } from '@playwright/test'
import { root } from '../setting.ts'
import { flawsOf } from './axe.ts'
import { smallTargets } from './targets.ts'

/** A dozen pictures, each looked through by axe, on a machine that may have other things to do: milliseconds. */
export const patience = 600_000

const folder = new URL('artefacts/pictures/', root).pathname

/**
 * A picture of what the page shows is saved in artefacts/pictures; it must not run over the edge, nothing on the server's
 * side may look readable, nothing may be too small to be pressed, and axe
 * must find nothing, of all its rules or of some.
 */
export async function lookAt(page: Page, name: string, rules?: readonly string[]): Promise<void> {
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0)
  expect(await amberOnTheRight(page), name).toEqual([])
  expect(await smallTargets(page), name).toEqual([])
  expect(await flawsOf(page, rules), name).toEqual([])
}

/** The same in both colours, wide and narrow. */
export async function lookAtAll(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      await page.waitForTimeout(400)
      await lookAt(page, `${name}-${colorScheme}-${width}`)
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 })
}

/** What on the server's side of the line has a colour that means readable. */
function amberOnTheRight(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'))
    const amber = ['--amber', '--amber-fill', '--amber-wash'].map((token) => {
      probe.style.color = `var(${token})`
      return getComputedStyle(probe).color
    })
    probe.remove()
    // A dialog lies over both sides, and has its own line.
    const there = document.querySelectorAll('aside, aside :not(dialog, dialog *), dialog [data-side="there"] *')
    return [...there].flatMap((node) =>
      [null, '::before', '::after'].flatMap((pseudo) => {
        const { color, backgroundColor, backgroundImage, fill, borderTopColor } = getComputedStyle(node, pseudo)
        const drawn = [color, backgroundColor, backgroundImage, fill, borderTopColor].join(' ')
        return amber.some((each) => drawn.includes(each)) ? [`${node.tagName}${pseudo ?? ''}: ${drawn}`] : []
      }),
    )
  })
}
