import type { SharedStore, StoreKind, StoreOptions } from './store.ts'

/** By the beginning of an address; a client of either is loaded where it is asked for, and never else. */
const kinds: Readonly<Record<string, () => Promise<StoreKind>>> = {
  'redis:': async () => (await import('./redis.ts')).redis,
  'rediss:': async () => (await import('./redis.ts')).redis,
  'postgres:': async () => (await import('./postgres.ts')).postgres,
  'postgresql:': async () => (await import('./postgres.ts')).postgres,
}

export function isStoreUrl(url: string): boolean {
  return URL.canParse(url) && kinds[new URL(url).protocol] !== undefined
}

/** Throws as {@link StoreKind.open} does. */
export async function openStore(options: StoreOptions): Promise<SharedStore> {
  return (await kindOf(options)).open(options)
}

/** False for one that had begun. Throws as {@link StoreKind.begin} does. */
export async function beginStore(options: StoreOptions): Promise<boolean> {
  return (await kindOf(options)).begin(options)
}

function kindOf({ url }: StoreOptions): Promise<StoreKind> {
  const load = kinds[new URL(url).protocol]
  if (!load) throw new TypeError('no kind of store')
  return load()
}
