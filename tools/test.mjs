// Runs every check and every test, all of them even when one fails, and ends with one line to be read by machines.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const results = join(root, 'test-results')
const unitReport = join(results, 'unit.json')
const unhandledReport = join(results, 'unhandled.json')
const browserReport = join(results, 'browser.json')
mkdirSync(results, { recursive: true })

/** How long each part took, in milliseconds. @type {[string, number][]} */
const took = []
/** The parts that ended badly. @type {string[]} */
const endedBadly = []

/** @param {string} title @param {string} script from the root @param {string[]} args @param {NodeJS.ProcessEnv} [more] */
function run(title, script, args, more = {}) {
  console.log(`\n== ${title}`)
  const started = Date.now()
  const env = { ...process.env, ...more }
  delete env.NODE_ENV
  const { status, signal } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    env,
  })
  took.push([title, Date.now() - started])
  if (status !== 0) endedBadly.push(`${title} (${signal ?? `exit ${status}`})`)
  return status === 0
}

const checks = [
  run('types', 'node_modules/typescript/bin/tsc', ['-b']),
  run('walls', 'tools/walls/check.mjs', []),
  run('style', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']),
  run('unused code', 'node_modules/knip/bin/knip.js', []),
]

for (const report of [unitReport, unhandledReport]) rmSync(report, { force: true })
const unitEnded = run(
  'unit and property tests',
  'node_modules/vitest/vitest.mjs',
  [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${unitReport}`,
    `--reporter=${join(root, 'tools/unhandledErrors.mjs')}`,
  ],
  { UNHANDLED_ERRORS: unhandledReport },
)
const unit = readJson(unitReport)

rmSync(browserReport, { force: true })
const browserEnded = run('browser tests', 'node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json'], {
  PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport,
})
const browserReported = readJson(browserReport)
const browser = browserReported?.stats

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
// Once more at the end: a log that is cut to its last lines still says what failed.
const names = [...endedBadly, ...failedUnitTests(), ...(browser ? failedBrowserTests(browserReported.suites) : [])]
for (const name of names) console.log(`failed: ${name}`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

/**
 * Failed tests, those that neither ended nor were left out (their process did), and errors that no test waited for.
 * @returns {string[]} each with the first line of its error, which says where a drawn test's seed is
 */
function failedUnitTests() {
  /** @type {{ name: string, status: string, message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]} */
  const files = unit?.testResults ?? []
  const ofFiles = files.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const tests = assertionResults.filter((each) => !['passed', 'skipped', 'todo'].includes(each.status))
    if (tests.length === 0) return status === 'failed' ? [`${file}: ${firstLines(message)}`] : []
    return tests.map((each) => `${file}: ${each.fullName}: ${firstLines(each.failureMessages[0] ?? each.status)}`)
  })
  /** @type {string[]} */
  const unhandled = readJson(unhandledReport) ?? ['it ended before its reports were written']
  return [...ofFiles, ...unhandled.map((said) => `not waited for: ${said.slice(0, 1200)}`)]
}

/** @typedef {{ title: string, file: string, suites?: Suite[], specs?: { title: string, ok: boolean }[] }} Suite */
/** @param {Suite[]} suites @returns {string[]} */
function failedBrowserTests(suites) {
  return suites.flatMap((suite) => [
    ...(suite.specs ?? []).filter(({ ok }) => !ok).map(({ title }) => `${suite.file}: ${title}`),
    ...failedBrowserTests(suite.suites ?? []),
  ])
}

/** @param {string} text */
function firstLines(text) {
  return text.split('\n').slice(0, 3).join(' ').slice(0, 600)
}

/** @param {string} path */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}
