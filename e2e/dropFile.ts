import type { CDPSession, Locator, Page } from 'playwright'

const attempts = 5

/**
 * Drops a file onto the page the way a person does: the browser itself is told of a drag with a file of this
 * machine, so what the page gets is a real File that it reads from the disk. `path` is absolute. A busy browser may
 * see the drop before the page has said that it takes the drag, and then lets it go, or lose an event and never
 * answer for it; the drag is made again then, from its start. `over` is where it is let go, else the window's middle.
 */
export async function dropFile(page: Page, path: string | readonly string[], over?: Locator): Promise<void> {
  const files = typeof path === 'string' ? [path] : path
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const devtools = await page.context().newCDPSession(page)
    const patience = 1000 * 2 ** attempt
    const dropped = await settles(drag(page, devtools, files, patience, over), 3 * patience)
    await settles(devtools.detach(), patience)
    if (dropped) return
  }
  throw new Error('The browser did not let the file be dropped on the page.')
}

/** Rejects when the page does not see the drop within `patience` milliseconds of its last event. */
async function drag(
  page: Page,
  devtools: CDPSession,
  files: readonly string[],
  patience: number,
  over: Locator | undefined,
): Promise<void> {
  const middle = await page.evaluate(() => {
    document.documentElement.dataset.dropped = 'no'
    const note = () => {
      document.documentElement.dataset.dropped = 'yes'
    }
    addEventListener('drop', note, { capture: true, once: true })
    return { x: innerWidth / 2, y: innerHeight / 2 }
  })
  const { x, y } = (await over?.evaluate(middleInSight)) ?? middle
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, x, y, data })
  }
  await page.waitForFunction(() => document.documentElement.dataset.dropped === 'yes', null, { timeout: patience })
  await page.evaluate(() => delete document.documentElement.dataset.dropped)
}

/** For the page to run: the middle of what is in sight of an element. */
function middleInSight(element: Element): { readonly x: number; readonly y: number } {
  const { left, right, top, bottom } = element.getBoundingClientRect()
  const middle = (from: number, to: number, most: number): number => (Math.max(0, from) + Math.min(most, to)) / 2
  return { x: middle(left, right, innerWidth), y: middle(top, bottom, innerHeight) }
}

/** Whether the work ends well within so many milliseconds. */
function settles(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds)
    work
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer))
  })
}
