// Makes a clone runnable: installs the packages that are missing, builds what changed and, with --browser, finds or
// installs a Chromium, with --firefox a Firefox, with --curl curl and with --services Redis, PostgreSQL and nginx as well, if it can.
// It needs Node alone, says in one line each what it does, and does nothing twice.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageManager } from './apt.mjs'
import { findChromium } from './chromium.mjs'
import { findFirefox } from './firefox.mjs'
import { missingServices } from './services.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const inRoot = (/** @type {string[]} */ ...parts) => join(root, ...parts)
// Standard output is for what is asked of the command that follows.
const say = (/** @type {string} */ line) => console.error(`blindscore: ${line}`)

/** @param {string} line @returns {never} */
function giveUp(line) {
  console.error(`blindscore: ${line}`)
  process.exit(1)
}

checkNode()
mkdirSync(inRoot('dist'), { recursive: true })
const release = await takeLock(inRoot('dist', '.preparing'))
try {
  install()
  build()
} finally {
  release()
}
if (process.argv.includes('--browser')) await browser()
if (process.argv.includes('--firefox')) await firefox()
if (process.argv.includes('--curl')) await curl()
if (process.argv.includes('--services')) await services()

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (!fits) giveUp(`Node ${process.versions.node} is too old. Install Node 20.19 or later (https://nodejs.org).`)
}

function install() {
  if (packagesFit()) return
  say('installing packages (npm ci)')
  // No package here needs its install script, and some of them would download from elsewhere than the registry.
  const args = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  if (start(npm, ['ci', ...args], ['ignore', 2, 'ignore']).status === 0) return
  // A lock written where the registry lacks other platforms' optional packages is not in sync for npm ci, which then
  // installs nothing; npm install takes the same versions and adds what is missing.
  say('npm ci did not install them; trying npm install')
  run(npm, ['install', '--no-save', ...args], 'npm install failed; its own words are above.')
}

/** Whether every package of package-lock.json is there in its version; npm notes in node_modules what it installed. */
function packagesFit() {
  const wanted = readJson(inRoot('package-lock.json'))?.packages ?? {}
  const there = readJson(inRoot('node_modules', '.package-lock.json'))?.packages
  if (!there) return false
  return Object.entries(wanted).every(
    ([path, { version, integrity, optional, devOptional }]) =>
      path === '' ||
      // Optional ones are for other platforms, mostly.
      (there[path] ? there[path].version === version && there[path].integrity === integrity : optional || devOptional),
  )
}

/** Builds when any source differs from those of the last build; times of files do not matter, so a checkout may go back. */
function build() {
  const stamp = inRoot('dist', '.built')
  const sources = fingerprint()
  const outputs = [
    inRoot('dist', 'cli', 'blindscore.js'),
    inRoot('dist', 'page', 'index.html'),
    inRoot('dist', 'demo', 'index.html'),
  ]
  if (outputs.every((path) => existsSync(path)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  say('building')
  rmSync(stamp, { force: true })
  if (existsSync(inRoot('kernel', 'build.mjs')))
    run(process.execPath, [inRoot('kernel', 'build.mjs')], 'The kernel was not built.')
  run(process.execPath, [inRoot('node_modules', 'typescript', 'bin', 'tsc'), '-b'], 'The types do not fit.')
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js')
  run(process.execPath, [vite, 'build', '--logLevel', 'warn'], 'The page was not built.')
  run(process.execPath, [inRoot('tools', 'demo', 'build.mjs')], 'The demo was not built.')
  run(process.execPath, [inRoot('tools', 'demo', 'build.mjs'), '--single'], 'The demo was not built in one file.')
  writeFileSync(stamp, sources)
}

/** SHA-256 over the names and contents of everything that a build reads: no model that a vendor keeps in `models`. */
function fingerprint() {
  const entries = readdirSync(root, { withFileTypes: true })
  const rooms = entries.filter(
    (entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|test-results|models)$/.test(entry.name),
  )
  const single = entries.filter(({ name }) =>
    /^(tsconfig.*\.json|package-lock\.json|vite\.(demo\.)?config\.ts|index\.html)$/.test(name),
  )
  const files = [...rooms.flatMap(({ name }) => filesBelow(inRoot(name))), ...single.map(({ name }) => inRoot(name))]
  const hash = createHash('sha256').update(process.versions.node)
  for (const file of files.sort()) {
    const bytes = readFileSync(file)
    hash.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/**
 * Tests are left out, which are checked and run from their sources, and so is what a build writes.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['test', 'tests', 'built'].includes(entry.name) ? [] : filesBelow(path)
    return entry.isFile() && !entry.name.endsWith('.md') ? [path] : []
  })
}

async function browser() {
  if (await findChromium()) return
  const there = async () => (await findChromium()) !== null
  const packages = packageManager(say)
  if (packages) {
    say('installing Chromium (apt-get install chromium)')
    await packages.install(['chromium'], there)
    if (await there()) return
  }
  say('installing Chromium (playwright install chromium)')
  spawnSync(process.execPath, [inRoot('node_modules', 'playwright', 'cli.js'), 'install', 'chromium'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (await findChromium()) return
  giveUp('No Chromium was found or could be installed. Install one and name it in BLINDSCORE_CHROMIUM.')
}

/** Debian has a Firefox to install; other systems' own are found. Nothing but its tests needs one. */
async function firefox() {
  if (findFirefox()) return
  say('installing Firefox (apt-get install firefox-esr)')
  await packageManager(say)?.install(['firefox-esr'], async () => findFirefox() !== null)
  if (!findFirefox()) {
    say('No Firefox was found or could be installed: its tests are SKIPPED. Name one in BLINDSCORE_FIREFOX.')
  }
}

/** What an example in a shell asks the server with, and its test runs. */
async function curl() {
  const there = () => start('curl', ['--version'], 'ignore').status === 0
  if (there()) return
  say('installing curl (apt-get install curl)')
  await packageManager(say)?.install(['curl'], async () => there())
}

/** What several processes of the server share, or stand behind. Nothing but its tests needs them, which start them themselves. */
async function services() {
  const missing = missingServices()
  if (missing.length === 0) return
  say(`installing ${missing.join(', ')} (apt-get install)`)
  await packageManager(say)?.install(missing, async () => missingServices().length === 0)
  const left = missingServices()
  if (left.length > 0) say(`${left.join(', ')} could not be installed: the tests of what processes share are SKIPPED.`)
}

/** @param {string} command @param {string[]} args @param {string} onFailure */
function run(command, args, onFailure) {
  const { status, error } = start(command, args, ['ignore', 2, 2])
  if (status === 0) return
  release()
  giveUp(error ? `${onFailure} (${error.message})` : onFailure)
}

/** @param {string} command @param {string[]} args @param {import('node:child_process').StdioOptions} stdio */
function start(command, args, stdio) {
  const env = { ...process.env, NODE_ENV: 'production' }
  return spawnSync(command, args, { cwd: root, stdio, env, shell: command.endsWith('.cmd') })
}

/** Lets one preparation run at a time; a lock whose process is gone counts for nothing. @param {string} path */
async function takeLock(path) {
  for (let told = false; ; ) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch {
      const holder = Number(existsSync(path) ? readFileSync(path, 'utf8') : 0)
      if (holder > 0 && isAlive(holder)) {
        if (!told) say(`waiting for another build (process ${holder})`)
        told = true
        await new Promise((resolve) => setTimeout(resolve, 200))
      } else rmSync(path, { force: true })
    }
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return /** @type {NodeJS.ErrnoException} */ (thrown).code === 'EPERM'
  }
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
