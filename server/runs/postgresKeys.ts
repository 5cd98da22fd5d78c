import type { Pool } from 'pg'
import { unforeseen } from '../../core/errors.ts'
import { inStore } from './durable.ts'
import { type KeptEntry, type RunKeyStore, runName } from './ports.ts'

/** Of each process. */
const connections = 4
const timeoutMs = 5000
/** Processes that begin at once make the table one after the other. */
const lock = 0x626c_696e

const table = 'blindscore_runs.entries'

/** Entries in a table of a PostgreSQL, which is made where it is not there. */
export class PostgresKeys implements RunKeyStore {
  readonly #pool: Pool

  private constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Throws `server/store-gone` where there is none at that address. */
  static async open(url: string): Promise<PostgresKeys> {
    const { Pool } = await import('pg')
    const times = { connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs, statement_timeout: timeoutMs }
    const pool = new Pool({ connectionString: url, max: connections, keepAlive: true, ...times })
    // Who asks next is told; without this the process would end.
    pool.on('error', () => {})
    try {
      await inStore(() => makeTable(pool))
      return new PostgresKeys(pool)
    } catch (thrown) {
      await pool.end()
      throw thrown
    }
  }

  get(run: string): Promise<KeptEntry | null> {
    return inStore(async () => {
      const { rows } = await this.#pool.query(`SELECT revision, bytes FROM ${table} WHERE run = $1`, [named(run)])
      const [found] = rows
      return found ? { revision: Number(found.revision), bytes: new Uint8Array(found.bytes) } : null
    })
  }

  put(run: string, bytes: Uint8Array, was: number | null): Promise<boolean> {
    const text =
      was === null
        ? `INSERT INTO ${table} VALUES ($1, 1, $2) ON CONFLICT DO NOTHING`
        : `UPDATE ${table} SET bytes = $2, revision = revision + 1 WHERE run = $1 AND revision = $3`
    const values = [named(run), Buffer.from(bytes), ...(was === null ? [] : [was])]
    return inStore(async () => (await this.#pool.query(text, values)).rowCount === 1)
  }

  delete(run: string): Promise<void> {
    return inStore(async () => {
      await this.#pool.query(`DELETE FROM ${table} WHERE run = $1`, [named(run)])
    })
  }

  list(): Promise<readonly string[]> {
    return inStore(async () => (await this.#pool.query(`SELECT run FROM ${table}`)).rows.map(({ run }) => run))
  }

  close(): Promise<void> {
    return this.#pool.end()
  }
}

async function makeTable(pool: Pool): Promise<void> {
  const { rows } = await pool.query('SELECT to_regclass($1) IS NOT NULL AS there', [table])
  if (rows[0].there) return
  await pool.query(`
    BEGIN;
    SELECT pg_advisory_xact_lock(${lock});
    CREATE SCHEMA IF NOT EXISTS blindscore_runs;
    CREATE TABLE IF NOT EXISTS ${table} (run text PRIMARY KEY, revision bigint NOT NULL, bytes bytea NOT NULL);
    COMMIT`)
}

function named(run: string): string {
  return runName.test(run) ? run : unforeseen('a run without a name')
}
