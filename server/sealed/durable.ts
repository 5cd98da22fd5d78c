import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { giveToOwnerOf } from '../ownedAs.ts'

/** Writing that outlives the machine's power: in a folder of drafts first, then under its name by one step of the file system. */

/** Seconds after which it is worth another try where a store could not be used. */
const retrySeconds = 5

/** A draft that is older was left by a process that was killed. */
const draftMs = 3_600_000

/** What a store's work comes to. Whatever the file system refuses is the store's being gone. */
export async function inStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof BlindscoreError) throw thrown
    throw new RetryLater(errorOf('server/store-gone', 'runStoreGone'), retrySeconds)
  }
}

/** The bytes in a file of their own in the folder of drafts, on disk. Returns its path. */
export async function writeDraft(drafts: string, bytes: Uint8Array): Promise<string> {
  const file = join(drafts, randomUUID())
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await giveToOwnerOf(drafts, file)
    await handle.sync()
  } catch (thrown) {
    await drop(file).catch(() => {})
    throw thrown
  } finally {
    await handle.close()
  }
  return file
}

/** Has the names in a folder on disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a folder below another one where it is not there, and has it on disk. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let at = folder; at.length >= first.length; at = dirname(at)) {
    await giveToOwnerOf(dirname(first), at)
    await syncFolder(dirname(at))
  }
}

/** Takes away what killed processes left. */
export async function sweepDrafts(drafts: string): Promise<void> {
  for (const name of await readdir(drafts)) {
    const file = join(drafts, name)
    const found = await stat(file).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > draftMs) await drop(file)
  }
}

/** Takes a file away that may be gone: in one step, where `rm` asks twice what it is. */
export async function drop(file: string): Promise<void> {
  await unlink(file).catch((thrown: unknown) => {
    if (!isMissing(thrown)) throw thrown
  })
}

/** Whether something is there, or may be: in a folder that is there and that this process may not look into. */
export async function mayBeThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (thrown) {
    if (isMissing(thrown)) return false
    return lstat(dirname(path)).then(
      () => true,
      () => false,
    )
  }
}

export function isMissing(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException | null)?.code ?? '')
}
