import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { silentLog } from '../log.ts'
import { embeddedQueue, openEmbeddedQueue } from '../runs/embeddedQueue.ts'
import type { OpenQueue } from '../runs/ports.ts'
import { postgresEngine } from '../runs/postgresEngine.ts'
import { redisEngine } from '../runs/redisEngine.ts'
import { type QueueEngine, sharedQueue } from '../runs/sharedQueue.ts'
import { startPostgres } from './services/postgres.ts'
import { startRedis } from './services/redis.ts'
import { describeWith, type Service } from './services/service.ts'
import { queueContract, runOf, Stores } from './support/runQueues.ts'

describe('the queue of a process itself', () => {
  queueContract(async () => openEmbeddedQueue)

  test('of one client’s long runs one is worked on after the other, of several clients at once, and short ones', async () => {
    const stores = new Stores()
    stores.tookMs = 20
    const queue = await openEmbeddedQueue(stores)
    const [own, others] = [
      [30, 30, 30, 30].map((chunks) => stores.add(chunks)),
      [30, 2, 2].map((chunks) => stores.add(chunks)),
    ]
    for (const run of [...own, ...others.slice(1)]) stores.clients.set(run, 'one')
    await Promise.all([...own, ...others].map((run) => queue.wake(run)))
    await stores.untilDone()
    const ofOne = stores.atOnce.map((runs) => runs.filter((run) => own.includes(run)))
    expect(Math.max(...ofOne.map(({ length }) => length))).toBe(1)
    expect(stores.atOnce.some((runs) => others.every((run) => runs.includes(run)))).toBe(true)
    expect(stores.brought.map(({ run }) => run).filter((run) => own.includes(run))).toEqual(own)
    await queue.close()
  })

  test('a run whose turn is over goes to the end of its client’s line', async () => {
    const stores = new Stores()
    const queue = await embeddedQueue(stores, -1)
    const runs = [10, 10].map((chunks) => stores.add(chunks))
    for (const run of runs) stores.clients.set(run, 'one')
    await Promise.all(runs.map((run) => queue.wake(run)))
    await stores.untilDone()
    // A chunk of the one, then a chunk of the other.
    const [first, second] = runs
    const turns = stores.brought.map(({ run }) => run)
    expect(turns.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? first : second)))
    await queue.close()
  })
})

test('the queue of a process finds a run that nobody is at by a look', async () => {
  const stores = new Stores()
  const queue = await embeddedQueue(stores, 60_000, 20)
  stores.add(5)
  await stores.untilDone()
  await queue.close()
})

const ask = async (url: string, text: string) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows
}
const commanded = async (url: string, ...words: [string, ...string[]]) => {
  const redis = new Redis(url)
  const said = await redis.call(...words)
  redis.disconnect()
  return said
}

const kinds = {
  redis: {
    start: () => startRedis(),
    engine: redisEngine,
    forget: (url: string) => commanded(url, 'FLUSHALL'),
    /** As another process does, once a lock is over. */
    unlock: async (url: string) => {
      for (const name of (await commanded(url, 'KEYS', '*:lock')) as string[]) await commanded(url, 'DEL', name)
    },
  },
  postgres: {
    start: () => startPostgres(),
    engine: postgresEngine,
    forget: (url: string) => ask(url, 'TRUNCATE blindscore_queue.job CASCADE'),
    unlock: (url: string) => ask(url, 'UPDATE blindscore_queue.job SET lock_token = NULL, locked_until_ms = 0'),
  },
} as const

describeWith(['postgres'])('a queue in postgres', () => {
  test('hears from its beginning on that the connection which waits for work was cut', async () => {
    const heard = new WeakMap<object, number>()
    const waiting: (number | undefined)[] = []
    const { connect, query } = Client.prototype as unknown as Record<string, (...of: unknown[]) => unknown>
    vi.spyOn(Client.prototype, 'connect').mockImplementation(function (this: Client, ...of: unknown[]) {
      heard.set(this, this.listenerCount('error'))
      return connect?.apply(this, of) as never
    })
    vi.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...of: unknown[]) {
      if (/^LISTEN/im.test(`${of[0]}`)) waiting.push(heard.get(this))
      return query?.apply(this, of) as never
    })
    const service = await startPostgres()
    const queue = await sharedQueue(() => postgresEngine(service.url), { log: silentLog, places: 1 })(new Stores())
    await vi.waitUntil(() => waiting.length > 0, { timeout: patience })
    expect(waiting.every((listeners) => listeners !== undefined && listeners > 0)).toBe(true)
    vi.restoreAllMocks()
    await queue.close()
    await service.stop()
  })
})

for (const kind of ['redis', 'postgres'] as const)
  describeWith([kind])(`a queue in ${kind}`, () => {
    const { start, engine, forget, unlock } = kinds[kind]
    let service: Service
    beforeAll(async () => {
      service = await start()
    })
    afterAll(() => service?.stop())
    const opener = (places = 4, lookEvery = 60_000): OpenQueue =>
      sharedQueue((): Promise<QueueEngine> => engine(service.url), { log: silentLog, places, lookEvery })

    queueContract(async () => opener())

    test('several processes share a run, and one that takes no work wakes the others', async () => {
      const stores = new Stores()
      stores.tookMs = 20
      const [one, two] = [stores.seenByAnother(), stores.seenByAnother()]
      const queues = [await opener(0)(stores), await opener(1)(one), await opener(1)(two)]
      const run = stores.add(400)
      await queues[0]?.wake(run)
      await stores.untilDone()
      expect(stores.brought).toEqual([])
      for (const { brought } of [one, two]) expect(brought.length).toBeGreaterThan(5)
      for (const queue of queues) await queue.close()
    })

    test('who helps with several runs does so with one after the other', async () => {
      const stores = new Stores()
      stores.tookMs = 60
      const [owner, helper] = [stores.seenByAnother(), stores.seenByAnother()]
      const idle = await opener(0)(stores)
      for (const run of [stores.add(400), stores.add(400)]) await idle.wake(run)
      const owning = await opener(2)(owner)
      await vi.waitUntil(() => owner.brought.length > 0, { timeout: patience })
      const helping = await opener(1)(helper)
      await stores.untilDone()
      const runs = helper.brought.map(({ run }) => run)
      const changes = runs.filter((run, at) => at > 0 && run !== runs[at - 1]).length
      expect(runs.length).toBeGreaterThan(5)
      // The parts of the run that goes first may come when those of the other one are there already.
      expect(changes).toBeLessThanOrEqual(2)
      for (const queue of [idle, owning, helping]) await queue.close()
    })

    test('what the queue forgot is found in the stores', async () => {
      const stores = new Stores()
      const idle = await opener(0)(stores)
      await idle.wake(stores.add(40))
      await idle.close()
      await forget(service.url)
      const queue = await opener(4, 400)(stores)
      await stores.untilDone()
      stores.add(5)
      await stores.untilDone()
      await queue.close()
    })

    test('a run that is handed over while the queue is gone is worked on once it is back', async () => {
      const stores = new Stores()
      const queue = await opener()(stores)
      await queue.wake(stores.add(10))
      await stores.untilDone()
      await service.kill()
      await queue.wake(stores.add(20))
      await service.restart()
      await stores.untilDone()
      await queue.close()
    })

    test('who was held up and lost a job says so', async () => {
      const stores = new Stores()
      let isHeldUp = true
      let begun = 0
      stores.work = async () => {
        begun++
        await vi.waitUntil(() => !isHeldUp, { timeout: 2 * patience })
      }
      const said: string[] = []
      const log = { ...silentLog, warn: (...of: unknown[]) => void said.push(JSON.stringify(of)) }
      const lost = '[{},"work on a stored run was lost: this process was held up, or the queue forgot it"]'
      const queue = await sharedQueue(() => engine(service.url), { log, places: 1 })(stores)
      await queue.wake(stores.add(1))
      await vi.waitUntil(() => begun > 0, { timeout: patience })
      await unlock(service.url)
      await vi.waitUntil(() => said.includes(lost), { timeout: patience })
      isHeldUp = false
      await queue.close()
      // What was lost is anybody's to work on, and no other test's.
      await forget(service.url)
    })

    test('what somebody else wrote into the queue is not believed', async () => {
      const stores = new Stores()
      const queue = await opener()(stores)
      const { queue: jobs, close } = await engine(service.url)
      const odd = ['../keys', '', 7, null, ['a'], `${runOf()}/key`]
      await jobs.addBulk([
        ...odd.map((run) => ({ name: 'run', data: { run }, opts: {} })),
        ...odd.map((run) => ({ name: 'part', data: { run, first: 0, end: 4 }, opts: {} })),
        ...[-1, 0.5, '0', 2 ** 60].map((first) => ({ name: 'part', data: { run: runOf(), first, end: 4 }, opts: {} })),
      ])
      await queue.wake(stores.add(5))
      await stores.untilDone()
      expect(stores.brought.map(({ run }) => run)).toEqual(expect.arrayContaining([...stores.chunks.keys()]))
      expect(new Set(stores.brought.map(({ run }) => run)).size).toBe(1)
      await jobs.close()
      await close()
      await queue.close()
    })
  })

describeWith(['redis'])('what is in a queue', () => {
  test('are names of runs and numbers of chunks, and codes of what failed', async () => {
    const service = await startRedis()
    const stores = new Stores()
    stores.parts = async () => {
      throw new Error('a cell: 123.45')
    }
    const queue = await sharedQueue(() => redisEngine(service.url), { log: silentLog, places: 1 })(stores)
    const run = stores.add(4)
    await queue.wake(run)
    const all = await vi.waitUntil(
      async () => {
        const names = (await commanded(service.url, 'KEYS', '*')) as string[]
        const texts: string[] = []
        for (const name of names) {
          const kind = await commanded(service.url, 'TYPE', name)
          if (kind === 'hash') texts.push(JSON.stringify(await commanded(service.url, 'HGETALL', name)))
          if (kind === 'stream') texts.push(JSON.stringify(await commanded(service.url, 'XRANGE', name, '-', '+')))
        }
        const text = texts.join('\n')
        return text.includes('internal') ? text : undefined
      },
      { timeout: patience },
    )
    expect(all).toContain(run)
    expect(all).not.toContain('123.45')
    expect(all).not.toContain('.ts:')
    await queue.close()
    await service.stop()
  })
})
