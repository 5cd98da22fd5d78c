import type { Redis } from 'ioredis'
import { unforeseen } from '../../core/errors.ts'
import { errorOf } from '../faults.ts'
import { redisForgets } from '../redisForgets.ts'
import { inStore } from './durable.ts'
import type { Use } from './inUse.ts'
import { entryName, type KeptEntry, type KeyStore } from './ports.ts'
import { type SharedMarks, useShared } from './sharedUse.ts'

/** The hash of all entries: by name its revision, a colon, and the bytes. */
const name = 'blindscore:run-keys'
/** The hash of marks of who uses them. */
const uses = 'blindscore:run-keys-uses'
const connectMs = 5000

/** Takes away marks that lasted, and puts one, in one step. */
const enterScript = `
local now = tonumber(redis.call('TIME')[1])
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local mark = cjson.decode(all[i + 1])
  if mark.last <= now then
    redis.call('HDEL', KEYS[1], all[i])
  elseif all[i] ~= ARGV[1] and (mark.use == 'rotation' or ARGV[2] == 'rotation') then
    return all[i + 1]
  end
end
local mark = { use = ARGV[2], host = ARGV[3], pid = tonumber(ARGV[4]), last = now + tonumber(ARGV[5]) }
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(mark))
return false`

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
export class RedisKeys implements KeyStore {
  readonly #redis: Redis
  #endUse = async (): Promise<void> => {}

  private constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Throws `server/store-gone` where there is none at that address, it may forget what it was told, or another's use is in the way. */
  static async open(url: string, use?: Use): Promise<RedisKeys> {
    const { Redis } = await import('ioredis')
    const options = { connectTimeout: connectMs, commandTimeout: connectMs, maxRetriesPerRequest: 2, lazyConnect: true }
    const redis = new Redis(url, options)
    // Who asks next is told.
    redis.on('error', () => {})
    try {
      await redis.connect()
      // Entries that are gone after a restart, or once there is little memory, would take their runs along.
      if ((await redisForgets(redis)) !== null) throw errorOf('server/store-gone', 'runsKeysForgotten')
      const keys = new RedisKeys(redis)
      if (use) keys.#endUse = await useShared(marksIn(redis), use)
      return keys
    } catch (thrown) {
      redis.disconnect()
      return inStore(() => Promise.reject(thrown))
    }
  }

  get(entry: string): Promise<KeptEntry | null> {
    return inStore(async () => {
      const kept = await this.#redis.hgetBuffer(name, named(entry))
      if (kept === null) return null
      const colon = kept.indexOf(':')
      return { revision: Number(kept.toString('latin1', 0, colon)), bytes: new Uint8Array(kept.subarray(colon + 1)) }
    })
  }

  has(entry: string): Promise<boolean> {
    return inStore(async () => (await this.#redis.hexists(name, named(entry))) === 1)
  }

  put(entry: string, bytes: Uint8Array, was: number | null): Promise<boolean> {
    return inStore(async () => {
      const done = await this.#redis.call('EVAL', putScript, 1, name, named(entry), `${was ?? 0}`, Buffer.from(bytes))
      return done === 1
    })
  }

  delete(entry: string): Promise<void> {
    return inStore(async () => {
      await this.#redis.hdel(name, named(entry))
    })
  }

  list(): Promise<readonly string[]> {
    return inStore(async () => (await this.#redis.hkeys(name)).filter((entry) => entryName.test(entry)))
  }

  async close(): Promise<void> {
    await this.#endUse()
    this.#redis.disconnect()
  }
}

function marksIn(redis: Redis): SharedMarks {
  return {
    enter: async (id, { use, host, pid }, seconds) => {
      const other = await redis.call('EVAL', enterScript, 1, uses, id, use, host, pid, seconds)
      return typeof other === 'string' ? JSON.parse(other) : null
    },
    leave: async (id) => void (await redis.hdel(uses, id)),
  }
}

function named(entry: string): string {
  return entryName.test(entry) ? entry : unforeseen('an entry without a name')
}
