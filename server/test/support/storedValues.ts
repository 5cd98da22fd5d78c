import { Redis } from 'ioredis'
import { Client } from 'pg'

/** What lies in a store that processes share, value by value, so that tests can alter each of them. */

export interface StoredValue {
  /** Where it lies, and what of it: a value, or the name that it has. */
  readonly place: string
  readonly kind: 'value' | 'name'
  /** How many bits of it can be flipped, each by its number. */
  readonly bits: number
  flip(bit: number): Promise<void>
}

export interface Values {
  all(): Promise<readonly StoredValue[]>
  /** What lies there, to be put back later. */
  copy(): Promise<() => Promise<void>>
  /** Takes all away but the store's name. */
  clear(): Promise<void>
  close(): Promise<void>
}

export const valuesIn = { redis: valuesInRedis, postgres: valuesInPostgres } as const

const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

/** A value of a column with a flipped bit, where a text has ASCII alone and none is the character that it cannot have. */
export function flippedColumn(value: unknown, bit: number): string {
  if (isWhole(value)) return `${BigInt(`${value}`) ^ (1n << BigInt(bit))}`
  const bytes = Buffer.from(`${value}`)
  const other = flipped(bytes, bit % 8 === 7 ? bit - 1 : bit)
  // A blank has one bit, and so would be that character: another bit is flipped instead.
  return (other.includes(0) ? flipped(bytes, bit & ~7) : other).toString()
}

/** How many bits of it can be flipped. An `int4` comes as a number, an `int8` as a text. */
export function bitsOfColumn(value: unknown): number {
  return isWhole(value) ? (typeof value === 'number' ? 31 : 53) : 8 * `${value}`.length
}

const isWhole = (value: unknown): boolean => /^-?\d+$/.test(`${value}`)

function valuesInRedis(url: string): Values {
  const redis = new Redis(url)
  redis.on('error', () => {})
  const valuesOf = async (name: string): Promise<StoredValue[]> => {
    const type = await redis.type(name)
    const named = Buffer.from(name)
    const own: StoredValue = {
      place: name,
      kind: 'name',
      bits: 8 * named.length,
      // What went meanwhile has no name.
      flip: async (bit) => void (await redis.rename(name, flipped(named, bit)).catch(() => {})),
    }
    if (type === 'string') {
      const value = (await redis.getBuffer(name)) ?? Buffer.alloc(0)
      const flip = async (bit: number) => void (await redis.set(name, flipped(value, bit), 'KEEPTTL'))
      return [own, { place: name, kind: 'value', bits: 8 * value.length, flip }]
    }
    if (type !== 'hash') return [own]
    const fields = await redis.hgetallBuffer(name)
    const each = Object.entries(fields).flatMap(([field, value]): StoredValue[] => {
      const place = `${name} ${field}`
      const bytes = Buffer.from(field)
      const alter = async (bit: number) => void (await redis.hset(name, field, flipped(value, bit)))
      const rename = async (bit: number): Promise<void> => {
        await redis.hdel(name, field)
        await redis.hset(name, flipped(bytes, bit), value)
      }
      return [
        { place, kind: 'value', bits: 8 * value.length, flip: alter },
        { place, kind: 'name', bits: 8 * bytes.length, flip: rename },
      ]
    })
    return [own, ...each]
  }
  return {
    all: async () => (await Promise.all((await redis.keys('*')).sort().map(valuesOf))).flat(),
    async copy() {
      const names = await redis.keys('*')
      const dumps = await Promise.all(names.map((name) => redis.dumpBuffer(name)))
      return async () => {
        await redis.flushall()
        await Promise.all(names.map((name, i) => redis.restore(name, 0, dumps[i] ?? Buffer.alloc(0))))
      }
    },
    async clear() {
      const names = (await redis.keys('*')).filter((name) => !name.endsWith(':epoch'))
      await redis.del(names)
    },
    close: async () => redis.disconnect(),
  }
}

const keysOf: Readonly<Record<string, readonly string[]>> = {
  epoch: ['name'],
  hours: ['budget', 'client'],
  held: ['name'],
  digests: ['name'],
  keys: ['name'],
  used: ['name'],
  answered: ['name'],
}

function valuesInPostgres(url: string): Values {
  const client = new Client({ connectionString: url })
  const connected = client.connect()
  const rowsOf = async (table: string): Promise<Record<string, unknown>[]> => {
    await connected
    return (await client.query(`SELECT * FROM blindscore.${table}`)).rows
  }
  const valuesOf = async (table: string, keys: readonly string[]): Promise<StoredValue[]> => {
    const [row] = await rowsOf(table)
    const where = keys.map((key, i) => `${key} = $${i + 2}`).join(' AND ')
    const columns = Object.entries(row ?? {}).filter(([, value]) => typeof value !== 'boolean')
    return columns.map(([column, value]) => {
      return {
        place: `${table}.${column}`,
        kind: keys.includes(column) ? 'name' : 'value',
        bits: bitsOfColumn(value),
        async flip(bit) {
          const other = flippedColumn(value, bit)
          const values = keys.map((key) => row?.[key])
          await client.query(`UPDATE blindscore.${table} SET ${column} = $1 WHERE ${where}`, [other, ...values])
        },
      } satisfies StoredValue
    })
  }
  return {
    all: async () => (await Promise.all(Object.entries(keysOf).map((each) => valuesOf(...each)))).flat(),
    async copy() {
      const tables = await Promise.all(Object.keys(keysOf).map(async (table) => ({ table, rows: await rowsOf(table) })))
      return async () => {
        for (const { table, rows } of tables) {
          await client.query(`TRUNCATE blindscore.${table}`)
          for (const row of rows) {
            const places = Object.keys(row).map((_, i) => `$${i + 1}`)
            await client.query(`INSERT INTO blindscore.${table} VALUES (${places})`, Object.values(row))
          }
        }
      }
    },
    async clear() {
      for (const table of Object.keys(keysOf)) if (table !== 'epoch') await client.query(`TRUNCATE blindscore.${table}`)
    },
    async close() {
      await connected
      await client.end()
    },
  }
}
