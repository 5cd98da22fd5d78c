import type { Browser } from 'playwright'

/** Processor seconds of a browser's processes since it started, by kind: renderer, browser, utility, GPU. */
export type CpuSeconds = Readonly<Record<string, number>>

export async function cpuSeconds(browser: Browser): Promise<CpuSeconds> {
  const session = await browser.newBrowserCDPSession()
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    const seconds: Record<string, number> = {}
    for (const { type, cpuTime } of processInfo) seconds[type] = (seconds[type] ?? 0) + cpuTime
    return seconds
  } finally {
    await session.detach()
  }
}

export function spent(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  return Object.fromEntries(Object.entries(after).map(([type, seconds]) => [type, seconds - (before[type] ?? 0)]))
}
