import type { Page } from 'playwright'

const attempts = 5

/**
 * Drops a file onto the page the way a person does: the browser itself is told of a drag with a file of this
 * machine, so what the page gets is a real File that it reads from the disk. `path` is absolute. A busy browser may
 * see the drop before the page has said that it takes the drag, and then lets it go; it is made again.
 */
export async function dropFile(page: Page, path: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { x, y } = await page.evaluate(() => {
      document.documentElement.dataset.dropped = 'no'
      const note = () => {
        document.documentElement.dataset.dropped = 'yes'
      }
      addEventListener('drop', note, { capture: true, once: true })
      return { x: innerWidth / 2, y: innerHeight / 2 }
    })
    for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const) {
      await devtools.send('Input.dispatchDragEvent', { type, x, y, data })
    }
    const arrived = page.waitForFunction(() => document.documentElement.dataset.dropped === 'yes', null, {
      timeout: 1000 * 2 ** attempt,
    })
    if (await arrived.then(Boolean, () => false)) {
      await page.evaluate(() => delete document.documentElement.dataset.dropped)
      await devtools.detach()
      return
    }
  }
  throw new Error('The browser did not let the file be dropped on the page.')
}
