import { asBlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../faults.ts'
import type { Log } from '../log.ts'
import type { Usage } from './usage.ts'
import type { Kind, Vault } from './vault.ts'

/** Milliseconds between looks at what is stored, and of how many looks one is at all objects. */
const lookEvery = 60_000
const looksAtAll = 60

type AnyVault = Vault<{ number: number }>

export interface House {
  readonly vault: Pick<AnyVault, 'ids' | 'openEntry' | 'remove' | 'sweepRemoved'>
  readonly usage: Usage
  readonly log: Log
  /** Hears of each whose time is over. */
  readonly onExpired: () => void
  readonly now: () => number
}

/** Takes away what is past its time, its data key first, and counts the rest. What went without this process is looked for. */
export async function keepHouse(house: House): Promise<void> {
  const { vault, usage, log, onExpired, now } = house
  const ids = await vault.ids()
  const there = new Set(ids)
  const gone = usage.ids.filter((id) => !there.has(id))
  for (const id of gone) usage.note(id, null)
  for (const id of ids) {
    try {
      const entry = (await vault.openEntry(id))?.entry ?? null
      if (entry !== null && entry.expires <= now()) {
        await vault.remove(id)
        onExpired()
        usage.note(id, null)
      } else usage.note(id, entry)
    } catch (thrown) {
      log.error({ code: asBlindscoreError(thrown).code, id }, 'what is stored cannot be opened')
    }
  }
  if (gone.length > 0) await sweep(house)
}

/** Takes away what a kill left of what was to go, and says what nobody took away and opens no more, since its key is not there. */
export async function sweep({ vault, log }: Pick<House, 'vault' | 'log'>): Promise<void> {
  const [id, ...more] = await vault.sweepRemoved()
  if (id !== undefined)
    log.error(
      { id, count: 1 + more.length },
      'what is stored has no key here, and opens no more: the keys were lost, or are others',
    )
}

/** Looks again and again. Returns what ends that. */
export function keepingHouse(house: House): () => void {
  let looks = 0
  const look = async (): Promise<void> => {
    await keepHouse(house)
    if (++looks % looksAtAll === 0) await sweep(house)
  }
  const timer = setInterval(() => {
    look().catch((thrown: unknown) => {
      house.log.error({ code: asBlindscoreError(thrown).code }, 'what is stored was not looked at')
    })
  }, lookEvery)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * Throws `server/store-gone` where a key opens none of what there is: it is the wrong one, and nobody shall find that out one run at a
 * time.
 */
export async function checkKey(
  vault: Pick<AnyVault, 'ids' | 'openEntry'> & { readonly kind: KindOfAny },
): Promise<void> {
  let refused: string | null = null
  for (const id of await vault.ids()) {
    try {
      if ((await vault.openEntry(id)) !== null) return
    } catch (thrown) {
      if (asBlindscoreError(thrown).code === 'server/store-gone') throw thrown
      refused ??= `${vault.kind.prefix}${id}`
    }
  }
  if (refused !== null) throw errorOf('server/store-gone', 'runsKeyOther', { run: refused })
}

type KindOfAny = Pick<Kind<{ number: number }>, 'prefix'>
