import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { parseStudy } from '../../study/studyFile.ts'
import { fits } from '../../study/test/data.ts'
import { declaredIn } from '../poolConsent.ts'
import { discard, joinInvited } from '../studyInvited.ts'
import { ownerKey } from '../studyPool.ts'

/** Three owners who were invited, each a process with a part of concrete's records of its own, and a server between them. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const studyPath = join(root, 'study/test/fixtures/concrete.study.json')
const [header = '', ...rows] = readFileSync(join(root, 'public/samples/concrete.csv'), 'utf8').trim().split(/\r?\n/)
const part = (k: number): string => [header, ...rows.filter((_, i) => (i * 7919) % 3 === k)].join('\n')
let folder = ''
const at = (name: string): string => join(folder, name)
const children: ChildProcess[] = []
let url = ''

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'pool-server-'))
  const args = ['serve', '--port', '0', '--studies', at('studies'), '--log', 'info', '--threads', '1']
  const { child } = begun(args, '', { XDG_STATE_HOME: at('state') })
  url = await new Promise((resolve) => {
    child.stdout.on('data', (bytes) => {
      const found = /http:\S+/.exec(String(bytes))
      if (found) resolve(found[0])
    })
  })
})
afterAll(async () => {
  const gone = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  for (const child of gone) child.kill('SIGKILL')
  await Promise.all(gone.map((child) => new Promise((resolve) => child.on('close', resolve))))
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly said: string
}

function begun(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(root, 'dist/cli/blindscore.js'), ...args], {
    env: { ...process.env, ...env },
  })
  children.push(child)
  const told = { out: '', said: '' }
  child.stdout.on('data', (bytes) => {
    told.out += bytes
  })
  child.stderr.on('data', (bytes) => {
    told.said += bytes
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, ...told })))
  return { child, ended }
}

const codeIn = ({ said }: Ended): string | undefined => /\((study\/[a-z-]+)\)/.exec(said)?.[1]

/** A study that three owners are invited to, each with its ledger and its invitation in a file. Returns their keys. */
async function invited(): Promise<readonly string[]> {
  const args = ['study', 'create', studyPath, '--server', url, '--invitations', '3', '--out', at('mine')]
  const made = await begun(args).ended
  const invitations = made.out.trim().split('\n')
  expect(invitations).toHaveLength(3)
  return Promise.all(
    invitations.map(async (text, k) => {
      writeFileSync(at(`${k}`), `${text}\n`)
      const key = await ownerKey(at(`ledger-${k}`))
      if (k === 2) copyFileSync(at('ledger-2'), at('backup'))
      return key
    }),
  )
}

const joining = (k: number, keys: readonly string[], ledger = `ledger-${k}`) =>
  begun(
    [
      ...['study', 'join', at(`${k}`), '--study', studyPath, '--ledger', at(ledger)],
      ...['--owners', keys.join(), '--json', '--wait', '300'],
    ],
    part(k),
  )
const journals = (): string[] => readdirSync(folder).filter((name) => name.startsWith('ledger-2.'))
const notes = (): number => {
  const [journal] = journals()
  return journal === undefined ? 0 : readFileSync(at(journal), 'utf8').split('\n').length
}

test('an owner that is killed in the midst goes on with the same words, and all get the model of all rows', async () => {
  const keys = await invited()
  const [one, two, killed] = [joining(0, keys), joining(1, keys), joining(2, keys)]
  await vi.waitFor(() => expect(notes()).toBeGreaterThan(8), { timeout: 4 * patience, interval: 2 })
  // Without the first owner the others cannot come to an end.
  one.child.kill('SIGSTOP')
  killed.child.kill('SIGKILL')
  await killed.ended
  expect(notes()).toBeGreaterThan(8)

  // With a ledger of before and no journal it would say something else: the server does not take that.
  const forgot = await joining(2, keys, 'backup').ended
  expect([forgot.code, codeIn(forgot)]).toEqual([1, 'study/spoken'])

  const again = joining(2, keys)
  one.child.kill('SIGCONT')
  const ends = await Promise.all([one, two, again].map(({ ended }) => ended))
  expect(ends.map((end) => [end.code, codeIn(end)])).toEqual([0, 1, 2].map(() => [0, undefined]))
  expect(new Set(ends.map(({ out }) => out)).size).toBe(1)
  const ours = JSON.parse((ends[0] as Ended).out)
  expect(ours.coefficients.map((each: { estimate: number }) => each.estimate)).toEqual(
    fits.concrete.optimum.coefficients.map((estimate: number) => Number(estimate.toPrecision(6))),
  )
  expect(journals()).toEqual([])
}, 300_000)

test('what the server kept has no row and no token', () => {
  const kept = readdirSync(at('studies'), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), 'utf8'))
  expect(kept.length).toBeGreaterThan(30)
  const decoded = kept.map((text) => Buffer.from(JSON.parse(text).body ?? '', 'base64').toString('latin1'))
  const all = [...kept, ...decoded].join('\n')
  for (const row of rows) expect(all).not.toContain(row)
  for (const name of ['0', '1', '2', 'mine']) {
    expect(all).not.toContain(readFileSync(at(name), 'utf8').trim().split('.').at(-1))
  }
})

test('an owner that means another study, the organiser, and who comes to a study that went, say nothing', async () => {
  const meant = parseStudy(readFileSync(studyPath, 'utf8'))
  const options = {
    ledger: at('ledger-0'),
    owners: ['a', 'b', 'c'],
    patience,
    releases: [],
    consent: { declared: await declaredIn(null), consent: null, receipt: null },
    study: meant,
  }
  const joined = (invitation: string, more: object = {}) =>
    joinInvited(at(invitation), null as never, { ...options, ...more }, () => {})
  await expect(joined('0', { study: { ...meant, title: 'Another' } })).rejects.toMatchObject({ code: 'study/disagree' })
  await expect(joined('mine')).rejects.toThrow('no owner')
  await discard(at('mine'))
  await expect(joined('0')).rejects.toMatchObject({ code: 'study/unknown' })
})
