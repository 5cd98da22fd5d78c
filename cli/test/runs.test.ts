import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../server/log.ts'
import { openFolders } from '../../server/sealed/places.ts'
import { openStudies } from '../../server/studies/openStudies.ts'

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
      return { said, runs, studies }
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

test('without a key the server says that runs and studies cannot be stored, and stores none', async () => {
  const { said, runs, studies } = await served(['--studies', at('studies')])
  expect(said).toContain('Runs cannot be stored: there is no key for them')
  expect(said).toContain('Studies cannot be stored either')
  expect([runs, studies]).toEqual([undefined, undefined])
})

test('the keys of studies are changed with those of runs, and their messages where it is said where they lie', async () => {
  const stores = () => openFolders(at('studies'), at('runs-keys'))
  const open = async (key: string) =>
    openStudies(
      { ...(await stores()), key: Buffer.from(key.repeat(32), 'hex') },
      { log: silentLog, draining: () => false },
    )
  const before = await open('5a')
  const asked = { owners: 3, study: 'a study', client: 'a', principal: 'anonymous' }
  const { id, token } = await before.studies.create(asked)
  await before.close()
  writeFileSync(at('other'), 'd4'.repeat(32))
  const refused = rotate(['--runs-key', at('key'), '--reencrypt'], at('other'))
  expect([refused.status, refused.said]).toEqual([2, expect.stringContaining('--studies')])
  const done = rotate(['--runs-key', at('key'), '--studies', at('studies'), '--reencrypt'], at('other'))
  expect(done).toEqual({ status: 0, said: '0 runs and 1 studies are under the new key.\n' })
  await expect(open('5a')).rejects.toMatchObject({ code: 'server/store-gone' })
  const { studies, close } = await open('d4')
  const study = await studies.open(id, token)
  expect(await studies.file(study)).toBe('a study')
  await studies.remove(study, 'anonymous')
  await close()
})

test('a command gives the key; one that gives none keeps the server from starting, and is not repeated by it', async () => {
  const bare = await served(['--runs-key-command', 'true # hush'])
  expect(bare).toEqual({ said: expect.stringContaining('(server/store-gone)') })
  expect(bare.said).not.toContain('hush')
  expect(await served(['--runs-key-command', 'exit 3'])).toEqual({
    said: expect.stringContaining('--runs-key-command'),
  })
  const kept = ['--studies', at('studies'), '--studies-days', '3']
  const { said, runs, studies } = await served(['--runs-key-command', `cat ${at('key')}`, ...kept])
  expect([said.includes('cannot be stored'), runs?.stored, studies]).toEqual([false, true, { days: 3 }])
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
