import { Redis } from 'ioredis'
import { Client } from 'pg'
import { silentLog } from '../../log.ts'
import { secretOf } from '../../secret.ts'
import { beginStore } from '../../state/shared/open.ts'
import type { StoreOptions } from '../../state/shared/store.ts'
import { startPostgres } from '../services/postgres.ts'
import { startRedis } from '../services/redis.ts'
import type { Service } from '../services/service.ts'

/** The stores that processes share, as tests start them. */

export const secret = secretOf(new Uint8Array(32).fill(7), true)

export function optionsFor(url: string): StoreOptions {
  return { url, secretName: secret.nameOfStore, log: silentLog }
}

export interface TestStore {
  readonly name: 'redis' | 'postgres'
  start(): Promise<Service>
  /** Loses everything, as by a mistake. */
  wipe(url: string): Promise<void>
}

export const stores: readonly TestStore[] = [
  {
    name: 'redis',
    start: () => startRedis(),
    wipe: async (url) => {
      const client = new Redis(url)
      await client.flushall()
      client.disconnect()
    },
  },
  {
    name: 'postgres',
    start: () => startPostgres(),
    wipe: async (url) => {
      const client = new Client({ connectionString: url })
      await client.connect()
      await client.query('DROP SCHEMA IF EXISTS blindscore CASCADE')
      await client.end()
    },
  },
]

/** A store in which nothing is remembered. */
export async function begunAnew(store: TestStore, url: string): Promise<StoreOptions> {
  await store.wipe(url)
  await beginStore(optionsFor(url))
  return optionsFor(url)
}
