import type { Page } from 'playwright'

/** Limits what a page's own requests send, in bits per second; null for no limit. Receiving is not limited. */
export async function throttle(page: Page, uplink: number | null): Promise<void> {
  if (uplink === null) return
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: uplink / 8,
  })
}

/** Whether a journey went no faster than its uplink allows: else the browser did not apply the limit. */
export function heldBack(bytesUp: number, elapsed: number, uplink: number | null): boolean {
  return uplink === null || (8 * bytesUp) / (elapsed / 1000) <= 1.02 * uplink
}
