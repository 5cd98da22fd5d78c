import { defineConfig } from '@playwright/test'
import { chromiumSwitches, findChromium } from './tools/chromium.mjs'

const executablePath = await findChromium()

const timed = ['**/background.spec.ts', '**/smooth.spec.ts', '**/million.spec.ts', '**/memory.spec.ts']

export default defineConfig({
  testDir: 'e2e/tests',
  outputDir: 'test-results/browser',
  // Files side by side: a run keeps every core busy, but what is around it (starting, reading, looking) does not.
  workers: 2,
  fullyParallel: false,
  // What says how long the page took is alone on the machine, after all else.
  projects: [
    { name: 'journeys', testIgnore: timed },
    { name: 'timed', testMatch: timed, dependencies: ['journeys'], workers: 1 },
  ],
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env.CI !== undefined,
  use: {
    locale: 'en-US',
    viewport: { width: 1280, height: 900 },
    launchOptions: { args: [...chromiumSwitches], ...(executablePath !== null && { executablePath }) },
    screenshot: 'only-on-failure',
  },
})
