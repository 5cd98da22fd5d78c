import { unforeseen } from '../../core/errors.ts'
import { serviceAt } from '../serviceAddress.ts'
import { postgresEngine } from './postgresEngine.ts'
import { redisEngine } from './redisEngine.ts'
import type { QueueEngine } from './sharedQueue.ts'

/** What a queue of runs lies in, by its address. The packages that speak to it are loaded where it is asked for, and never else. */
const engines: Readonly<Record<'redis' | 'postgres', (url: string) => Promise<QueueEngine>>> = {
  redis: redisEngine,
  postgres: postgresEngine,
}

/** Throws `server/store-gone` where there is none at that address, or it refuses. */
export function openEngine(url: string): Promise<QueueEngine> {
  const service = serviceAt(url)
  return service === null ? unforeseen('no address of a service') : engines[service](url)
}
