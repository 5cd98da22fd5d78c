import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Log, silentLog } from '../log.ts'
import { type FileBudgetOptions, FileBudgets, openBudgets } from '../state/fileBudgets.ts'
import type { Charge, Use } from '../state/state.ts'

/** Budgets that outlive their process. */

const hour = 3_600_000
const noon = 480_000 * hour
const use: Use = { principal: 'a1', model: 'salary', card: 'c'.repeat(64), records: 2 }
const gone = { code: 'server/store-gone', seconds: 5 }

let folder: string
let now: number
const opened: FileBudgets[] = []
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'blindscore-budgets-')), 'budgets')
  now = noon
  told.length = 0
})
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
  await rm(folder, { recursive: true, force: true })
})

/** What is said of what lies in the folder. */
const told: object[] = []
const log: Log = { ...silentLog, error: (facts) => told.push(facts) }

async function open(own: Partial<FileBudgetOptions> = {}): Promise<FileBudgets> {
  const budgets = await FileBudgets.open(folder, {
    chunksRemembered: 1000,
    nameOf: (client) => `hidden ${client.length}`,
    log,
    now: () => now,
    ...own,
  })
  opened.push(budgets)
  return budgets
}
const code = 'server/store-gone'
const linesFile = () => join(folder, `${Math.floor(now / hour)}.log`)

const charge = (points: number, own: Partial<Charge> = {}): Charge => ({
  budget: 'records',
  client: '192.0.2.1',
  points,
  most: 10,
  use,
  ...own,
})
const leftOf = (budgets: FileBudgets) => budgets.left('records', '192.0.2.1', 10)

describe('budgets in a folder', () => {
  test('are charged by turns: one client’s many charges keep another waiting for one at most', async () => {
    const budgets = await open()
    const done: string[] = []
    const spend = (client: string) =>
      budgets.spend(charge(1, { client, most: 1000 })).then(() => void done.push(client))
    const many = Array.from({ length: 30 }, () => spend('many'))
    await many[0]
    // Those that only ask are one look together.
    const asked = Array.from({ length: 30 }, () => leftOf(budgets).then(() => void done.push('asked')))
    await spend('few')
    expect(done.filter((each) => each === 'many').length).toBeLessThanOrEqual(3)
    await Promise.all(asked)
    expect(done.filter((each) => each === 'many').length).toBeLessThanOrEqual(4)
    await Promise.all(many)
  })

  test('have an hour’s file at any moment once they began, also of a process that ends while it adds up', async () => {
    await (await open()).spend(charge(1))
    now += 5 * hour
    // What ends it: the hour that it would begin cannot be begun.
    await mkdir(linesFile())
    await expect(open()).rejects.toMatchObject({ fault: 'budgetsUnwritable' })
    await rm(linesFile(), { recursive: true })
    expect(await readdir(folder)).toContain(`${noon / hour}.log`)
    expect((await (await open()).used())[0]?.records).toBe(2)
  })

  test('are as they were after a restart in the middle of an hour, and end with it', async () => {
    const before = await open()
    await before.spend(charge(3))
    now += 1000
    await before.spend(charge(4, { once: 'chunk' }))
    const after = await open()
    expect(await leftOf(after)).toEqual({ left: 3, fullIn: hour - 1000 })
    // It was paid for before the restart.
    expect(await after.spend(charge(4, { once: 'chunk' }))).toHaveProperty('paid')
    expect(await after.spend(charge(4))).toEqual({ wait: hour - 1000 })
    now = noon + hour
    expect(await leftOf(await open())).toEqual({ left: 10, fullIn: 0 })
  })

  test('keep a client’s hour that begins in one hour of the clock and ends in the next', async () => {
    now = noon + hour - 1000
    await (await open()).spend(charge(3))
    now = noon + hour + 1000
    const then = await open()
    await then.spend(charge(2))
    now += 2000
    expect(await leftOf(await open())).toEqual({ left: 5, fullIn: hour - 4000 })
    now = noon + 2 * hour - 500
    expect(await leftOf(await open())).toEqual({ left: 10, fullIn: 0 })
  })

  test('keep a client’s hour where the clock is put back between two starts', async () => {
    now = noon + 600_000
    await (await open()).spend(charge(3))
    now = noon - 1_200_000
    const then = await open()
    expect((await leftOf(then)).left).toBe(7)
    await then.spend(charge(2))
    now = noon + 1_200_000
    expect((await leftOf(await open())).left).toBe(5)
  })

  test('lose nothing that was used where the clock goes ahead for a while and is put back between two starts', async () => {
    const answers = async (budgets: FileBudgets) => (await budgets.used())[0]?.answers
    const first = await open()
    await first.spend(charge(1))
    now = noon + 3 * hour
    await first.spend(charge(1))
    await first.close()
    for (const [at, count] of [
      [noon + 1000, 3],
      [noon + 2 * hour, 4],
      [noon + 3 * hour, 5],
      [noon + 9 * hour, 6],
    ] as const) {
      now = at
      const then = await open()
      await then.spend(charge(1))
      expect(await answers(then)).toBe(count)
      await then.close()
    }
    expect(await answers(await open())).toBe(6)
    expect(told).toEqual([])
  })

  test('are shared by those who have the folder open, to the last point', async () => {
    const all = [await open(), await open(), await open()]
    const asked = Array.from({ length: 30 }, (_, i) => all[i % 3]?.spend(charge(3)))
    const paid = (await Promise.all(asked)).filter((each) => each && 'paid' in each)
    expect(paid).toHaveLength(3)
    for (const each of all) expect((await leftOf(each)).left).toBe(1)
    const [used] = (await all[1]?.used()) ?? []
    expect(used).toMatchObject({ principal: 'a1', answers: 3, records: 6, slots: 9 })
  })

  test('add up what is over, for ever, and keep no more files than hours that matter', async () => {
    const [first, second] = [await open(), await open()]
    for (let i = 0; i < 5; i++) {
      await first.spend(charge(4))
      await second.spend(charge(3, { use: { ...use, principal: 'b2' } }))
      now += hour
    }
    await first.spend(charge(1))
    const { used } = JSON.parse(await readFile(join(folder, 'totals.json'), 'utf8'))
    expect(used).toHaveLength(2)
    expect((await readdir(folder)).filter((name) => name.endsWith('.log')).length).toBeLessThanOrEqual(2)
    for (const each of [first, second, await open()]) {
      const all = await each.used()
      expect(all.find(({ principal }) => principal === 'a1')).toMatchObject({ answers: 6, slots: 21 })
      expect(all.find(({ principal }) => principal === 'b2')).toMatchObject({ answers: 5, slots: 15 })
    }
  })

  test('hold no address', async () => {
    await (await open()).spend(charge(3))
    for (const name of await readdir(folder))
      expect(await readFile(join(folder, name), 'utf8')).not.toContain('192.0.2')
  })

  test('take half a line for nothing, and write none behind it', async () => {
    const before = await open()
    await before.spend(charge(3))
    const file = join(folder, `${noon / hour}.log`)
    const line = await readFile(file, 'utf8')
    await appendFile(file, line.trim().slice(0, -20))
    const after = await open()
    expect((await leftOf(after)).left).toBe(7)
    await after.spend(charge(2))
    expect((await leftOf(await open())).left).toBe(5)
  })

  test('name the file of a line that was altered, which counts for nothing, and are not begun with totals that were', async () => {
    const first = await open()
    await first.spend(charge(4))
    now += 3 * hour
    await first.spend(charge(3))
    const begun = () => FileBudgets.open(folder, { chunksRemembered: 10, nameOf: String, log, now: () => now })
    const [lines, totals] = [`${now / hour}.log`, 'totals.json'].map((name) => join(folder, name)) as [string, string]
    for (const file of [lines, totals]) {
      const whole = await readFile(file)
      for (let i = 0; i < whole.length - 1; i += 7) {
        await writeFile(
          file,
          whole.map((byte, at) => (at === i ? byte ^ 1 : byte)),
        )
        if (file === totals) await expect(begun()).rejects.toMatchObject({ fault: 'budgetsShape' })
        else {
          const budgets = await begun()
          expect([told.splice(0), await budgets.used()]).toEqual([
            [{ file: `${now / hour}.log`, lines: 1 }],
            [{ ...use, answers: 1, slots: 4 }],
          ])
          await budgets.close()
        }
      }
      await writeFile(file, whole)
    }
    expect(await (await open()).used()).toEqual([{ ...use, answers: 2, records: 4, slots: 7 }])
  })

  test('are put there again by a process that had read them, where their file is taken away; once, also by several', async () => {
    const [one, other] = [await open(), await open()]
    await one.spend(charge(3))
    const harms = [() => rm(linesFile()), () => rename(linesFile(), `${linesFile()}.old`)]
    for (const [i, harm] of harms.entries()) {
      await harm()
      await Promise.all([one.spend(charge(1)), other.spend(charge(2))])
      const left = 7 - 3 * (i + 1)
      for (const each of [one, other, await open()]) expect((await leftOf(each)).left).toBe(left)
      expect(told.splice(0)).toContainEqual({ code, file: `${now / hour}.log` })
    }
    now += hour / 2
    await rm(linesFile())
    now += hour / 2 + 1000
    // Also what the hour before had of it.
    expect((await one.used())[0]).toMatchObject({ slots: 9 })
    expect((await (await open()).used())[0]).toMatchObject({ slots: 9 })
  })

  test('that were cut or put back under a process that had read them are no fresh hour: nothing is scored, and the log says why', async () => {
    const budgets = await open()
    await budgets.spend(charge(3))
    const before = await readFile(linesFile())
    await budgets.spend(charge(4))
    const later = await readFile(linesFile())
    const refused = async () => {
      for (let i = 0; i < 2; i++) await expect(budgets.spend(charge(1))).rejects.toMatchObject(gone)
      await expect(leftOf(budgets)).rejects.toMatchObject(gone)
    }
    await writeFile(linesFile(), before)
    await refused()
    expect(told).toEqual([{ code, file: `${now / hour}.log` }])
    await writeFile(linesFile(), later)
    expect(await budgets.spend(charge(1))).toHaveProperty('paid')
    expect((await leftOf(await open())).left).toBe(2)
    await rm(linesFile())
    await writeFile(linesFile(), before)
    await refused()
    await rm(linesFile())
    expect(await budgets.spend(charge(1))).toHaveProperty('paid')
    expect((await leftOf(await open())).left).toBe(1)
  })

  test('name the file that a line was taken out of', async () => {
    const budgets = await open()
    for (let i = 0; i < 4; i++) await budgets.spend(charge(1))
    const lines = (await readFile(linesFile(), 'utf8')).split('\n').filter((line) => line !== '')
    expect(lines).toHaveLength(4)
    await budgets.close()
    await writeFile(linesFile(), `${lines.toSpliced(1, 2).join('\n')}\n`)
    await open()
    expect(told).toEqual([{ file: `${now / hour}.log`, missing: 2 }])
  })

  test('keep their totals where these are altered, taken away or put back under a process that knows them', async () => {
    const budgets = await open()
    const totals = join(folder, 'totals.json')
    const spent = async (): Promise<string> => {
      await budgets.spend(charge(3))
      now += 3 * hour
      await budgets.spend(charge(1))
      return readFile(totals, 'utf8')
    }
    const first = await spent()
    const harms = [() => writeFile(totals, first), () => rm(totals), () => writeFile(totals, '{}')]
    let slots = 4
    for (const harm of harms) {
      await spent()
      await harm()
      expect(told).toEqual([])
      await spent()
      expect(told.splice(0)).toEqual([{ code, file: 'totals.json' }])
      slots += 8
      for (const each of [budgets, await open()]) expect((await each.used())[0]).toMatchObject({ slots })
    }
    // Also before an hour is added, where somebody asks, and where the process ends.
    await writeFile(totals, first)
    expect((await budgets.used())[0]).toMatchObject({ slots })
    expect(told.splice(0)).toEqual([{ code, file: 'totals.json' }])
    await writeFile(totals, first)
    await budgets.close()
    expect((await (await open()).used())[0]).toMatchObject({ slots })
  })

  test('are not begun with by servers of another secret, for whom every client would have a fresh hour', async () => {
    await (await open({ secretName: 'one' })).spend(charge(3))
    await expect(open({ secretName: 'other' })).rejects.toMatchObject({ code, fault: 'stateOfOtherSecret' })
    expect((await leftOf(await open({ secretName: 'one' }))).left).toBe(7)
  })

  test('say so where what was used for ever is not there any more, and nothing where it never was', async () => {
    for (let i = 0; i < 2; i++) await open({ secretName: 'one' })
    expect(told).toEqual([])
    await rm(join(folder, 'totals.json'))
    for (let i = 0; i < 2; i++) await open({ secretName: 'one' })
    expect(told).toEqual([{ code, file: 'totals.json' }])
  })

  test('are gone while their folder is: nothing is spent, and what was known is known again', async () => {
    const budgets = await open()
    await budgets.spend(charge(3))
    await rename(folder, `${folder}.away`)
    await rm(`${folder}.away/${noon / hour}.log`)
    await writeFile(folder, 'no folder')
    await expect(budgets.spend(charge(1))).rejects.toMatchObject(gone)
    await expect(leftOf(budgets)).rejects.toMatchObject(gone)
    now += hour / 2
    await expect(budgets.spend(charge(1))).rejects.toMatchObject(gone)
    await rm(folder)
    await mkdir(folder)
    expect(await budgets.spend(charge(1))).toHaveProperty('paid')
    expect((await leftOf(budgets)).left).toBe(6)
    await rm(`${folder}.away`, { recursive: true })
  })

  test('are not begun with where what is there is something else, or cannot be made', async () => {
    await mkdir(folder)
    const file = join(folder, 'totals.json')
    const options = { chunksRemembered: 10, nameOf: (client: string) => client }
    for (const text of ['', '{', '{"format":"blindscore-usage/1","folded":1,"used":[{}]}', '[]']) {
      await writeFile(file, text)
      await expect(FileBudgets.open(folder, options)).rejects.toMatchObject({ fault: 'budgetsShape' })
      await expect(openBudgets(undefined, folder, options)).rejects.toMatchObject({ fault: 'budgetsShape' })
    }
    const under = join(file, 'budgets')
    await expect(openBudgets(under, '', options)).rejects.toMatchObject({ fault: 'budgetsUnwritable' })
    expect(await openBudgets(undefined, under, options)).toBeNull()
  })
})
