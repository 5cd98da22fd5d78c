import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { basesOfMasks } from '../../core/protocol/paillier/arithmetic.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { patience } from '../../core/test/patience.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { scoringEngines } from '../../kernel/scoringEngines.ts'
import type { Compute } from '../compute/compute.ts'
import { rotatedRuns } from '../runs/manifest.ts'
import type { OpenQueue, RunWork } from '../runs/ports.ts'
import type { SharedTables } from '../runs/tableBases.ts'
import { rotate } from '../sealed/rotate.ts'
import {
  askRun,
  created,
  type Handed,
  opened,
  predictors,
  putChunk,
  records,
  Storage,
  stateOf,
} from './support/runs.ts'
import { Client, computeHere, register, tiny, type World } from './support/world.ts'

/** Stored runs whose masks are drawn from tables: what a table is made of is made by all that work on a run, and shared. */

enableRelaxedSimd()

const bases = basesOfMasks(2048)
const [chunkCount, few] = [64, 44]
/** Bases in one object. */
const partSize = 16

let storage: Storage
let client: Client
/** Takes runs, and works on none. */
let taking: World
beforeAll(async () => {
  storage = await Storage.make()
  client = await Client.make()
  const openQueue: OpenQueue = async () => idle
  taking = await storage.serve({}, {}, { openQueue })
  await register(taking, client)
})
afterAll(() => storage.end())

const idle = { wake: async () => {}, close: async () => {} }

/** A server that works on runs when it is told to, and what was made there. */
interface Working {
  readonly world: World
  readonly made: Uint8Array[]
  work(run: Handed, first: number, end: number): Promise<void>
}

const always = (patienceMs: number): SharedTables => ({ paysFor: () => true, patienceMs })

async function working(tables?: SharedTables): Promise<Working> {
  const here = computeHere([tiny], scoringEngines().engines)
  const made: Uint8Array[] = []
  const masks: Compute['masks'] = async (request, turn, signal) => {
    const done = await here.masks(request, turn, signal)
    made.push(done.masks)
    return done
  }
  const works: RunWork[] = []
  const openQueue: OpenQueue = async (work) => {
    works.push(work)
    return idle
  }
  const compute = { ...here, masks }
  const world = await storage.serve({ models: [tiny], compute }, {}, { openQueue, ...(tables && { tables }) })
  return { world, made, work: async ({ id }, first, end) => works[0]?.work({ run: id, first, end }) }
}

/** A run of so many chunks of a block each, which are the same but for their numbers. */
async function started(count: number): Promise<Handed> {
  const { slots } = layoutOf('paillier-2048', tiny.card)
  const rows = Array.from({ length: slots }, (_, r) => records[r % records.length] as string[])
  const chunk = client.seal(tiny.card, rows, randomBytes(16))
  const run = await created(
    taking,
    client,
    Array.from({ length: count }, (_, i) => ({ ...chunk, chunk: i })),
  )
  for (const each of run.chunks) expect((await putChunk(taking, run, each)).status).toBe(201)
  expect((await askRun(taking, run, '/start', { method: 'POST' })).status).toBe(202)
  return run
}

async function expectAnswered(run: Handed): Promise<void> {
  expect(await stateOf(taking, run)).toMatchObject({ state: 'done', answered: run.chunks.length })
  for (const chunk of [0, run.chunks.length - 1])
    for (const [r, value] of (await opened(taking, client, run, chunk)).entries())
      expect(Math.abs(value - (predictors[r % predictors.length] as number))).toBeLessThanOrEqual(tiny.card.tolerance)
}

const masksOf = (made: readonly Uint8Array[]): number => made.reduce((sum, each) => sum + each.length / 512, 0)
const metricOf = async ({ world }: Working, name: string) =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await world.ask('/metrics')).text())?.[1])
const byTable = (of: Working) => metricOf(of, 'blindscore_masks_made_total{how="table"}'.replace(/[{}]/g, '\\$&'))
const at = (run: Handed, name: string) => storage.at(join('runs', run.id, name))

test('processes make what a run’s table is made of once, together, and each draws masks from a table of its own', async () => {
  const [one, other] = [await working(always(patience)), await working(always(patience))]
  const run = await started(chunkCount)
  await Promise.all([one.work(run, 0, chunkCount / 2), other.work(run, chunkCount / 2, chunkCount)])
  await expectAnswered(run)
  for (const { made } of [one, other]) expect(masksOf(made)).toBeGreaterThanOrEqual(partSize)
  expect(masksOf([...one.made, ...other.made])).toBe(bases)
  expect((await byTable(one)) + (await byTable(other))).toBe(chunkCount)
  // None of them is readable where they lie.
  const stored = readdirSync(at(run, 'base')).map((name) => readFileSync(at(run, `base/${name}`)))
  expect(stored).toHaveLength(Math.ceil(bases / partSize))
  for (const mask of [...one.made, ...other.made])
    for (const bytes of stored) expect(bytes.includes(Buffer.from(mask.subarray(40, 64)))).toBe(false)
  for (const { world } of [one, other]) await world.close()
})

test('what was begun by a process that was killed is made by the next, and what was altered or exchanged anew', async () => {
  const first = await working(always(0))
  const run = await started(chunkCount)
  mkdirSync(at(run, 'begun'), { recursive: true })
  for (const part of [0, 3]) writeFileSync(at(run, `begun/${part}`), '')
  await first.work(run, 0, chunkCount)
  await expectAnswered(run)
  expect([masksOf(first.made), await byTable(first)]).toEqual([bases, chunkCount])
  await first.world.close()

  rmSync(at(run, 'out'), { recursive: true })
  const bytes = readFileSync(at(run, 'base/1'))
  bytes[60] = (bytes[60] ?? 0) ^ 1
  writeFileSync(at(run, 'base/1'), bytes)
  cpSync(at(run, 'base/4'), at(run, 'base/5'))
  const second = await working(always(patience))
  await second.work(run, 0, chunkCount)
  await expectAnswered(run)
  expect([masksOf(second.made), await byTable(second)]).toEqual([2 * partSize, chunkCount])
  expect(second.world.logged.filter((line) => line.includes('"code":"run/damaged"'))).toHaveLength(2)
  await second.world.close()

  // Of little that is left of much they are taken, and none is made where they are not there.
  const whole: SharedTables = { paysFor: (masks) => masks >= chunkCount, patienceMs: patience }
  const workOnFew = async () => {
    for (let chunk = 0; chunk < few; chunk++) rmSync(at(run, `out/${chunk}`))
    const third = await working(whole)
    await third.work(run, 0, chunkCount)
    await expectAnswered(run)
    const counts = [masksOf(third.made), await byTable(third)]
    await third.world.close()
    return counts
  }
  expect(await workOnFew()).toEqual([0, few])

  // Who knew the old key may have made some.
  await rotate(rotatedRuns, await storage.stores(), { was: storage.key, becomes: storage.key, reencrypt: true })
  expect(
    ['base', 'begun'].flatMap((folder) => (existsSync(at(run, folder)) ? readdirSync(at(run, folder)) : [])),
  ).toEqual([])
  expect(await workOnFew()).toEqual([0, 0])
})

test('a run of few masks has no table', async () => {
  const only = await working()
  const run = await started(2)
  await only.work(run, 0, 2)
  await expectAnswered(run)
  expect([only.made.length, existsSync(at(run, 'base'))]).toEqual([0, false])
  await only.world.close()
})
