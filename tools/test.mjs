// Runs every check and every test, all of them even when one fails, and ends with one line to be read by machines.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const results = join(root, 'test-results')
const unitReport = join(results, 'unit.json')
const browserReport = join(results, 'browser.json')
mkdirSync(results, { recursive: true })

/** How long each part took, in milliseconds. @type {[string, number][]} */
const took = []

/** @param {string} title @param {string} script from the root @param {string[]} args @param {NodeJS.ProcessEnv} [more] */
function run(title, script, args, more = {}) {
  console.log(`\n== ${title}`)
  const started = Date.now()
  const env = { ...process.env, ...more }
  delete env.NODE_ENV
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    env,
  })
  took.push([title, Date.now() - started])
  return status === 0
}

const checks = [
  run('types', 'node_modules/typescript/bin/tsc', ['-b']),
  run('walls', 'tools/walls/check.mjs', []),
  run('style', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']),
  run('unused code', 'node_modules/knip/bin/knip.js', []),
]

rmSync(unitReport, { force: true })
const unitEnded = run('unit and property tests', 'node_modules/vitest/vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${unitReport}`,
])
const unit = readJson(unitReport)

rmSync(browserReport, { force: true })
const browserEnded = run('browser tests', 'node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json'], {
  PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport,
})
const browser = readJson(browserReport)?.stats

/** Failures of a run, at least one when it ended badly: a file that did not load has no failed test to count. */
const failures = (/** @type {number} */ counted, /** @type {boolean} */ ended) =>
  ended ? counted : Math.max(1, counted)

const passed = (unit?.numPassedTests ?? 0) + (browser?.expected ?? 0)
const failed =
  checks.filter((ended) => !ended).length +
  failures(unit?.numFailedTests ?? 1, unitEnded) +
  failures(browser ? browser.unexpected + browser.flaky : 1, browserEnded)

const duration = (/** @type {number} */ ms) => `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
console.log(`\n== time`)
for (const [title, ms] of took) console.log(`${title.padEnd(24)} ${duration(ms)}`)
if (browser?.skipped) console.log(`\n${browser.skipped} browser tests skipped: each says why in the list above`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

/** @param {string} path */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}
