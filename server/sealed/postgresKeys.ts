import type { Pool } from 'pg'
import { unforeseen } from '../../core/errors.ts'
import { inStore } from './durable.ts'
import type { Use } from './inUse.ts'
import { entryName, type KeptEntry, type KeyStore } from './ports.ts'
import { type SharedMarks, useShared } from './sharedUse.ts'

/** Of each process. */
const connections = 4
const timeoutMs = 5000
/** Processes that begin at once make the table one after the other. */
const lock = 0x626c_696e

const table = 'blindscore_runs.entries'
/** Marks of who uses them. */
const uses = 'blindscore_runs.uses'

/** Entries in a table of a PostgreSQL, which is made where it is not there. */
export class PostgresKeys implements KeyStore {
  readonly #pool: Pool
  #endUse = async (): Promise<void> => {}

  private constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Throws `server/store-gone` where there is none at that address, or another's use is in the way. */
  static async open(url: string, use?: Use): Promise<PostgresKeys> {
    const { Pool } = await import('pg')
    const times = { connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs, statement_timeout: timeoutMs }
    const pool = new Pool({ connectionString: url, max: connections, keepAlive: true, ...times })
    // Who asks next is told; without this the process would end.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    try {
      const keys = new PostgresKeys(pool)
      await inStore(async () => {
        await makeTables(pool)
        if (use) keys.#endUse = await useShared(marksIn(pool), use)
      })
      return keys
    } catch (thrown) {
      await pool.end()
      throw thrown
    }
  }

  get(name: string): Promise<KeptEntry | null> {
    return inStore(async () => {
      const { rows } = await this.#pool.query(`SELECT revision, bytes FROM ${table} WHERE run = $1`, [named(name)])
      const [found] = rows
      return found ? { revision: Number(found.revision), bytes: new Uint8Array(found.bytes) } : null
    })
  }

  has(name: string): Promise<boolean> {
    return inStore(async () => {
      const { rowCount } = await this.#pool.query(`SELECT 1 FROM ${table} WHERE run = $1`, [named(name)])
      return rowCount === 1
    })
  }

  put(name: string, bytes: Uint8Array, was: number | null): Promise<boolean> {
    const text =
      was === null
        ? `INSERT INTO ${table} VALUES ($1, 1, $2) ON CONFLICT DO NOTHING`
        : `UPDATE ${table} SET bytes = $2, revision = revision + 1 WHERE run = $1 AND revision = $3`
    const values = [named(name), Buffer.from(bytes), ...(was === null ? [] : [was])]
    return inStore(async () => (await this.#pool.query(text, values)).rowCount === 1)
  }

  delete(name: string): Promise<void> {
    return inStore(async () => {
      await this.#pool.query(`DELETE FROM ${table} WHERE run = $1`, [named(name)])
    })
  }

  list(): Promise<readonly string[]> {
    return inStore(async () => (await this.#pool.query(`SELECT run FROM ${table}`)).rows.map(({ run }) => run))
  }

  async close(): Promise<void> {
    await this.#endUse()
    await this.#pool.end()
  }
}

function marksIn(pool: Pool): SharedMarks {
  return {
    async enter(id, { use, host, pid }, seconds) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await client.query('SELECT pg_advisory_xact_lock($1)', [lock])
        await client.query(`DELETE FROM ${uses} WHERE last <= clock_timestamp()`)
        const { rows } = await client.query(
          `SELECT use, host, pid FROM ${uses} WHERE id <> $1 AND (use = 'rotation' OR $2 = 'rotation') LIMIT 1`,
          [id, use],
        )
        if (rows.length === 0)
          await client.query(
            `INSERT INTO ${uses} VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 second')
              ON CONFLICT (id) DO UPDATE SET last = excluded.last`,
            [id, use, host, pid, seconds],
          )
        await client.query('COMMIT')
        client.release()
        return rows[0] ?? null
      } catch (thrown) {
        client.release(true)
        throw thrown
      }
    },
    leave: async (id) => void (await pool.query(`DELETE FROM ${uses} WHERE id = $1`, [id])),
  }
}

async function makeTables(pool: Pool): Promise<void> {
  const { rows } = await pool.query('SELECT to_regclass($1) IS NOT NULL AS there', [uses])
  if (rows[0].there) return
  await pool.query(`
    BEGIN;
    SELECT pg_advisory_xact_lock(${lock});
    CREATE SCHEMA IF NOT EXISTS blindscore_runs;
    CREATE TABLE IF NOT EXISTS ${table} (run text PRIMARY KEY, revision bigint NOT NULL, bytes bytea NOT NULL);
    CREATE TABLE IF NOT EXISTS ${uses}
      (id text PRIMARY KEY, use text NOT NULL, host text NOT NULL, pid integer NOT NULL, last timestamptz NOT NULL);
    COMMIT`)
}

function named(name: string): string {
  return entryName.test(name) ? name : unforeseen('an entry without a name')
}
