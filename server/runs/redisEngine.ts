import { errorOf } from '../faults.ts'
import type { QueueEngine } from './sharedQueue.ts'

const prefix = 'blindscore'
const name = 'runs'
const connectMs = 5000

/** Jobs in a Redis or Valkey. Throws `server/store-gone` where there is none at that address. */
export async function redisEngine(url: string): Promise<QueueEngine> {
  const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')])
  const connection = new Redis(url, { maxRetriesPerRequest: null, connectTimeout: connectMs, lazyConnect: true })
  // Each that uses it hears of its errors.
  connection.on('error', () => {})
  try {
    await connection.connect()
  } catch {
    connection.disconnect()
    throw errorOf('server/store-gone', 'queueGone')
  }
  return {
    queue: new bullmq.Queue(name, { connection, prefix }),
    worker: (process, options) => new bullmq.Worker(name, process, { ...options, connection, prefix }),
    close: async () => connection.disconnect(),
  }
}
