import type { Page } from 'playwright'

/**
 * Drops a file onto the page the way a person does: the browser itself is told of a drag with a file of this
 * machine, so what the page gets is a real File that it reads from the disk. `path` is absolute.
 */
export async function dropFile(page: Page, path: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const { x, y } = await page.evaluate(() => ({ x: innerWidth / 2, y: innerHeight / 2 }))
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, x, y, data })
  }
  await devtools.detach()
}
