import { resolve, sep } from 'node:path'
import { asBlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../faults.ts'
import type { Service } from '../service.ts'
import { openEmbeddedQueue } from './embeddedQueue.ts'
import { FolderKeys } from './folderKeys.ts'
import { FolderObjects } from './folderObjects.ts'
import { keepHouse, keepingHouse, sweepRemoved } from './housekeeping.ts'
import type { Use } from './inUse.ts'
import type { ObjectStore, OpenQueue, RunKeyStore } from './ports.ts'
import { sealingKey } from './seal.ts'
import { StoredRuns } from './storedRuns.ts'
import { type SharedTables, sharedTables } from './tableBases.ts'
import { RunUsage } from './usage.ts'
import { RunVault } from './vault.ts'
import { RunWorker } from './worker.ts'

/** Where runs are stored, and under which key. */
export interface RunStores {
  readonly objects: ObjectStore
  readonly keys: RunKeyStore
}

export interface RunsOptions extends RunStores {
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

/**
 * Two folders, of objects and of keys, until their keys are closed; `use` says for what, where nobody else may come in between. Throws `server/store-gone` where one is in the other, since what takes a copy of the objects would take
 * the keys along, and `server/store-gone` for one that cannot be used.
 */
export async function openRunFolders(
  folder: string,
  keysFolder = `${resolve(folder)}-keys`,
  use?: Use,
): Promise<RunStores> {
  const [of, keysOf] = [resolve(folder) + sep, resolve(keysFolder) + sep]
  if (of.startsWith(keysOf) || keysOf.startsWith(of)) throw errorOf('server/store-gone', 'runsFolders', { folder })
  return { objects: await FolderObjects.open(resolve(folder)), keys: await FolderKeys.open(resolve(keysFolder), use) }
}

/** Begins to work on what the stores hold. Throws `server/store-gone` where a run there was stored under another key. */
export async function openRuns(options: RunsOptions, service: Service): Promise<OpenRuns> {
  const { objects, keys, key, openQueue = openEmbeddedQueue, tables = sharedTables, now = Date.now } = options
  const vault = new RunVault(objects, keys, [await sealingKey(key)])
  await checkKey(vault)
  const usage = new RunUsage(service.limits, now)
  const house = { vault, usage, service, now }
  await keepHouse(house)
  await sweepRemoved(house)
  const worker = new RunWorker(vault, service, tables, now)
  const queue = await openQueue(worker)
  const endHouse = keepingHouse(house)
  return {
    runs: new StoredRuns({ vault, usage, queue, service, now }),
    async close() {
      endHouse()
      worker.stop()
      await queue.close()
      await objects.close?.()
      await keys.close?.()
    },
  }
}

/** A key that opens none of the runs that there are is the wrong one, and nobody shall find that out a run at a time. */
async function checkKey(vault: RunVault): Promise<void> {
  const runs = await vault.keys.list()
  let refused: string | null = null
  for (const run of runs) {
    try {
      if ((await vault.openEntry(run)) !== null) return
    } catch (thrown) {
      if (asBlindscoreError(thrown).code !== 'run/damaged') throw thrown
      refused ??= run
    }
  }
  if (refused !== null) throw errorOf('server/store-gone', 'runsKeyOther', { run: refused })
}
