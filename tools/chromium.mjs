import { accessSync, constants } from 'node:fs'

/** Where distributions put a Chromium or a browser made of it. */
const places = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/opt/google/chrome/chrome',
    '/snap/bin/chromium',
    '/usr/bin/microsoft-edge',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .flatMap((name) => process.env[name] ?? [])
    .map((folder) => `${folder}\\Google\\Chrome\\Application\\chrome.exe`),
}

/**
 * The path of a Chromium on this machine, or null: one that the environment names (BLINDSCORE_CHROMIUM, CHROME_PATH),
 * else Playwright's own, else the system's.
 *
 * @returns {Promise<string | null>}
 */
export async function findChromium() {
  const named = [process.env.BLINDSCORE_CHROMIUM, process.env.CHROME_PATH].filter(Boolean)
  // Imported here, because this file is loaded before anything is installed.
  const own = await import('playwright').then(
    ({ chromium }) => [chromium.executablePath()],
    () => [],
  )
  return [...named, ...own, ...(places[process.platform] ?? [])].find(isExecutable) ?? null
}

/** The switches that every run of ours needs: no sandbox for root, and no traffic of the browser's own. */
export const chromiumSwitches = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  // Containers often have a /dev/shm of 64 MB, which a tab outgrows.
  '--disable-dev-shm-usage',
]

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
