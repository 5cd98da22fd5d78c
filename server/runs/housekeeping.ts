import { asBlindscoreError } from '../../core/errors.ts'
import type { Service } from '../service.ts'
import type { RunUsage } from './usage.ts'
import { type RunVault, removedMark } from './vault.ts'

/** Milliseconds between looks at what is stored, and of how many looks one is at all objects. */
const lookEvery = 60_000
const looksAtAll = 60

export interface HouseParts {
  readonly vault: RunVault
  readonly usage: RunUsage
  readonly service: Pick<Service, 'log' | 'metrics'>
  readonly now: () => number
}

/** Takes away runs whose time is over, their data keys first, and counts the rest. */
export async function keepHouse({ vault, usage, service, now }: HouseParts): Promise<void> {
  const runs = await vault.keys.list()
  const there = new Set(runs)
  for (const run of usage.runs) if (!there.has(run)) usage.note(run, null)
  for (const run of runs) {
    try {
      const entry = (await vault.openEntry(run))?.entry ?? null
      if (entry !== null && entry.expires <= now()) {
        await vault.remove(run)
        service.metrics.runs.inc({ event: 'expired' })
        usage.note(run, null)
      } else usage.note(run, entry)
    } catch (thrown) {
      service.log.error({ code: asBlindscoreError(thrown).code, run }, 'a stored run cannot be opened')
    }
  }
}

/**
 * Deletes what a kill left of runs that were taken away. Objects without a key that nobody took away stay: the folder of keys may be
 * another one by mistake.
 */
export async function sweepRemoved({ vault }: Pick<HouseParts, 'vault'>): Promise<void> {
  const removed = (await vault.objects.list('')).filter((name) => name.endsWith(`/${removedMark}`))
  for (const name of removed) {
    const [run = ''] = name.split('/')
    if ((await vault.keys.get(run)) === null) await vault.sweep(run)
  }
}

/** Looks again and again. Returns what ends that. */
export function keepingHouse(parts: HouseParts): () => void {
  let looks = 0
  const look = async (): Promise<void> => {
    await keepHouse(parts)
    if (++looks % looksAtAll === 0) await sweepRemoved(parts)
  }
  const timer = setInterval(() => {
    look().catch((thrown: unknown) => {
      parts.service.log.error({ code: asBlindscoreError(thrown).code }, 'what is stored of runs was not looked at')
    })
  }, lookEvery)
  timer.unref()
  return () => clearInterval(timer)
}
