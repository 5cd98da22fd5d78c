import { isExecutable } from './chromium.mjs'

/** Where distributions put a Firefox. */
const places = {
  linux: ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/usr/lib/firefox/firefox', '/opt/firefox/firefox'],
  darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  win32: ['C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
}

/**
 * The path of a Firefox on this machine, or null: one that the environment names (BLINDSCORE_FIREFOX), else the system's.
 * Playwright drives only a Firefox that it has patched; the tests in Firefox speak WebDriver BiDi with anybody's.
 *
 * @returns {string | null}
 */
export function findFirefox() {
  const named = process.env.BLINDSCORE_FIREFOX
  return [...(named ? [named] : []), ...(places[process.platform] ?? [])].find(isExecutable) ?? null
}
