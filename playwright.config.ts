import { defineConfig } from '@playwright/test'
import { chromiumSwitches, findChromium } from './tools/chromium.mjs'

const executablePath = await findChromium()

export default defineConfig({
  testDir: 'e2e/tests',
  outputDir: 'test-results/browser',
  // One at a time: a run keeps every core busy by itself. Two take as long together as one after the other.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env.CI !== undefined,
  use: {
    locale: 'en-US',
    // What it keeps is past the requests that tests look at and change; `offline.spec.ts` and the demo's are with it.
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 900 },
    launchOptions: { args: [...chromiumSwitches], ...(executablePath !== null && { executablePath }) },
    screenshot: 'only-on-failure',
  },
})
