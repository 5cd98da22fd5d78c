import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import { runsAsRoot } from '../runningProcess.ts'
import { countsOfLedger, FileLedger } from '../state/fileLedger.ts'
import { beginOwnState, type OwnPlaces, openOwnState } from '../state/ownState.ts'
import type { Charge } from '../state/state.ts'

/** What a server of its own counts in two places, of which one is gone at a start. */

let state: string
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'blindscore-own-'))
})
afterEach(() => rm(state, { recursive: true, force: true }))

const at = (name: string) => join(state, 'blindscore', name)
const hidden = { seal: (text: string) => `of ${text.length}`, open: () => null }
const secret = {
  kept: true,
  nameOfStore: 'a store',
  nameOfClient: (client: string) => `hidden ${client.length}`,
  namesOfUses: hidden,
}
const limits = { chunksRemembered: 100 }
const usual = (): OwnPlaces => ({ ledgerFile: undefined, budgetsFolder: undefined, env: { XDG_STATE_HOME: state } })
const gone = { code: 'server/store-gone', fault: 'stateGone' }

const use = { principal: 'a1', model: 'salary', card: 'c'.repeat(64), records: 2 }
const charge: Charge = { budget: 'records', client: '192.0.2.1', points: 3, most: 10, use }
const name = 'd'.repeat(64)

/** Spends and counts something with a server's state, or looks at what is left. */
async function served(places = usual(), own = secret) {
  const { ledger, budgets } = await openOwnState(places, { secret: own, limits, log: silentLog })
  const left = (await budgets?.left('records', '192.0.2.1', 10))?.left
  await budgets?.spend(charge)
  await ledger.take(name, 5, 2 ** 40)
  await budgets?.close?.()
  await ledger.close?.()
  return left
}
const hours = async () => (await readdir(at('budgets'))).filter((name) => name.endsWith('.log'))
const counted = async () => JSON.parse(await readFile(at('ledger'), 'utf8'))[name]

test('goes on where both are there, and begins both where neither ever was', async () => {
  expect([await served(), await served(), await served()]).toEqual([10, 7, 4])
})

test.each(['budgets', 'ledger'])('is not begun anew by a start where its %s is gone', async (each) => {
  await served()
  await rename(at(each), join(state, 'away'))
  for (let i = 0; i < 2; i++) await expect(served()).rejects.toMatchObject(gone)
  // Nor by an empty folder in its place, nor is anything made meanwhile.
  expect(await readdir(at(''))).not.toContain(each)
  if (each === 'budgets') await mkdir(at(each))
  await expect(served()).rejects.toMatchObject(gone)
  await rm(at(each), { recursive: true, force: true })
  await rename(join(state, 'away'), at(each))
  expect(await served()).toBe(7)
})

test.each(['budgets', 'ledger'])(
  'is begun anew by who says so, where its %s is gone, and the rest goes on',
  async (each) => {
    await served()
    expect(await beginOwnState(usual(), { secret, limits })).toBe(false)
    const before = await counted()
    await rm(at(each), { recursive: true })
    expect(await beginOwnState(usual(), { secret, limits })).toBe(true)
    expect(await served()).toBe(each === 'budgets' ? 10 : 7)
    expect(await counted()).toBeGreaterThanOrEqual(each === 'ledger' ? 5 : before)
    // It is missed again from then on.
    await rm(at(each), { recursive: true })
    await expect(served()).rejects.toMatchObject(gone)
  },
)

test('misses what was in that very place alone: another one may be named', async () => {
  await served()
  const elsewhere = { ...usual(), budgetsFolder: join(state, 'other') }
  expect(await served(elsewhere)).toBe(10)
  expect(await served({ ...usual(), ledgerFile: join(state, 'ledger') })).toBe(7)
  await rm(join(state, 'other'), { recursive: true })
  await expect(served(elsewhere)).rejects.toMatchObject(gone)
  expect(await served()).toBe(4)
})

test('is not taken for kept by an earlier release: what has no memory of the other is missed by nothing', async () => {
  await mkdir(at(''))
  await writeFile(at('ledger'), JSON.stringify({ [name]: 7 }))
  expect(await served()).toBe(10)
  expect(await counted()).toBeGreaterThan(7)
  await rm(at('budgets'), { recursive: true })
  await expect(served()).rejects.toMatchObject(gone)
})

test('is missed also by a server whose secret is another each time', async () => {
  const own = { ...secret, kept: false }
  await served(usual(), own)
  await rm(at('budgets'), { recursive: true })
  await expect(served(usual(), own)).rejects.toMatchObject(gone)
})

test.skipIf(runsAsRoot())('is missed where it cannot be used any more', async () => {
  await served()
  for (const each of ['budgets', 'ledger']) {
    await chmod(at(each), 0)
    await expect(served()).rejects.toMatchObject(gone)
    await chmod(at(each), each === 'budgets' ? 0o700 : 0o600)
  }
})

test('is missed where something else is in its place', async () => {
  await served()
  await rm(at('budgets'), { recursive: true })
  await writeFile(at('budgets'), '')
  await expect(served()).rejects.toMatchObject(gone)
})

test.runIf(runsAsRoot())('that root begins anew is the user’s whose the rest is', async () => {
  await served()
  await rm(at('budgets'), { recursive: true })
  for (const path of [at(''), at('ledger')]) await chown(path, 4711, 4712)
  await beginOwnState(usual(), { secret, limits })
  const made = (await readdir(at('budgets'))).map((name) => join(at('budgets'), name))
  const owners = await Promise.all([at('budgets'), ...made].map((path) => stat(path)))
  expect(owners.map(({ uid, gid }) => [uid, gid])).toEqual(owners.map(() => [4711, 4712]))
  // What was there is still the user's as well, and was not opened by root, who would begin an hour in it.
  expect((await stat(at('ledger'))).uid).toBe(4711)
  await rm(at('ledger'))
  for (const hour of await hours()) await rename(join(at('budgets'), hour), join(at('budgets'), '1.log'))
  await beginOwnState(usual(), { secret, limits })
  expect([(await stat(at('ledger'))).uid, await hours()]).toEqual([4711, ['1.log']])
})

test.runIf(runsAsRoot())('that root begins before there is any is the user’s whose folder it is begun in', async () => {
  await chown(state, 4711, 4712)
  await beginOwnState(usual(), { secret, limits })
  const all = ['', 'ledger', 'budgets', ...(await readdir(at('budgets'))).map((name) => join('budgets', name))]
  const owners = await Promise.all(all.map((each) => stat(at(each))))
  expect(owners.map(({ uid }) => uid)).toEqual(all.map(() => 4711))
})

test('is missed also where the rest was moved or copied to another place', async () => {
  await served()
  for (const each of ['ledger', 'budgets']) {
    const there = await mkdtemp(join(tmpdir(), 'blindscore-own-'))
    const places: OwnPlaces = { ...usual(), env: { XDG_STATE_HOME: there } }
    await mkdir(join(there, 'blindscore'))
    await cp(at(each), join(there, 'blindscore', each), { recursive: true })
    await expect(served(places)).rejects.toMatchObject(gone)
    await cp(at(''), join(there, 'blindscore'), { recursive: true })
    expect(await served(places)).toBe(7)
    await rm(there, { recursive: true })
  }
})

test('is the same by whatever name its place is come to', async () => {
  await served()
  await symlink(at(''), join(state, 'link'))
  const linked = {
    ...usual(),
    ledgerFile: join(state, 'link', 'ledger'),
    budgetsFolder: join(state, 'link', 'budgets'),
  }
  expect(await served(linked)).toBe(7)
  await rm(at('budgets'), { recursive: true })
  await expect(served(linked)).rejects.toMatchObject(gone)
})

test('is missed where another process made an empty ledger in its place meanwhile', async () => {
  await served()
  await rm(at('ledger'))
  await FileLedger.open(at('ledger'))
  for (let i = 0; i < 2; i++) await expect(served()).rejects.toMatchObject(gone)
  expect(await beginOwnState(usual(), { secret, limits })).toBe(true)
  expect([await served(), await beginOwnState(usual(), { secret, limits })]).toEqual([7, false])
})

test('is missed where its hours are gone, or only what a disk of its own begins with is there', async () => {
  await served()
  for (const hour of await hours()) await rm(join(at('budgets'), hour))
  await expect(served()).rejects.toMatchObject(gone)
  await rm(at('budgets'), { recursive: true })
  await mkdir(join(at('budgets'), 'lost+found'), { recursive: true })
  await expect(served()).rejects.toMatchObject(gone)
  await beginOwnState(usual(), { secret, limits })
  expect(await served()).toBe(10)
})

test('can be read by earlier releases, and what is beside is no count', async () => {
  await served()
  const { digest, ...counts } = JSON.parse(await readFile(at('ledger'), 'utf8'))
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(
    Object.entries(counts).every(([each, count]) => /^[0-9a-f]{64}$/.test(each) && Number.isSafeInteger(count)),
  ).toBe(true)
  expect([...(await countsOfLedger(at('ledger'), true)).keys()]).toEqual([name])
})

test('that is begun without the other says so, where neither is remembered', async () => {
  const told: string[] = []
  const log = { ...silentLog, warn: (_facts: object, sentence: string) => void told.push(sentence) }
  for (const [own, other] of [
    ['ledger', /no folder of budgets/],
    ['budgets', /no ledger/],
  ] as const) {
    await rm(at(''), { recursive: true, force: true })
    await mkdir(at('budgets'), { recursive: true })
    if (own === 'ledger') await writeFile(at(own), '{}')
    else await writeFile(join(at(own), '1.log'), '')
    const { ledger, budgets } = await openOwnState(usual(), { secret, limits, log })
    await budgets?.close?.()
    await ledger.close?.()
    expect(told.splice(0)).toEqual([expect.stringMatching(other)])
  }
})

test.skipIf(runsAsRoot())(
  'is not counted in memory where it is there and cannot be used, remembered or not',
  async () => {
    const harms = [
      { path: 'ledger', mode: 0o000, fault: 'ledgerUnreadable' },
      { path: '', mode: 0o500, fault: 'ledgerUnwritable' },
      { path: '', mode: 0o000, fault: 'ledgerUnreadable' },
      { path: 'budgets', mode: 0o500, fault: 'budgetsUnwritable' },
      { path: 'budgets', mode: 0o000, fault: 'budgetsUnwritable' },
    ]
    for (const { path, mode, fault } of harms) {
      await rm(at(''), { recursive: true, force: true })
      await mkdir(at('budgets'), { recursive: true })
      await writeFile(at('ledger'), JSON.stringify({ [name]: 7 }))
      const before = (await stat(at(path))).mode
      await chmod(at(path), mode)
      await expect(served()).rejects.toMatchObject({ fault })
      await chmod(at(path), before)
    }
  },
)
