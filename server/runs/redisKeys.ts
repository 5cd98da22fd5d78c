import type { Redis } from 'ioredis'
import { unforeseen } from '../../core/errors.ts'
import { errorOf } from '../faults.ts'
import { redisForgets } from '../redisForgets.ts'
import { inStore } from './durable.ts'
import { type KeptEntry, type RunKeyStore, runName } from './ports.ts'

/** The hash of all entries: by run its revision, a colon, and the bytes. */
const name = 'blindscore:run-keys'
const connectMs = 5000

/** Replaces in one step. What is there already is what a lost answer was about, and was put. */
const putScript = `
local kept = redis.call('HGET', KEYS[1], ARGV[1])
local revision = kept and string.match(kept, '^%d+') or '0'
local next = string.format('%d:', tonumber(ARGV[2]) + 1) .. ARGV[3]
if kept == next then return 1 end
if revision ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], next)
return 1`

/** Entries in a Redis or Valkey that writes down what it is told. */
export class RedisKeys implements RunKeyStore {
  readonly #redis: Redis

  private constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Throws `server/store-gone` where there is none at that address, or it may forget what it was told. */
  static async open(url: string): Promise<RedisKeys> {
    const { Redis } = await import('ioredis')
    const options = { connectTimeout: connectMs, commandTimeout: connectMs, maxRetriesPerRequest: 2, lazyConnect: true }
    const redis = new Redis(url, options)
    // Who asks next is told.
    redis.on('error', () => {})
    try {
      await redis.connect()
      // Entries that are gone after a restart, or once there is little memory, would take their runs along.
      if ((await redisForgets(redis)) !== null) throw errorOf('server/store-gone', 'runsKeysForgotten')
      return new RedisKeys(redis)
    } catch (thrown) {
      redis.disconnect()
      return inStore(() => Promise.reject(thrown))
    }
  }

  get(run: string): Promise<KeptEntry | null> {
    return inStore(async () => {
      const kept = await this.#redis.hgetBuffer(name, named(run))
      if (kept === null) return null
      const colon = kept.indexOf(':')
      return { revision: Number(kept.toString('latin1', 0, colon)), bytes: new Uint8Array(kept.subarray(colon + 1)) }
    })
  }

  put(run: string, bytes: Uint8Array, was: number | null): Promise<boolean> {
    return inStore(async () => {
      const done = await this.#redis.call('EVAL', putScript, 1, name, named(run), `${was ?? 0}`, Buffer.from(bytes))
      return done === 1
    })
  }

  delete(run: string): Promise<void> {
    return inStore(async () => {
      await this.#redis.hdel(name, named(run))
    })
  }

  list(): Promise<readonly string[]> {
    return inStore(async () => (await this.#redis.hkeys(name)).filter((run) => runName.test(run)))
  }

  async close(): Promise<void> {
    this.#redis.disconnect()
  }
}

function named(run: string): string {
  return runName.test(run) ? run : unforeseen('a run without a name')
}
