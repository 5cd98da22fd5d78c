import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { silentLog } from '../log.ts'
import type { OpenQueue } from '../runs/ports.ts'
import { postgresEngine } from '../runs/postgresEngine.ts'
import { redisEngine } from '../runs/redisEngine.ts'
import { sharedQueue } from '../runs/sharedQueue.ts'
import { startRedis } from './services/redis.ts'
import { describeWith, type Service } from './services/service.ts'
import { Stores } from './support/runQueues.ts'
import { bitsOfColumn, flippedColumn, type StoredValue, valuesIn } from './support/storedValues.ts'
import { stores as services } from './support/stores.ts'

/** What a queue holds is altered while nobody works: whoever works later finds in the stores what there is to do. */

const slow = process.env.SLOW !== undefined
const now = Date.now
/** The name of a run's job; and what keeps a job from being read, which is passed over once there may be another of its name. */
const namesRun = /-run-0$/
const mayNotBeRead = / (?:data|opts)$/
const tenMinutesLater = () => void vi.spyOn(Date, 'now').mockImplementation(() => now() + 600_000)
const engines = { redis: redisEngine, postgres: postgresEngine } as const

for (const kind of services)
  describeWith([kind.name])(`a queue in ${kind.name}`, () => {
    let service: Service
    beforeAll(async () => {
      service = await kind.start()
    })
    afterAll(() => service?.stop())
    const open = (places: number): OpenQueue =>
      sharedQueue(() => engines[kind.name](service.url), { log: silentLog, places, lookEvery: 500 })

    /** Two runs that wait, and a queue that knows of them. */
    async function waiting(): Promise<Stores> {
      const stores = new Stores()
      const idle = await open(0)(stores)
      for (let i = 0; i < 2; i++) await idle.wake(stores.add(9))
      await idle.close()
      return stores
    }

    test('has every run done whatever becomes of a bit of what it holds', {
      timeout: slow ? 1_200_000 : 120_000,
    }, async () => {
      await waiting()
      const values = held[kind.name](service.url)
      const all = await values.all()
      expect(all.length).toBeGreaterThan(10)
      // Some of what there is, and whatever names a run; SLOW=1 alters each, and three bits of it.
      const every = slow ? 1 : Math.ceil(all.length / 4)
      const chosen = [...all.entries()].filter(([i, { place }]) => i % every === 0 || namesRun.test(place))
      for (const [i] of chosen)
        for (let part = 0; part < (slow ? 3 : 1); part++) {
          await values.forget()
          const stores = await waiting()
          const value = (await values.all())[i]
          await value?.flip((11 * i + Math.floor((value.bits * part) / 3)) % value.bits)
          const queue = await open(2)(stores)
          const later = mayNotBeRead.test(value?.place ?? '') ? setTimeout(tenMinutesLater, 4000) : undefined
          await stores.untilDone().catch(() => expect.fail(`a run was not done: ${value?.place}, ${value?.kind}`))
          clearTimeout(later)
          await queue.close()
          vi.restoreAllMocks()
        }
      await values.close()
    })
  })

describeWith(['redis'])('a queue in Redis', () => {
  test('goes on where what BullMQ counts by is no number any more', async () => {
    const service = await startRedis()
    const redis = new Redis(service.url)
    onTestFinished(async () => {
      redis.disconnect()
      await service.stop()
    })
    const stores = new Stores()
    const queue = await sharedQueue(() => redisEngine(service.url), { log: silentLog, places: 2, lookEvery: 500 })(
      stores,
    )
    onTestFinished(() => queue.close())
    await redis.mset('blindscore:runs:id', '1<', 'blindscore:runs:pc', 'x')
    for (let i = 0; i < 2; i++) await queue.wake(stores.add(9))
    await stores.untilDone()
    expect(await redis.get('blindscore:runs:id')).toMatch(/^\d+$/)
  })
})

const held = {
  redis: (url: string) => {
    const values = valuesIn.redis(url)
    return { ...values, forget: values.clear }
  },
  postgres: jobsIn,
} as const

/** What jobs there are, column by column. */
function jobsIn(url: string) {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  const connected = client.connect()
  const columns = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'blindscore_queue' AND table_name = 'job'
    AND data_type IN ('text', 'jsonb', 'json', 'bigint', 'integer', 'smallint') ORDER BY 1, 2`
  return {
    async all(): Promise<StoredValue[]> {
      await connected
      const found: StoredValue[] = []
      for (const { table_name: name, column_name: column } of (await client.query(columns)).rows) {
        const table = `blindscore_queue.${name}`
        const { rows } = await client.query(
          `SELECT ctid, ${column} AS value, ${column}::text AS text FROM ${table} WHERE ${column} IS NOT NULL LIMIT 1`,
        )
        const [row] = rows
        if (!row?.text) continue
        const value = typeof row.value === 'object' ? row.text : row.value
        const flip = async (bit: number): Promise<void> => {
          const text = `UPDATE ${table} SET ${column} = $1 WHERE ctid = $2`
          await client.query(text, [flippedColumn(value, bit), row.ctid]).catch(unlessRefused)
        }
        found.push({ place: `${name}.${column}`, kind: 'value', bits: Math.min(15, bitsOfColumn(value)), flip })
      }
      return found
    },
    forget: () => client.query('TRUNCATE blindscore_queue.job CASCADE'),
    close: () => client.end(),
  }
}

/** PostgreSQL itself takes no JSON that is none, no number of another size, no name twice. */
function unlessRefused(thrown: { readonly code?: string }): void {
  if (!/^2[23]/.test(thrown.code ?? '')) throw thrown
}
