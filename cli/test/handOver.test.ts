import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Key } from '../../client/owner/key.ts'
import { RunsServer } from '../../client/test/runsServer.ts'
import { patience } from '../../core/test/patience.ts'
import { AuditLog } from '../../server/audit/auditLog.ts'
import { type RunningServer, startServer } from '../../server/listen.ts'
import { silentLog } from '../../server/log.ts'
import { secretOf } from '../../server/secret.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const command = join(root, 'dist/cli/blindscore.js')
const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
const [header = '', ...lines] = readFileSync(join(root, 'public/samples/salary.csv'), 'utf8').trim().split(/\r?\n/)
const few = `${[header, ...lines.slice(0, 60)].join('\n')}\n`
const many = `${[header, ...lines.slice(0, 600)].join('\n')}\n`
const passphrase = 'correct horse battery staple'

let behind: RunningServer
let store: RunsServer
let audit: AuditLog
let folder = ''
let backup = ''
beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'submit-'))
  audit = await AuditLog.open({
    folder: join(folder, 'audit'),
    secret: secretOf(Buffer.alloc(32, 7), true),
    log: silentLog,
  })
  behind = await startServer({ port: 0, page: null, threads: 1, workerFile, audit })
  store = await RunsServer.before(behind.url)
  backup = join(folder, 'key.json')
  const key = await Key.generate('paillier-2048')
  writeFileSync(backup, await key.backup(passphrase))
  key.dispose()
})
afterAll(async () => {
  await store.close()
  await behind.close()
  await audit.close()
  rmSync(folder, { recursive: true })
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly said: string
}

function begin(args: readonly string[], input = ''): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, BLINDSCORE_PASSPHRASE: passphrase }
  const child = spawn(process.execPath, [command, ...args], { env })
  const texts = { out: '', said: '' }
  child.stdout.on('data', (bytes) => {
    texts.out += bytes
  })
  child.stderr.on('data', (bytes) => {
    texts.said += bytes
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, ...texts }))) }
}

const blindscore = (args: readonly string[], input = ''): Promise<Ended> => begin(args, input).ended

/** Begins a command that hands over, and kills it once so many chunks are stored. */
async function killedAfter(stored: number, args: readonly string[], input: string): Promise<void> {
  let puts = 0
  store.refuse = (method, path) => {
    if (method !== 'PUT' || !path.includes('/chunks/')) return null
    puts += 1
    if (puts > stored) first.child.kill('SIGKILL')
    return puts > stored ? { status: 503, code: 'request/busy', after: 1 } : null
  }
  const first = begin(args, input)
  expect((await first.ended).code).toBe(null)
  store.refuse = () => null
}

const own = () => ['--key', backup, '--threads', '1']
const salary = () => ['--server', store.url, '--model', 'salary', ...own()]

describe('blindscore submit, status, fetch and discard', () => {
  test('come to the file that score writes, and no token is said on the way', async () => {
    const file = join(folder, 'run.json')
    const submitted = await blindscore(['submit', ...salary(), '--out', file], few)
    expect([submitted.code, submitted.said]).toEqual([0, expect.stringContaining('60 records handed over')])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { stored } = JSON.parse(readFileSync(file, 'utf8'))
    const asked = await blindscore(['status', file])
    expect([asked.code, asked.out]).toEqual([0, expect.stringMatching(/^Done: all \d+ parts are scored/)])

    const receipt = join(folder, 'receipt.json')
    const fetched = await blindscore(['fetch', file, ...own(), '--wait', '--receipt', receipt], few)
    const live = await blindscore(['score', ...salary()], few)
    expect([fetched.code, fetched.out]).toEqual([0, live.out])
    for (const { out, said } of [submitted, asked, fetched]) expect(out + said).not.toContain(stored.token)

    // How far the server's log had come then leaves it with the scores.
    const kept = JSON.parse(readFileSync(receipt, 'utf8'))
    const { run, handedOverAt } = JSON.parse(readFileSync(file, 'utf8'))
    const sent = { run, firstSentAt: handedOverAt, lastSentAt: handedOverAt, records: { inFile: 60, scorable: 60 } }
    expect(kept).toMatchObject({ format: 'blindscore-receipt/1', status: 'done', ...sent })
    const verified = await blindscore(['audit', 'verify', join(folder, 'audit'), '--checkpoint', receipt])
    expect([verified.code, verified.said]).toEqual([0, ''])

    // Other records, or the same in another order, are not the run's.
    const turned = `${[header, ...lines.slice(0, 60).reverse()].join('\n')}\n`
    const refused = await blindscore(['fetch', file, ...own()], turned)
    expect([refused.code, refused.out, refused.said]).toEqual([1, '', expect.stringContaining('(run/foreign)')])

    expect((await blindscore(['discard', file])).code).toBe(0)
    const gone = await blindscore(['status', file])
    expect([gone.code, gone.said]).toEqual([1, expect.stringContaining('(run/unknown)')])
  })

  test.runIf(process.env.SLOW)(
    'hand over under the lattice scheme with a key that follows from the backup’s',
    async () => {
      const file = join(folder, 'lattice.json')
      const submitted = await blindscore(['submit', ...salary(), '--out', file, '--scheme', 'lattice'], few)
      expect(submitted.code).toBe(0)
      const { key, own: ofRun } = JSON.parse(readFileSync(file, 'utf8'))
      expect(ofRun.fingerprint).not.toBe(key.fingerprint)
      const fetched = await blindscore(['fetch', file, ...own()], few)
      expect([fetched.code, fetched.out.trim().split('\r\n').length]).toEqual([0, 61])
    },
  )

  test('go on, by the same command, with a run whose first one was killed, and with no other', async () => {
    const file = join(folder, 'killed.json')
    const args = ['submit', ...salary(), '--out', file]
    await killedAfter(2, args, many)
    const left = JSON.parse(readFileSync(file, 'utf8'))
    const stored = Object.keys(store.runs.get(left.stored.id)?.stored ?? []).length
    expect([left.records.digest, stored, statSync(file).mode & 0o777]).toEqual([null, 2, 0o600])

    // Neither another file nor another model is what was begun.
    const other = await blindscore(args, few)
    expect([other.code, other.said]).toEqual([1, expect.stringContaining('(run/foreign)')])
    const concrete = ['submit', '--server', store.url, '--model', 'concrete-strength', ...own(), '--out', file]
    expect((await blindscore(concrete, many)).code).toBe(2)

    const before = store.heard.length
    const second = await blindscore(args, many)
    expect([second.code, second.said]).toEqual([0, expect.stringContaining('600 records handed over')])
    const heard = store.heard.slice(before)
    expect(heard.filter(({ path }) => path.endsWith('/runs'))).toEqual([])
    const sent = heard.filter(({ method, path }) => method === 'PUT' && path.includes('/chunks/'))
    expect(sent.length + stored).toBe(left.chunks)
    const fetched = await blindscore(['fetch', file, ...own(), '--wait'], many)
    const live = await blindscore(['score', ...salary()], many)
    expect([fetched.code, fetched.out]).toEqual([0, live.out])
    expect((await blindscore(args, many)).code).toBe(1)
  })

  test('put all of it anew where the file is read otherwise than before the kill', async () => {
    const file = join(folder, 'otherwise.json')
    await killedAfter(2, ['submit', ...salary(), '--out', file], many)
    const [eating, active] = ['healthy_eating', 'active_lifestyle']
    const otherwise = ['--column', `${eating}=${active}`, '--column', `${active}=${eating}`]
    expect((await blindscore(['submit', ...salary(), ...otherwise, '--out', file], many)).code).toBe(0)
    const fetched = await blindscore(['fetch', file, ...own(), ...otherwise, '--wait'], many)
    const live = await blindscore(['score', ...salary(), ...otherwise], many)
    expect([fetched.code, fetched.out]).toEqual([0, live.out])
  })

  test('are at one file one after the other: who comes while another is writing it leaves it and its run alone', async () => {
    const file = join(folder, 'twice.json')
    const args = ['submit', ...salary(), '--out', file]
    store.refuse = (method, path) =>
      method === 'POST' && path.endsWith('/start') ? { status: 503, code: 'request/busy', after: 1 } : null
    const before = store.heard.length
    const isAtItsEnd = () => store.heard.slice(before).some(({ path }) => path.endsWith('/start'))
    const first = begin(args, few)
    await vi.waitUntil(isAtItsEnd, { timeout: patience })
    const second = await blindscore(args, few)
    expect([second.code, second.said]).toEqual([1, expect.stringContaining('Another command is writing')])
    store.refuse = () => null
    expect((await first.ended).code).toBe(0)
    expect((await blindscore(['fetch', file, ...own(), '--wait'], few)).code).toBe(0)
    expect(existsSync(`${file}.lock`)).toBe(false)
  })

  test('leave no file of a run that was not handed over, and replace none', async () => {
    const file = join(folder, 'none.json')
    store.refuse = (method, path) =>
      method === 'POST' && path.endsWith('/runs') ? { status: 404, code: 'run/not-stored' } : null
    const refused = await blindscore(['submit', ...salary(), '--out', file], few)
    store.refuse = () => null
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining('(run/not-stored)')])
    expect(() => statSync(file)).toThrow()
    writeFileSync(file, 'mine')
    expect((await blindscore(['submit', ...salary(), '--out', file], few)).code).toBe(1)
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })
})

describe('an hour that is used up', () => {
  /** Says of one that it is, as a server does, until the command says that it waits. */
  async function waitsFor(method: string, path: RegExp, after: number, args: readonly string[]) {
    store.refuse = (asked, where) =>
      asked === method && path.test(where) ? { status: 429, code: 'request/budget', after } : null
    const { child, ended } = begin(args, few)
    const waits = new Promise<void>((resolve) => child.stderr?.on('data', (text) => /waiting/.test(text) && resolve()))
    await Promise.race([waits, ended])
    store.refuse = () => null
    return { child, ended }
  }

  test('holds a live run until there is another, so that nothing is lost that was paid for', async () => {
    const { ended } = await waitsFor('POST', /\/scores$/, 0, ['score', ...salary()])
    const { code, out, said } = await ended
    expect([code, out.trim().split('\r\n').length]).toEqual([0, 61])
    expect(said).toMatch(/The server takes no more before \d\d:\d\d: waiting\.\n(.*\n)*60 records scored/)
  })

  test('holds nobody who would rather end a hand-over', async () => {
    const args = ['submit', ...salary(), '--out', join(folder, 'waits.json')]
    const { child, ended } = await waitsFor('PUT', /\/chunks\//, 3000, args)
    child.kill('SIGINT')
    expect((await ended).code).toBe(1)
  })
})

describe('a server that goes away in mid-run', () => {
  test('is waited for once something was answered, so that nothing is lost that was paid for', {
    timeout: 2 * patience,
  }, async () => {
    let chunks = 0
    store.refuse = (method, path) =>
      method === 'POST' && path.endsWith('/scores') && ++chunks > 5 ? { status: 503, code: 'server/store-gone' } : null
    const { child, ended } = begin(['score', ...salary()], many)
    const waits = new Promise<void>((resolve) => child.stderr?.on('data', (text) => /waiting/.test(text) && resolve()))
    await Promise.race([waits, ended])
    store.refuse = () => null
    const { code, out, said } = await ended
    expect([code, out.trim().split('\r\n').length]).toEqual([0, 601])
    expect(said).toMatch(
      /The server does not answer \(server\/store-gone\): waiting for it\. [1-9]\d* of 600 records were answered, and are kept\.\n/,
    )
    expect(said.match(/waiting/g)).toHaveLength(1)
  })
})

describe('the receipt of a live run that ends before its end', () => {
  /** Chunks that are under way at a time with one thread: one more than these is sent once one of them is answered. */
  const lanes = 4

  /** Scores before a server that does this instead of answering more, and reads the receipt. */
  async function endedBy(instead: (command: ChildProcess) => ReturnType<RunsServer['refuse']>) {
    const receipt = join(folder, 'ended.json')
    rmSync(receipt, { force: true })
    let chunks = 0
    store.refuse = (method, path) =>
      method === 'POST' && path.endsWith('/scores') && ++chunks > lanes + 1 ? instead(child) : null
    const { child, ended } = begin(['score', ...salary(), '--receipt', receipt], many)
    const { code, out, said } = await ended
    store.refuse = () => null
    return { code, out, said, receipt, kept: existsSync(receipt) && JSON.parse(readFileSync(receipt, 'utf8')) }
  }

  const untilThen = expect.objectContaining({ inFile: 600, scorable: 600, leftOut: 0, answered: expect.any(Number) })

  test.each([
    ['an error', 'failed', 'model/unknown', () => ({ status: 404, code: 'model/unknown' })],
    [
      'who ends its process',
      'cancelled',
      'run/cancelled',
      (command: ChildProcess) => {
        command.kill('SIGTERM')
        return { status: 503, code: 'request/busy', after: 1 }
      },
    ],
  ] as const)(
    'says that %s ended it, how far it came, and what the server signs then',
    async (_, status, code, instead) => {
      const ended = await endedBy(instead)
      expect([ended.code, ended.out, ended.said]).toEqual([1, '', expect.stringContaining(`(${code})`)])
      expect(ended.kept).toMatchObject({ format: 'blindscore-receipt/1', status, records: untilThen })
      const { answered } = ended.kept.records
      expect(answered).toBeGreaterThan(0)
      expect(answered).toBeLessThan(600)
      expect(ended.said).toContain(`${answered} of 600 records were answered before it ended.`)
      expect(ended.kept.traffic.bytesDown).toBeGreaterThan(0)
      const verified = await blindscore(['audit', 'verify', join(folder, 'audit'), '--checkpoint', ended.receipt])
      expect([verified.code, verified.said]).toEqual([0, ''])
      const shown = await blindscore(['audit', 'show', join(folder, 'audit'), '--run', ended.kept.run])
      expect(shown.out).toContain('"kind":"scores"')
    },
  )

  test('is there as well where the server stays away, which signs nothing any more', {
    timeout: 2 * patience,
  }, async () => {
    const away = await RunsServer.before(behind.url)
    const receipt = join(folder, 'away.json')
    let chunks = 0
    away.refuse = (method, path) => {
      if (method === 'POST' && path.endsWith('/scores') && ++chunks > lanes + 1) void away.close()
      return null
    }
    const args = ['--server', away.url, '--model', 'salary', ...own(), '--outage', '0', '--receipt', receipt]
    const { code, said } = await blindscore(['score', ...args], many)
    expect([code, said]).toEqual([1, expect.stringContaining('(run/offline)')])
    const kept = JSON.parse(readFileSync(receipt, 'utf8'))
    expect(kept).toMatchObject({ status: 'failed', records: untilThen, audit: null })
    expect(kept.records.answered).toBeGreaterThan(0)
  })

  test('is not there where nothing was answered, and why a run ended is said where it cannot be written', async () => {
    store.refuse = (method) => (method === 'POST' ? { status: 404, code: 'model/unknown' } : null)
    const none = join(folder, 'unanswered.json')
    const { code } = await blindscore(['score', ...salary(), '--receipt', none], few)
    expect([code, existsSync(none)]).toEqual([1, false])
    let chunks = 0
    store.refuse = (method) =>
      method === 'POST' && ++chunks > lanes + 1 ? { status: 404, code: 'model/unknown' } : null
    const nowhere = join(folder, 'nowhere', 'receipt.json')
    const { said } = await blindscore(['score', ...salary(), '--receipt', nowhere], many)
    store.refuse = () => null
    expect(said).toContain('The receipt cannot be written (ENOENT).')
    expect(said).toContain('(model/unknown)')
  })
})
