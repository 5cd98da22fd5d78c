import type { Redis } from 'ioredis'
import { errorOf } from '../faults.ts'
import type { QueueEngine } from './sharedQueue.ts'

const prefix = 'blindscore'
const name = 'runs'
const connectMs = 5000

/** Jobs in a Redis or Valkey. Throws `server/store-gone` where there is none at that address. */
export async function redisEngine(url: string): Promise<QueueEngine> {
  const [bullmq, { Redis: Client }] = await Promise.all([import('bullmq'), import('ioredis')])
  const connection = new Client(url, { maxRetriesPerRequest: null, connectTimeout: connectMs, lazyConnect: true })
  // Each that uses it hears of its errors.
  connection.on('error', () => {})
  try {
    await connection.connect()
  } catch {
    connection.disconnect()
    throw errorOf('server/store-gone', 'queueGone')
  }
  const queue = new bullmq.Queue(name, { connection, prefix })
  return {
    queue: {
      on: (event, listener) => queue.on(event, listener),
      close: () => queue.close(),
      remove: (jobId) => queue.remove(jobId),
      addBulk: (jobs) =>
        queue.addBulk(jobs).catch(async (thrown: unknown) => {
          if (!(await mended(connection))) throw thrown
          return queue.addBulk(jobs)
        }),
    },
    worker: (process, options) => new bullmq.Worker(name, process, { ...options, connection, prefix }),
    close: async () => connection.disconnect(),
  }
}

/** Whether a counter of BullMQ's was no number any more, so that no job could be put ever again: it begins anew. */
async function mended(connection: Redis): Promise<boolean> {
  let isMended = false
  for (const counter of ['id', 'pc']) {
    const key = `${prefix}:${name}:${counter}`
    const value = await connection.get(key)
    if (value === null || /^\d{1,15}$/.test(value)) continue
    await connection.del(key)
    isMended = true
  }
  return isMended
}
