import type { PoolStore } from './poolStore.ts'

/**
 * Studies that were set up on this device, with each owner's token and the organiser's, until they expire: whoever set one up sends
 * the invitations one by one, and takes it away later.
 */
export interface MadeStudy {
  readonly id: string
  /** The organiser's. */
  readonly token: string
  /** By seat. */
  readonly invitations: readonly string[]
  /** ISO 8601. */
  readonly expires: string
}

const format = 'blindscore-pool-made/1'
const name = 'made'

/** Null where that study was not set up here. Throws `storage/unavailable`. */
export async function madeHere(store: PoolStore, id: string): Promise<MadeStudy | null> {
  return (await allMade(store)).find((made) => made.id === id) ?? null
}

/** What has expired is forgotten by it. Throws `storage/unavailable`. */
export function keepMade(store: PoolStore, made: MadeStudy): Promise<void> {
  // Two tabs that set up a study at once keep both.
  return navigator.locks.request('blindscore pool made', async () => {
    const now = Date.now()
    const studies = (await allMade(store)).filter(({ expires }) => Date.parse(expires) > now)
    await store.write(name, JSON.stringify({ format, studies: [...studies, made] }))
  })
}

async function allMade(store: PoolStore): Promise<readonly MadeStudy[]> {
  const kept = JSON.parse((await store.read(name)) ?? '{}')
  return kept.format === format ? kept.studies : []
}
