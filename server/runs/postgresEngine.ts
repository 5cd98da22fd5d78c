import { errorOf } from '../faults.ts'
import type { QueueEngine } from './sharedQueue.ts'

const schema = 'blindscore_queue'
const name = 'runs'

/** Jobs in a schema of a PostgreSQL, which is made where it is not there. Throws `server/store-gone` where there is none at that address. */
export async function postgresEngine(url: string): Promise<QueueEngine> {
  const { createPostgresBackend, withBackend } = await import('bullmq')
  const classes = withBackend(createPostgresBackend)
  const connection = { connectionString: url, schema, migrate: true, connectionTimeoutMillis: 5000 }
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
