import { Redis } from 'ioredis'
import { silentLog } from '../../server/log.ts'
import { secretOf } from '../../server/secret.ts'
import { beginStore, openStore } from '../../server/state/shared/open.ts'
import type { StoreCost } from './plan.ts'

/** What a chunk costs an empty Redis, by its own account, and this process, which asks as a server does. */
export async function measuredStore(url: string, chunks: number): Promise<StoreCost> {
  const options = { url, secretName: secretOf(new Uint8Array(32), true).nameOfStore, log: silentLog }
  if (!(await beginStore(options))) throw new Error(`${url} holds something already.`)
  const store = await openStore(options)
  const redis = new Redis(url)
  const oneChunk = async (i: number): Promise<void> => {
    const name = `${i}`.padStart(64, '0')
    await store.call('key', 'key')
    await store.call('digest', name)
    const charge = [4096, name.slice(32), '["a","b","c"]', 4096, 0, 0, 0, 0, 2 ** 50, 65_536] as const
    await store.call('spend', 'records', `${i % 100}`, 0, 0, 0, ...charge)
    await store.call('note', name, name, 65_536)
  }
  try {
    await store.call('keep_key', 'key', 'k'.repeat(600), 384, 4096, 2 ** 29)
    const [before, own] = [await spentBy(redis), process.cpuUsage()]
    for (let i = 0; i < chunks; i += 8) await Promise.all(Array.from({ length: 8 }, (_, k) => oneChunk(i + k)))
    const { user, system } = process.cpuUsage(own)
    return { redis: (await spentBy(redis, before)) / chunks, server: (user + system) / chunks }
  } finally {
    redis.disconnect()
    await store.close()
  }
}

/** Microseconds of processor time since. */
async function spentBy(redis: Redis, since = 0): Promise<number> {
  const told = await redis.info('cpu')
  const seconds = [...told.matchAll(/^used_cpu_(?:sys|user):([0-9.]+)/gm)].map(([, text]) => Number(text))
  return 1e6 * seconds.reduce((a, b) => a + b, 0) - since
}
