import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

/** Servers that store runs, where their key comes from, and what is done to the runs beside them. */

const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'dist/cli/blindscore.js')

let folder = ''
let child: ChildProcess | undefined
beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'keyed-'))
  mkdirSync(at('credentials'))
  mkdirSync(at('models'))
  const model = readFileSync(join(root, 'server/test/fixtures/tiny.json'))
  writeFileSync(at('models/tiny.json'), model)
  writeFileSync(at('key'), '5a'.repeat(32))
  writeFileSync(at('credentials/runs-key'), Buffer.alloc(32, 0xa5))
})
afterEach(() => kill())
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

async function kill(): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** What a server says as it starts, and what it says of stored runs; without `runs` where it did not start. */
async function served(words: readonly string[], env: Record<string, string> = {}) {
  const usual = ['--port', '0', '--models', at('models'), '--threads', '1', '--log', 'warn', '--runs', at('runs')]
  const started = spawn(process.execPath, [main, 'serve', ...usual, ...words], {
    env: { PATH: process.env.PATH, XDG_STATE_HOME: at('state'), ...env },
  })
  child = started
  let said = ''
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (bytes) => (said += bytes))
  for (;;) {
    const [, url] = /Blindscore is at (\S+)/.exec(said) ?? []
    if (url) {
      const { runs, studies } = (await (await fetch(`${url}v1/models`)).json()).limits
      return { said, url, runs, studies }
    }
    if (started.exitCode !== null) return { said }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function rotate(from: readonly string[], to: string) {
  const words = ['runs', 'rotate', '--runs', at('runs'), ...from, '--new-key', to]
  const { status, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' })
  return { status, said: stderr }
}

test('without a key the server says that runs cannot be stored, and stores none', async () => {
  const { said, runs } = await served([])
  expect(said).toContain('Runs cannot be stored: there is no key for them')
  expect(runs).toBeUndefined()
})

test('nor are studies stored without one, and none are carried; with one, or in memory, they are', async () => {
  const place = ['--studies', at('studies')]
  const bare = await served(place)
  expect([bare.said.includes('Studies cannot be stored either'), bare.studies]).toEqual([true, undefined])
  await kill()
  expect((await served(['--studies', 'memory'])).studies).toEqual({ days: 30 })
  await kill()
  const kept = await served([...place, '--runs-key', at('key'), '--studies-days', '3'])
  expect([kept.said.includes('cannot be stored'), kept.studies]).toEqual([false, { days: 3 }])
})

test('the keys of studies are changed with those of runs, and their messages where it is said where they lie', async () => {
  const place = ['--studies', at('studies'), '--runs-key', at('key')]
  const { url } = await served(place)
  const made = await fetch(`${url}v1/studies`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ v: 1, owners: 3, study: 'a study' }),
  })
  const { id, token } = await made.json()
  await kill()
  writeFileSync(at('other'), 'd4'.repeat(32))
  const refused = rotate(['--runs-key', at('key'), '--reencrypt'], at('other'))
  expect([refused.status, refused.said]).toEqual([2, expect.stringContaining('--studies')])
  expect(rotate([...place, '--reencrypt'], at('other')).said).toBe('0 runs and 1 studies are under the new key.\n')
  expect((await served(place)).said).toContain('(server/store-gone)')
  await kill()
  const after = await served(['--studies', at('studies'), '--runs-key', at('other')])
  const state = await fetch(`${after.url}v1/studies/${id}`, { headers: { 'Blindscore-Study-Token': token } })
  expect((await state.json()).study).toBe('a study')
  await kill()
  expect(rotate(['--runs-key', at('other')], at('key')).said).toBe('0 runs and 1 studies are under the new key.\n')
  const back = await served(place)
  const init = { method: 'DELETE', headers: { 'Blindscore-Study-Token': token } }
  expect((await fetch(`${back.url}v1/studies/${id}`, init)).status).toBe(204)
})

test('a command gives the key; one that gives none keeps the server from starting, and is not repeated by it', async () => {
  const bare = await served(['--runs-key-command', 'true # hush'])
  expect(bare).toEqual({ said: expect.stringContaining('(server/store-gone)') })
  expect(bare.said).not.toContain('hush')
  expect(await served(['--runs-key-command', 'exit 3'])).toEqual({
    said: expect.stringContaining('--runs-key-command'),
  })
  const { said, runs } = await served(['--runs-key-command', `cat ${at('key')}`])
  expect([said.includes('cannot be stored'), runs?.stored]).toEqual([false, true])
})

test('the key is a credential of systemd where no other is named', async () => {
  const { runs } = await served([], { CREDENTIALS_DIRECTORY: at('credentials') })
  expect(runs?.stored).toBe(true)
  await kill()
  expect((await served([], { CREDENTIALS_DIRECTORY: at('models') })).runs).toBeUndefined()
})

test('the key is not changed under a running server, and is once that was killed', async () => {
  await served(['--runs-key', at('key')])
  writeFileSync(at('next'), 'c3'.repeat(32))
  const refused = rotate(['--runs-key', at('key')], at('next'))
  expect([refused.status, refused.said]).toEqual([1, expect.stringContaining(`process ${child?.pid} on`)])
  await kill()
  expect(rotate(['--runs-key', at('key')], at('next'))).toEqual({
    status: 0,
    said: '0 runs and 0 studies are under the new key.\n',
  })
})
