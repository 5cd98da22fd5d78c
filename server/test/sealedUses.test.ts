import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { secureRandom } from '../../core/test/sources.ts'
import { silentLog } from '../log.ts'
import { secretOf } from '../secret.ts'
import { FileBudgets } from '../state/fileBudgets.ts'
import { sealedUses } from '../state/sealedUses.ts'
import type { BudgetStore, Charge, Use } from '../state/state.ts'

/** Who used what, in a folder that does not tell it. */

const hour = 3_600_000
const names = secretOf(secureRandom(32), true).namesOfUses
const use: Use = { principal: 'CN=Planted', model: 'planted', card: 'c0ffee', records: 2 }

let folder: string
let now: number
const opened: BudgetStore[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-uses-'))
  now = 480_000 * hour
})
afterEach(async () => {
  await closeAll()
  await rm(folder, { recursive: true })
})
const closeAll = async () => {
  for (const each of opened.splice(0)) await each.close?.()
}

async function open(seals = names, log = silentLog): Promise<BudgetStore> {
  const options = { chunksRemembered: 100, nameOf: () => 'a client', now: () => now, namesOfUses: seals }
  const budgets = sealedUses(await FileBudgets.open(folder, options), seals, log)
  opened.push(budgets)
  return budgets
}

/** As an earlier version did. */
async function openInTheClear(): Promise<BudgetStore> {
  const budgets = await FileBudgets.open(folder, { chunksRemembered: 100, nameOf: () => 'a client', now: () => now })
  opened.push(budgets)
  return budgets
}

const charge = (own: Partial<Charge> = {}): Charge => ({
  budget: 'records',
  client: '192.0.2.1',
  points: 3,
  most: 100,
  use,
  ...own,
})

/** What lies in the folder that tells of the use. */
async function telling(): Promise<string[]> {
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  expect(texts.join('').length).toBeGreaterThan(100)
  return ['Planted', 'planted', 'c0ffee'].filter((word) => texts.some((text) => text.includes(word)))
}

test('a name is the same of the same text, and opens under its own secret alone, with no bit altered', () => {
  const other = secretOf(secureRandom(32), true).namesOfUses
  const name = names.seal('["a","b","c"]')
  expect(names.seal('["a","b","c"]')).toBe(name)
  expect(other.seal('["a","b","c"]')).not.toBe(name)
  expect(names.open(name)).toBe('["a","b","c"]')
  expect(other.open(name)).toBeNull()
  const bytes = Buffer.from(name, 'base64url')
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const altered = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
    expect(names.open(Buffer.from(altered).toString('base64url'))).toBeNull()
  }
  for (const none of ['', 'a', 'CN=Planted']) expect(names.open(none)).toBeNull()
})

test('what is used is counted by name, given back by name, and found nowhere in the folder', async () => {
  const budgets = await open()
  const spent = await budgets.spend(charge())
  await budgets.spend(charge({ use: { ...use, model: 'another' } }))
  await budgets.spend(charge({ budget: 'keys', use: undefined }))
  if (!('paid' in spent)) throw new Error('refused')
  expect(spent.paid).toEqual({ ...charge(), at: now })
  await budgets.spend(charge())
  await budgets.giveBack(spent.paid)
  const counts = { answers: 1, records: 2, slots: 3 }
  const all = [
    { ...use, ...counts },
    { ...use, model: 'another', ...counts },
  ]
  expect(await budgets.used()).toEqual(all)
  expect(await telling()).toEqual([])
  // Nor once the hour is added up, by whichever process.
  await closeAll()
  now += 5 * hour
  expect(await (await open()).used()).toEqual(all)
  expect(await telling()).toEqual([])
})

test('what an earlier version counted in the clear is counted with the rest, and sealed when it is added up', async () => {
  const before = await openInTheClear()
  await before.spend(charge())
  await closeAll()
  now += 5 * hour
  await (await openInTheClear()).spend(charge())
  await closeAll()
  expect(await telling()).toEqual(['Planted', 'planted', 'c0ffee'])
  const all = [{ ...use, answers: 3, records: 6, slots: 9 }]
  const budgets = await open()
  await budgets.spend(charge())
  expect(await budgets.used()).toEqual(all)
  await closeAll()
  now += 5 * hour
  // Two that add it up at once come to the same.
  const both = await Promise.all([open(), open()])
  for (const each of both) expect(await each.used()).toEqual(all)
  expect(await telling()).toEqual([])
})

test('what was sealed under another secret is counted for whoever it was, keeps nobody’s count, and is its own under that secret', async () => {
  await (await open()).spend(charge())
  await closeAll()
  now += 5 * hour
  const told: object[] = []
  const other = await open(secretOf(secureRandom(32), true).namesOfUses, {
    ...silentLog,
    error: (facts) => told.push(facts),
  })
  await other.spend(charge({ points: 7 }))
  const counts = { answers: 1, records: 2 }
  for (let i = 0; i < 2; i++)
    expect(await other.used()).toEqual([
      { principal: expect.stringMatching(/^sealed:[\w-]+$/), model: '', card: '', ...counts, slots: 3 },
      { ...use, ...counts, slots: 7 },
    ])
  expect(told).toEqual([{ code: 'server/store-gone' }])
  await closeAll()
  now += 5 * hour
  expect(await (await open()).used()).toContainEqual({ ...use, ...counts, slots: 3 })
})

test('the longest names are counted, and added up, as any', async () => {
  const long = charge({ use: { ...use, principal: `CN=${'\\D0\\AF'.repeat(330)}`, model: 'm'.repeat(100) } })
  await (await openInTheClear()).spend(long)
  await closeAll()
  for (let i = 0; i < 3; i++) {
    await (await open()).spend(long)
    await closeAll()
    now += 5 * hour
  }
  expect(await (await open()).used()).toMatchObject([{ answers: 4, principal: long.use?.principal }])
})

test('what an earlier version and this one charged and gave back by turns in one folder is given back of one count', async () => {
  const [before, now] = [await openInTheClear(), await open()]
  const once = charge({ once: 'chunk' })
  const [first, second] = [await before.spend(once), await now.spend(once)]
  if (!('paid' in first && 'paid' in second)) throw new Error('refused')
  await before.giveBack(first.paid)
  await now.giveBack(second.paid)
  expect(await now.used()).toEqual([{ ...use, answers: 0, records: 0, slots: 0 }])
})
