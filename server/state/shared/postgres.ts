import { Client, type ClientConfig, Pool } from 'pg'
import { errorOf } from '../../faults.ts'
import type { RetryLater } from '../../http/problem.ts'
import { checkedEpoch, newEpoch } from './epoch.ts'
import { Gone, placeOf, unreachable } from './gone.ts'
import { schema, schemaVersion, wiped } from './postgresSchema.ts'
import type { Procedure, SharedStore, StoreKind, StoreOptions } from './store.ts'

const usualTimeoutMs = 5000
/** Of each process. */
const connections = 8
/** Another name, or no name, or not even the schema, functions or tables (Appendix A of PostgreSQL's manual). */
const isWiped = new Set([wiped, '3F000', '42883', '42P01'])

function configOf({ url, timeoutMs = usualTimeoutMs }: StoreOptions): ClientConfig {
  return {
    connectionString: url,
    application_name: 'blindscore',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
    keepAlive: true,
  }
}

/** PostgreSQL 12 or later. */
export const postgres: StoreKind = {
  async open(options) {
    const epoch = await connected(options, async (client) =>
      checkedEpoch(await epochOf(client, options), options.secretName, placeOf(options.url)),
    )
    const pool = new Pool({ ...configOf(options), max: connections })
    // Who asks next is told; without this the process would end.
    pool.on('error', () => {})
    return new PostgresStore(pool, epoch, new Gone(options.log))
  },
  async begin(options) {
    return connected(options, async (client) => {
      const there = await epochOf(client, options)
      if (there !== null) checkedEpoch(there, options.secretName, placeOf(options.url))
      if (there !== null) return false
      await client.query('BEGIN')
      await client.query(schema)
      const values = [newEpoch(options.secretName), schemaVersion]
      await client.query('INSERT INTO blindscore.epoch (name, version) VALUES ($1, $2)', values)
      await client.query('COMMIT')
      return true
    })
  },
}

/** Null where nothing was begun, or what was is gone. */
async function epochOf(client: Client, { url }: StoreOptions): Promise<string | null> {
  const { rows } = await client.query("SELECT to_regclass('blindscore.epoch') IS NOT NULL AS there")
  if (!rows[0].there) return null
  const [found] = (await client.query('SELECT name, version FROM blindscore.epoch')).rows
  if (found && found.version !== schemaVersion) {
    throw errorOf('server/store-gone', 'stateOfOtherRelease', { at: placeOf(url) })
  }
  return found?.name ?? null
}

async function connected<T>(options: StoreOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(configOf(options))
  client.on('error', () => {})
  try {
    const isCopy = await client
      .connect()
      .then(async () => (await client.query('SELECT pg_is_in_recovery() AS copy')).rows[0].copy)
      .catch(() => {
        throw unreachable(options.url)
      })
    if (isCopy) throw errorOf('server/store-gone', 'stateReadOnly', { at: placeOf(options.url) })
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

class PostgresStore implements SharedStore {
  readonly #pool: Pool
  readonly #epoch: string
  readonly #gone: Gone

  constructor(pool: Pool, epoch: string, gone: Gone) {
    this.#pool = pool
    this.#epoch = epoch
    this.#gone = gone
  }

  async call(name: Procedure, ...args: readonly (string | number)[]): Promise<never> {
    const result = await this.#asked(name, args)
    this.#gone.answered(result)
    return result as never
  }

  async #asked(name: Procedure, args: readonly (string | number)[]): Promise<readonly unknown[]> {
    const values = [this.#epoch, ...args]
    const places = values.map((_, i) => `$${i + 1}`).join(', ')
    try {
      return (await this.#pool.query(`SELECT blindscore.${name}(${places}) AS result`, values)).rows[0].result
    } catch (thrown) {
      const code = (thrown as { code?: string }).code ?? ''
      throw this.#gone.error(code, isWiped.has(code))
    }
  }

  damaged(what: string): RetryLater {
    return this.#gone.damaged(what)
  }

  close(): Promise<void> {
    return this.#pool.end()
  }
}
