import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BlindscoreError } from '../../core/errors.ts'
import { FairQueue } from '../compute/fairQueue.ts'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { giveToOwnerOf } from '../ownedAs.ts'

/** Writing that outlives the machine's power: in a folder of drafts first, then under its name by one step of the file system. */

/** Seconds after which it is worth another try where a store could not be used. */
const retrySeconds = 5

/** A draft that is older was left by a process that was killed. */
const draftMs = 3_600_000

/** Steps that wait for the disk itself, at once: Node has four threads for files, and whoever has one to read or write needs one. */
const syncsAtOnce = 2
const syncing = new FairQueue(syncsAtOnce)

/** Has a file on disk, in the turn of whose it is. */
export function synced(whose: string, handle: Pick<FileHandle, 'sync'>): Promise<void> {
  return syncing.run({ kind: 'score', client: whose, work: 1 }, undefined, () => handle.sync())
}

/** What a store's work comes to. Whatever the file system refuses is the store's being gone. */
export async function inStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof BlindscoreError) throw thrown
    throw new RetryLater(errorOf('server/store-gone', 'runStoreGone'), retrySeconds)
  }
}

/** The bytes in a file of their own in the folder of drafts, on disk. `whose` takes turns with others. Returns its path. */
export async function writeDraft(drafts: string, bytes: Uint8Array, whose: string): Promise<string> {
  const file = join(drafts, randomUUID())
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await giveToOwnerOf(drafts, file)
    await synced(whose, handle)
  } catch (thrown) {
    await rm(file, { force: true }).catch(() => {})
    throw thrown
  } finally {
    await handle.close()
  }
  return file
}

/** Has the names in a folder on disk. */
export async function syncFolder(folder: string, whose: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await synced(whose, handle)
  } finally {
    await handle.close()
  }
}

/** Makes a folder below another one where it is not there, and has it on disk. */
export async function makeFolder(folder: string, whose = folder): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let at = folder; at.length >= first.length; at = dirname(at)) {
    await giveToOwnerOf(dirname(first), at)
    await syncFolder(dirname(at), whose)
  }
}

/** Takes away what killed processes left. */
export async function sweepDrafts(drafts: string): Promise<void> {
  for (const name of await readdir(drafts)) {
    const file = join(drafts, name)
    const found = await stat(file).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > draftMs) await rm(file, { force: true })
  }
}

export function isMissing(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException | null)?.code ?? '')
}
