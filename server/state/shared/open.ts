import { serviceAt } from '../../serviceAddress.ts'
import type { SharedStore, StoreKind, StoreOptions } from './store.ts'

/** A client of either is loaded where it is asked for, and never else. */
const kinds = {
  redis: async () => (await import('./redis.ts')).redis,
  postgres: async () => (await import('./postgres.ts')).postgres,
} as const

/** Throws as {@link StoreKind.open} does. */
export async function openStore(options: StoreOptions): Promise<SharedStore> {
  return (await kindOf(options)).open(options)
}

/** False for one that had begun. Throws as {@link StoreKind.begin} does. */
export async function beginStore(options: StoreOptions): Promise<boolean> {
  return (await kindOf(options)).begin(options)
}

function kindOf({ url }: StoreOptions): Promise<StoreKind> {
  const service = serviceAt(url)
  if (service === null) throw new TypeError('no kind of store')
  return kinds[service]()
}
