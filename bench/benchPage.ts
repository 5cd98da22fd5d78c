import type { Browser, Page } from 'playwright'
import { launchBrowser } from '../e2e/setting.ts'
import type { Job, Results } from './page/jobs.ts'

/** The benchmark's page in a Chromium. */
export interface BenchPage {
  readonly browser: Browser
  readonly page: Page
  run<J extends Job>(job: J): Promise<Results[J['kind']]>
  close(): Promise<void>
}

export async function openBenchPage(url: string, tell: (line: string) => void): Promise<BenchPage> {
  const browser = await launchBrowser()
  const page = await browser.newPage()
  page.on('console', (message) => tell(message.text()))
  await page.goto(url)
  await page.waitForFunction(() => crossOriginIsolated && typeof window.bench === 'function')
  return {
    browser,
    page,
    // Playwright gives up on a page that has been closed, not on one that computes for long.
    run: (job) => page.evaluate((asked) => window.bench(asked), job),
    close: () => browser.close(),
  }
}

export async function chromiumVersion(): Promise<string> {
  const browser = await launchBrowser()
  try {
    return browser.version()
  } finally {
    await browser.close()
  }
}
