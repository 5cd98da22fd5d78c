import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from '../chromium.mjs'
import { modulesOf, roomOf } from '../walls/check.mjs'
import { edgesOf } from '../walls/imports.mjs'

/** The package as a user has it: installed in an empty folder, where every example of `examples/` is compiled and run. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const slow = Boolean(process.env.SLOW)
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const manifest = readJson(join(root, 'package.json'))

test('what it depends on is what its modules import, and nothing else', () => {
  const shipped = modulesOf().filter((path) => {
    const room = roomOf(path)?.name ?? ''
    return room !== '' && !/^web/.test(room) && path !== 'kernel/build.mjs'
  })
  const imported = new Set(
    shipped.flatMap((path) =>
      edgesOf(path, readFileSync(join(root, path), 'utf8'))
        .imports.filter(({ specifier, kind }) => kind === 'value' && !/^[./]|^node:/.test(specifier))
        .map(({ specifier }) =>
          specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    ),
  )
  for (const name of builtinModules) imported.delete(name)
  for (const name of Object.keys(manifest.peerDependencies)) imported.delete(name)
  // Of the tests and of tools alone.
  for (const name of ['@playwright/test', 'axe-core']) imported.delete(name)
  expect(Object.keys(manifest.dependencies).sort()).toEqual([...imported].sort())
})

describe('installed in an empty folder', { timeout: 600_000 }, () => {
  let folder = ''
  let server = { url: '', stop: () => {} }
  const bin = () => join(folder, 'node_modules/blindscore/dist/cli/blindscore.js')
  const blindscore = (args, input = '') =>
    execFileSync(process.execPath, [bin(), ...args], {
      cwd: folder,
      input,
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 2 ** 26,
    })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'package-'))
    const npm = (...args) => execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
    // Packed from a copy of what is tracked here, so that two tests at once do not write to one place.
    const [packed] = JSON.parse(npm('pack', root, '--json', '--ignore-scripts'))
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
    npm('install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', `./${packed.filename}`)
    // What the reader of an example has besides: Playwright, and the types of Node.
    for (const name of ['playwright', 'playwright-core', '@types/node', 'undici-types']) {
      rmSync(join(folder, 'node_modules', name), { recursive: true, force: true })
      mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    }
    cpSync(join(root, 'public/samples/credit.csv'), join(folder, 'records.csv'))
    server = await serve()
  }, 600_000)

  afterAll(() => {
    server.stop()
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  /** The installed server, on a free port. */
  function serve() {
    // Its first start: what this machine's own server counts is not its.
    const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') }
    const child = spawn(process.execPath, [bin(), 'serve', '--port', '0'], { cwd: folder, env })
    return new Promise((resolve, reject) => {
      let said = ''
      child.stdout.on('data', (bytes) => {
        said += bytes
        const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
        if (url) resolve({ url, stop: () => child.kill() })
      })
      child.on('exit', (code) => reject(new Error(`blindscore serve ended with ${code}: ${said}`)))
    })
  }

  test('it has no test, no benchmark and no source, and its parts are reached by their names alone', () => {
    const below = (path) =>
      readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? below(join(path, entry.name)) : [join(path, entry.name)],
      )
    const own = join(folder, 'node_modules/blindscore')
    const files = below(own).map((path) => path.slice(own.length + 1))
    const strange = /(^|\/)tests?\/|^(dist\/)?bench\/(?!README)|\.tsbuildinfo$|^(?!examples\/).*(?<!\.d)\.tsx?$/
    expect(files.filter((path) => strange.test(path))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/page/index.html']))
    const reach = (name) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', `await import('${name}')`], {
        cwd: folder,
        stdio: 'pipe',
      })
    reach('blindscore/client')
    reach('blindscore/words')
    for (const name of ['blindscore', 'blindscore/server', 'blindscore/dist/core/private/owners.js']) {
      expect(() => reach(name)).toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED|No "exports" main/)
    }
  })

  test('what its papers link to is in it, and no script names a map that is not', () => {
    const own = join(folder, 'node_modules/blindscore')
    const files = readdirSync(own, { recursive: true }).map(String)
    const papers = files.filter((path) => path.endsWith('.md'))
    expect(papers).toContain('README.md')
    const dead = papers.flatMap((paper) =>
      [...readFileSync(join(own, paper), 'utf8').matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, link]) => join(paper, '..', link).replace(/\/$/, ''))
        .filter((target) => !files.includes(target))
        .map((target) => `${paper} → ${target}`),
    )
    expect(dead).toEqual([])
    const scripts = files.filter((path) => /^dist\/(?!page).*\.js$/.test(path))
    expect(scripts.length).toBeGreaterThan(100)
    const mapped = scripts.filter((path) => /sourceMappingURL/.test(readFileSync(join(own, path), 'utf8')))
    expect(mapped.filter((path) => !files.includes(`${path}.map`))).toEqual([])
  })

  test('its command says what it can, and each part says more', () => {
    const help = blindscore(['--help'])
    for (const name of ['serve', 'score', 'check', 'demo']) {
      expect(help).toContain(`  ${name} `)
      expect(blindscore([name, '--help'])).toContain(`Usage: blindscore ${name}`)
    }
  })

  test('its types and its sentences are there for a program that must tell what went wrong', () => {
    const program = `
import { BlindscoreError, type Card, type CellProblem, type Connection, connect, type ConnectOptions, type ErrorCode } from 'blindscore/client'
import { type ClientRecord, Key, type ModelList, type OnProblem, type Progress, type Score, type ScoreOptions, ServerProblem } from 'blindscore/client'
import { sentenceOf } from 'blindscore/words'
export type All = [Card, CellProblem, ClientRecord, Key, ModelList, OnProblem, Progress, Score]
const options: ConnectOptions = { threads: 1 }
const connection: Connection = connect('${server.url}', options)
const record: ScoreOptions = { otherMembers: 'ignore' }
try {
  await connection.scoreAll('nothing', [], record)
} catch (thrown) {
  if (!(thrown instanceof BlindscoreError)) throw thrown
  const code: ErrorCode = thrown.code
  console.log(code, thrown instanceof ServerProblem ? thrown.status : 0, sentenceOf(thrown))
}
await connection.close()
`
    writeFileSync(join(folder, 'errors.ts'), program)
    compile('errors.ts')
    const said = execFileSync(process.execPath, ['built/errors.js'], { cwd: folder, encoding: 'utf8', timeout: 60_000 })
    expect(said).toMatch(/^model\/unknown 404 [A-Z].*\.\n$/)
  })

  /** Compiles modules as strictly as a user's program may be, checking the package's own declarations as well. */
  function compile(...files) {
    const options = '--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --skipLibCheck false'
    const emit = '--module nodenext --target es2023 --lib es2023,dom,dom.asynciterable --types node --outDir built'
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    execFileSync(process.execPath, [tsc, ...files, ...options.split(' '), ...emit.split(' ')], {
      cwd: folder,
      stdio: 'pipe',
      encoding: 'utf8',
    })
  }

  describe('the examples', () => {
    const settings = (text) => text.replaceAll('http://127.0.0.1:8787', server.url)

    beforeAll(() => {
      for (const name of ['score.ts', 'score.playwright.ts', 'score.sh']) {
        writeFileSync(join(folder, name), settings(readFileSync(join(root, 'examples', name), 'utf8')))
      }
    })

    test('compile strictly', () => {
      compile('score.ts', 'score.playwright.ts')
    })

    test('score from a shell, from Node and by the page, to the last digit alike', async () => {
      execFileSync('sh', ['score.sh'], { cwd: folder, stdio: 'pipe' })
      const fromShell = readFileSync(join(folder, 'scores.csv'), 'utf8')
      const saved = Papa.parse(fromShell, { header: true, skipEmptyLines: true }).data
      const csv = readFileSync(join(folder, 'records.csv'), 'utf8')
      const objects = Papa.parse(csv, { header: true, skipEmptyLines: true }).data
      writeFileSync(join(folder, 'records.jsonl'), objects.map((each) => `${JSON.stringify(each)}\n`).join(''))
      const fromNode = execFileSync(process.execPath, ['built/score.js'], {
        cwd: folder,
        encoding: 'utf8',
        stdio: 'pipe',
        maxBuffer: 2 ** 26,
      })
      const said = fromNode.trim().split('\n')
      expect(said).toHaveLength(saved.length)
      for (const [i, { score }] of saved.entries()) {
        // A file has the digits that the tolerance promises and one more, a program all of them.
        const decimals = /\.(\d+)$/.exec(score)?.[1].length ?? 0
        expect(Number(said[i].split('=')[1]).toFixed(decimals)).toBe(Number(score).toFixed(decimals))
      }

      if ((await findChromium()) === null) return
      const args = ['built/score.playwright.js', 'records.csv', 'driven.csv']
      expect(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })).toMatch(/^[\d,]+ records scored/)
      expect(readFileSync(join(folder, 'driven.csv'), 'utf8')).toBe(fromShell)
    })

    test('say the page’s own error when it has one', async () => {
      if ((await findChromium()) === null) return
      writeFileSync(join(folder, 'archive.csv'), Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]))
      const args = ['built/score.playwright.js', 'archive.csv', 'driven.csv']
      let failure
      try {
        execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
      } catch (thrown) {
        failure = thrown
      }
      expect([failure?.status, failure?.stderr]).toEqual([1, expect.stringMatching(/^The page says \(file\//)])
    })
  })

  test.runIf(slow)('20,000 rows scored from Node give the page’s file to the last bit', async () => {
    const [header, ...lines] = readFileSync(join(folder, 'records.csv'), 'utf8').trim().split(/\r?\n/)
    const many = Array.from({ length: 20_000 }, (_, i) => lines[i % lines.length])
    const csv = `${[header, ...many].join('\r\n')}\r\n`
    writeFileSync(join(folder, 'many.csv'), csv)
    const fromNode = blindscore(['score', '--server', server.url, '--model', 'credit-default', '--quiet'], csv)
    blindscore(['demo', '--csv', 'many.csv', '--model', 'credit-default', '--server', server.url, '--out', 'page.csv'])
    expect(readFileSync(join(folder, 'page.csv'), 'utf8') === fromNode).toBe(true)
  })
})
