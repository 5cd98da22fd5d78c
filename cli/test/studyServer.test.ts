import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readInvitation, StudyServer } from '../../client/studyServer.ts'
import { patience } from '../../core/test/patience.ts'
import { parseStudy } from '../../study/studyFile.ts'
import { fits } from '../../study/test/data.ts'
import { declaredIn } from '../poolConsent.ts'
import { serverAt } from '../serverAt.ts'
import { create, discard, joinInvited } from '../studyInvited.ts'
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
  writeFileSync(at('key'), '5a'.repeat(32))
  const args = [
    'serve',
    '--port',
    '0',
    '--studies',
    at('studies'),
    '--runs-key',
    at('key'),
    '--log',
    'info',
    '--threads',
    '1',
  ]
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

test('what was said, and what the server kept of it, has no row and no token', async () => {
  const { ticket } = readInvitation(readFileSync(at('0'), 'utf8')) ?? expect.fail()
  const server = new StudyServer(serverAt(url))
  const { slots } = await server.about(ticket)
  // One by one: at once they would take all connections that an address may have, for some seconds after as well.
  const said: string[] = []
  for (const { slot, seats } of slots) for (const seat of seats) said.push(await server.message(ticket, slot, seat))
  const kept = ['studies', 'state'].flatMap((name) =>
    readdirSync(at(name), { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => readFileSync(join(each.parentPath, each.name), 'latin1')),
  )
  expect(Math.min(said.length, kept.length)).toBeGreaterThan(30)
  const bodies = said.map((text) => Buffer.from(JSON.parse(text).body, 'base64').toString('latin1'))
  const all = [...said, ...bodies, ...kept].join('\n')
  for (const row of rows) expect(all).not.toContain(row)
  for (const name of ['0', '1', '2', 'mine']) {
    expect(all).not.toContain(readFileSync(at(name), 'utf8').trim().split('.').at(-1))
  }
  // On the disk is nothing of what was said either.
  const keys = said.map((text) => JSON.parse(text).from)
  for (const key of keys) expect(kept.join('\n')).not.toContain(key)
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

test('a study of more coefficients than messages have room for is not made', async () => {
  const levels = Array.from({ length: 600 }, (_, i) => `level ${i}`)
  const wide = { ...JSON.parse(readFileSync(studyPath, 'utf8')), terms: ['a'], derived: [] }
  wide.features = [{ name: 'a', type: 'category', levels }]
  await expect(create(JSON.stringify(wide), url, 3, at('never'))).rejects.toMatchObject({ code: 'study/too-large' })
  expect(readdirSync(folder)).not.toContain('never')
})

/** Concrete's records without their outcomes, and these alone, of the same rows. */
const columnsOf = (isOutcome: boolean): string =>
  [header, ...rows]
    .map((line) => line.split(','))
    .map((cells) => (isOutcome ? cells.slice(-1) : cells.slice(0, -1)).join())
    .join('\n')
const study = async (args: readonly string[], input = '') =>
  begun(['study', ...args], input, { BLINDSCORE_PASSPHRASE: 'correct horse battery' }).ended

test('records that one side sealed are answered for by the other, and a server has both meanwhile', async () => {
  const short = { ...parseStudy(readFileSync(studyPath, 'utf8')), terms: ['cement', 'water'] }
  writeFileSync(at('two.study.json'), JSON.stringify(short))
  const own = ['--out', at('sealer'), '--key', at('sealed.key')]
  const sealed = await study(
    ['seal', at('two.study.json'), '--server', url, ...own, '--key-size', '2048'],
    columnsOf(false),
  )
  expect(sealed.code).toBe(0)
  expect(statSync(at('sealer')).mode & 0o077).toBe(0)
  writeFileSync(at('theirs'), sealed.out)
  const open = () => study(['open', at('sealer'), '--key', at('sealed.key'), '--json', '--quiet'], columnsOf(false))
  expect(codeIn(await open())).toBe('study/unanswered')
  expect(JSON.parse(readFileSync(at('sealed.key'), 'utf8')).opened).toBeNull()

  // Another file in its place, as a server could put one there that it sealed itself; and a study of two is none to pool.
  writeFileSync(
    at('other'),
    sealed.out.replace(/sealed=./, (told) => (told.endsWith('0') ? 'sealed=1' : 'sealed=0')),
  )
  const answer = (of: string, out: string, ledger: string) =>
    study(['answer', at(of), '--out', at(out), '--ledger', at(ledger), '--exact'], columnsOf(true))
  expect(codeIn(await answer('other', 'x', 'x.ledger'))).toBe('study/sealed')
  expect(['x', 'x.ledger'].map((name) => existsSync(at(name)))).toEqual([false, false])
  const keys = ['1'.repeat(64), '2'.repeat(64)].join()
  const pooled = await study(['join', at('theirs'), '--owners', keys, '--ledger', at('x.ledger')], part(0))
  expect(codeIn(pooled)).toBe('study/invalid')

  expect((await answer('theirs', 'a', 'a.ledger')).code).toBe(0)
  expect(codeIn(await answer('theirs', 'b', 'b.ledger'))).toBe('study/spoken')
  const { code, out } = await open()
  expect(code).toBe(0)
  const here = await begun(['study', 'fit', at('two.study.json'), '--json'], [header, ...rows].join('\n')).ended
  expect(JSON.parse(out).coefficients).toEqual(JSON.parse(here.out).coefficients)

  const { ticket } = readInvitation(sealed.out) ?? expect.fail()
  const lies = at(`studies/study-${ticket.id}`)
  const kept = readdirSync(lies, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  // The study's file, the list, and what each side said.
  expect(kept).toHaveLength(4)
  const server = new StudyServer(serverAt(url))
  const said = await Promise.all([server.bytes(ticket, 'sealed-0', 0), server.bytes(ticket, 'answer', 1)])
  const files = kept.map((each) => readFileSync(join(each.parentPath, each.name)))
  const texts = [...files, ...said].map((bytes) => Buffer.from(bytes).toString('latin1'))
  for (const row of rows) for (const text of texts) expect(text).not.toContain(row.split(',').slice(0, 3).join())
  expect((await study(['discard', at('sealer')])).code).toBe(0)
  expect(existsSync(lies)).toBe(false)
})
