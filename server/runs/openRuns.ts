import { checkKey, type House, keepHouse, keepingHouse, sweep } from '../sealed/housekeeping.ts'
import type { Stores } from '../sealed/ports.ts'
import { sealingKey } from '../sealed/seal.ts'
import { Vault } from '../sealed/vault.ts'
import type { Service } from '../service.ts'
import { openEmbeddedQueue } from './embeddedQueue.ts'
import { runKind } from './manifest.ts'
import type { OpenQueue } from './ports.ts'
import { RunModels } from './runModels.ts'
import { StoredRuns } from './storedRuns.ts'
import { type SharedTables, sharedTables } from './tableBases.ts'
import { RunUsage } from './usage.ts'
import { RunWorker } from './worker.ts'

/** Where runs are stored, under which key, and by whom they are worked on. */
export interface RunsOptions extends Stores {
  /** The key-encryption key. */
  readonly key: Uint8Array
  /** By default a queue in the process itself. */
  readonly openQueue?: OpenQueue
  /** When runs have tables of masks that who works on them shares; by default {@link sharedTables}. */
  readonly tables?: SharedTables
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** What a server has of stored runs. */
export interface OpenRuns {
  readonly runs: StoredRuns
  /** Gives up what is under way, and lets go of the stores. */
  close(): Promise<void>
}

/** Begins to work on what the stores hold. Throws `server/store-gone` where a run there was stored under another key. */
export async function openRuns(options: RunsOptions, service: Service): Promise<OpenRuns> {
  const { key, openQueue = openEmbeddedQueue, tables = sharedTables, now = Date.now } = options
  const vault = new Vault(runKind, options, [sealingKey(key)])
  await checkKey(vault)
  const usage = new RunUsage(service.limits, now)
  const { log, metrics } = service
  const house: House = { vault, usage, log, now, onExpired: () => metrics.runs.inc({ event: 'expired' }) }
  await keepHouse(house)
  await sweep(house)
  const models = new RunModels(vault, service.models)
  const worker = new RunWorker({ vault, models, service, tables, now })
  const queue = await openQueue(worker)
  const endHouse = keepingHouse(house)
  return {
    runs: new StoredRuns({ vault, models, usage, queue, service, now }),
    async close() {
      endHouse()
      worker.stop()
      await queue.close()
      await vault.close()
    },
  }
}
