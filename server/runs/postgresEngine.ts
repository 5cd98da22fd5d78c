import type { Client as HeardClient } from 'pg'
import { errorOf } from '../faults.ts'
import type { QueueEngine } from './sharedQueue.ts'

const schema = 'blindscore_queue'
const name = 'runs'

/** Jobs in a schema of a PostgreSQL, which is made where it is not there. Throws `server/store-gone` where there is none at that address. */
export async function postgresEngine(url: string): Promise<QueueEngine> {
  const Client = await heardClient()
  const { createPostgresBackend, withBackend } = await import('bullmq')
  const classes = withBackend(createPostgresBackend)
  const connection = { connectionString: url, schema, migrate: true, connectionTimeoutMillis: 5000, Client }
  const queue = new classes.Queue(name, { connection })
  try {
    await queue.waitUntilReady()
  } catch {
    await queue.close().catch(() => {})
    throw errorOf('server/store-gone', 'queueGone')
  }
  return {
    queue,
    worker: (process, options) => new classes.Worker(name, process, { ...options, connection }),
    close: async () => {},
  }
}

/**
 * What BullMQ makes its connections of. It hears of their errors from a moment after they are there on: a PostgreSQL that cuts one
 * before, as it does when it is stopped, would end the process. Who asks next is told.
 */
async function heardClient(): Promise<typeof HeardClient> {
  const { default: pg } = await import('pg')
  heard ??= class extends pg.Client {
    constructor(...of: ConstructorParameters<typeof HeardClient>) {
      super(...of)
      this.on('error', () => {})
    }
  }
  return Object.assign(pg, { Client: heard }).Client
}

let heard: typeof HeardClient | undefined
