import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { expect, test } from 'vitest'
import { chromiumSwitches, findChromium } from '../../tools/chromium.mjs'

test('the corners in Chromium', async () => {
  const script = await bundle()
  const executablePath = await findChromium()
  const browser = await chromium.launch({
    args: [...chromiumSwitches],
    ...(executablePath !== null && { executablePath }),
  })
  try {
    const page = await browser.newPage()
    const most = process.env.SLOW ? 8192 : 2048
    const result = await page.evaluate(`${script}; kernelCorners.compareCorners(${most})`)
    expect(result).toMatchObject({ wrong: [] })
    expect((result as { compared: number }).compared).toBeGreaterThan(10_000)
  } finally {
    await browser.close()
  }
})

/** corners.ts and what it needs as one script that defines `kernelCorners`. */
async function bundle(): Promise<string> {
  const { build } = await import('vite')
  const entry = fileURLToPath(new URL('corners.ts', import.meta.url))
  const lib = { entry, name: 'kernelCorners', formats: ['iife' as const] }
  const output = await build({ configFile: false, logLevel: 'error', build: { write: false, minify: false, lib } })
  const [first] = [output].flat() as { output: { code: string }[] }[]
  return first?.output[0]?.code ?? ''
}
