import { readdirSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import type { Audit, AuditedEvent } from '../audit/audit.ts'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { embeddedQueue } from '../runs/embeddedQueue.ts'
import type { KeyStore } from '../sealed/ports.ts'
import {
  created,
  ended,
  handedOver,
  opened,
  predictors,
  putChunk,
  Storage,
  sealedChunks,
  stateOf,
} from './support/runs.ts'
import { Client, computeHere, register, tiny, type World, zero } from './support/world.ts'

/** Runs whose store or whose worker was held up or gone for a while, and is there again. */

let storage: Storage
let client: Client
beforeAll(async () => {
  storage = await Storage.make()
  client = await Client.make()
})
afterAll(() => storage.end())

async function serve(...more: Parameters<Storage['serve']>): Promise<World> {
  const world = await storage.serve(...more)
  await register(world, client)
  return world
}

/** A store that does what it is told; the answer to one change of an entry gets lost where `lose` says so. */
async function losing(lose: () => boolean): Promise<KeyStore> {
  const { keys } = await storage.stores()
  return {
    get: (name) => keys.get(name),
    has: (name) => keys.has(name),
    delete: (name) => keys.delete(name),
    list: () => keys.list(),
    async put(name, bytes, was) {
      const done = await keys.put(name, bytes, was)
      if (lose()) throw new RetryLater(errorOf('server/store-gone', 'runStoreGone'), 5)
      return done
    },
  }
}

test('a chunk whose list was written, though the store’s answer was lost, is there, is paid for once, and is scored', async () => {
  let lost = 0
  const world = await serve({}, {}, { keys: await losing(() => lost-- === 1) })
  const left = async () => (await (await world.ask('/v1/models')).json()).budget.left
  const run = await created(world, client, sealedChunks(client, 2))
  const [first, second] = run.chunks as [(typeof run.chunks)[0], (typeof run.chunks)[0]]
  const before = await left()
  lost = 1
  expect((await putChunk(world, run, first)).status).toBe(503)
  const paid = before - (await left())
  expect(paid).toBeGreaterThan(0)
  expect((await putChunk(world, run, first)).status).toBe(200)
  expect((await putChunk(world, run, second)).status).toBe(201)
  expect(before - (await left())).toBe(2 * paid)
  const { status } = await world.ask(`/v1/runs/${run.id}/start`, {
    method: 'POST',
    headers: { 'Blindscore-Run-Token': run.token },
  })
  expect([status, (await ended(world, run)).state]).toEqual([202, 'done'])
  for (const chunk of [0, 1])
    (await opened(world, client, run, chunk)).forEach((value, r) => {
      expect(Math.abs(value - (predictors[r] as number))).toBeLessThanOrEqual(tiny.card.tolerance)
    })
  await world.close()
})

test('who was held up while another scored a chunk says of no second answer in the log of answers', async () => {
  let held = true
  const here = computeHere([tiny, zero])
  const told: AuditedEvent[] = []
  const audit: Audit = {
    signer: '',
    append: async (event) => void told.push(event),
    checkpoint: () => Promise.reject(new Error()),
  }
  const score = vi.fn(async (...of: Parameters<typeof here.score>) => {
    await vi.waitUntil(() => !held, { timeout: patience })
    return here.score(...of)
  })
  const slow = await serve({ compute: { ...here, score }, audit })
  const run = await handedOver(slow, client, 3)
  await vi.waitUntil(() => score.mock.calls.length > 0, { timeout: patience })
  const other = await serve({ audit })
  expect((await ended(other, run)).state).toBe('done')
  held = false
  const late = async () => /runs_total\{event="late"\} 3/.test(await (await slow.ask('/metrics')).text())
  await vi.waitUntil(late, { timeout: patience })
  await slow.close()
  await other.close()
  const chunks = told.flatMap((event) => ('chunk' in event && event.outcome === 'answered' ? [event.chunk] : []))
  expect(chunks.sort()).toEqual([0, 1, 2])
})

test('a run whose keys were out of sight for a while is worked on once they are there again', async () => {
  let [went, isAway, looked] = [false, false, 0]
  const { keys } = await storage.stores()
  const away: KeyStore = {
    put: (...of) => keys.put(...of),
    delete: (name) => keys.delete(name),
    list: () => keys.list(),
    get: async (name) => {
      looked++
      return isAway ? null : keys.get(name)
    },
    has: async (name) => !isAway && keys.has(name),
  }
  const here = computeHere([tiny, zero])
  const score = (...of: Parameters<typeof here.score>) => {
    isAway ||= !went
    went = true
    return here.score(...of)
  }
  const openQueue = (work: Parameters<typeof embeddedQueue>[0]) => embeddedQueue(work, 60_000, 50)
  const world = await serve({ compute: { ...here, score } }, {}, { keys: away, openQueue })
  const run = await handedOver(world, client, 2)
  await vi.waitUntil(() => isAway, { timeout: patience })
  const before = looked
  await vi.waitUntil(() => looked > before + 20, { timeout: patience })
  isAway = false
  expect((await ended(world, run)).state).toBe('done')
  await world.close()
})

test('a run that a kill left without its first list is none, and nothing is said of it', async () => {
  const world = await serve()
  const run = await created(world, client, sealedChunks(client, 1))
  const folder = storage.at(`runs/${run.id}/manifest`)
  expect(readdirSync(folder)).toHaveLength(1)
  rmSync(folder, { recursive: true })
  const logged = world.logged.length
  expect((await stateOf(world, run)).code).toBe('run/unknown')
  const after = await serve()
  expect([...world.logged.slice(logged), ...after.logged].join('')).not.toContain('run/damaged')
  await after.close()
  await world.close()
})
