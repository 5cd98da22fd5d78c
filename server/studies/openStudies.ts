import { secureRandom } from '../../platform/random.ts'
import { checkKey, type House, keepHouse, keepingHouse, sweep } from '../sealed/housekeeping.ts'
import { storesInMemory } from '../sealed/memoryStores.ts'
import type { Stores } from '../sealed/ports.ts'
import { keyBytes, sealingKey } from '../sealed/seal.ts'
import { Usage } from '../sealed/usage.ts'
import { Vault } from '../sealed/vault.ts'
import { defaultStudyLimits, type StudyLimits } from './limits.ts'
import { studyKind } from './manifest.ts'
import { Studies, type StudyParts } from './studies.ts'

/** Where messages of studies are stored, and under which key. */
export interface StudiesOptions extends Stores {
  /** The key-encryption key. */
  readonly key: Uint8Array
  readonly limits?: Partial<StudyLimits>
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** What a server has of studies. */
export interface OpenStudies {
  readonly studies: Studies
  /** Ends the waits that are under way, and lets go of the stores. */
  close(): Promise<void>
}

/** Studies that end with the process: sealed as others are, under a key that nobody else ever has. */
export const studiesInMemory = (limits: Partial<StudyLimits> = {}): StudiesOptions => ({
  ...storesInMemory(),
  key: secureRandom(keyBytes),
  limits,
})

/**
 * Looks what the stores hold, and takes away what is past its days, now and every minute until it is closed. Throws `server/store-gone`
 * where a study there was stored under another key.
 */
export async function openStudies(
  options: StudiesOptions,
  { log, draining }: Pick<StudyParts, 'log' | 'draining'>,
): Promise<OpenStudies> {
  const { key, now = Date.now } = options
  const vault = new Vault(studyKind, options, [sealingKey(key)])
  await checkKey(vault)
  const usage = new Usage()
  const house: House = { vault, usage, log, now, onExpired: () => {} }
  await keepHouse(house)
  await sweep(house)
  const limits = { ...defaultStudyLimits, ...options.limits }
  const studies = new Studies({ vault, usage, limits, log, draining, now })
  const endHouse = keepingHouse(house)
  return {
    studies,
    async close() {
      endHouse()
      studies.close()
      await vault.close()
    },
  }
}
