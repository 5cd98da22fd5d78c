import { link, mkdir, readdir, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { unforeseen } from '../../core/errors.ts'
import { drop, inStore, isMissing, makeFolder, sweepDrafts, syncFolder, writeDraft } from './durable.ts'
import { type Use, useFolder } from './inUse.ts'
import { entryName, type KeptEntry, type KeyStore } from './ports.ts'

/**
 * Entries as files of a folder, which several processes of one machine may share: one file for each revision, of which the highest
 * counts. A link under the next number is made once, so that of two that change the same one of them is told that it came too late.
 */
export class FolderKeys implements KeyStore {
  readonly #folder: string
  readonly #drafts: string

  #endUse = async (): Promise<void> => {}

  private constructor(folder: string) {
    this.#folder = folder
    this.#drafts = join(folder, '.drafts')
  }

  /** Throws `server/store-gone` for a folder that cannot be made or read, or is used by somebody whom this use is not beside. */
  static open(folder: string, use?: Use): Promise<FolderKeys> {
    return inStore(async () => {
      const keys = new FolderKeys(folder)
      await makeFolder(keys.#drafts)
      await sweepDrafts(keys.#drafts)
      if (use) keys.#endUse = await useFolder(folder, use)
      return keys
    })
  }

  close(): Promise<void> {
    return this.#endUse()
  }

  get(name: string): Promise<KeptEntry | null> {
    const folder = this.#folderOf(name)
    return inStore(async () => {
      for (;;) {
        const revision = Math.max(0, ...(await revisionsIn(folder)))
        if (revision === 0) return null
        const bytes = await readFile(join(folder, `${revision}`)).catch(nullIfMissing)
        // Replaced since it was looked for.
        if (bytes !== null) return { bytes, revision }
      }
    })
  }

  has(name: string): Promise<boolean> {
    const folder = this.#folderOf(name)
    return inStore(async () => (await revisionsIn(folder)).length > 0)
  }

  put(name: string, bytes: Uint8Array, was: number | null): Promise<boolean> {
    const folder = this.#folderOf(name)
    return inStore(async () => {
      const draft = await writeDraft(this.#drafts, bytes)
      try {
        return await this.#replace(folder, draft, was)
      } finally {
        await drop(draft)
      }
    })
  }

  delete(name: string): Promise<void> {
    const folder = this.#folderOf(name)
    return inStore(async () => {
      // One that was about to be changed may get another file meanwhile.
      for (let there = true; there; ) {
        for (const revision of await revisionsIn(folder)) await drop(join(folder, `${revision}`))
        there = await rmdir(folder).then(() => false, isFull)
      }
      await syncFolder(this.#folder)
    })
  }

  list(): Promise<readonly string[]> {
    return inStore(async () => (await readdir(this.#folder)).filter((name) => entryName.test(name)))
  }

  #folderOf(name: string): string {
    return entryName.test(name) ? join(this.#folder, name) : unforeseen('an entry without a name')
  }

  async #replace(folder: string, draft: string, was: number | null): Promise<boolean> {
    const revision = (was ?? 0) + 1
    if (was === null && !(await unlessThere(mkdir(folder, { mode: 0o700 })))) return false
    if (!(await unlessThere(link(draft, join(folder, `${revision}`))))) return false
    const all = await revisionsIn(folder)
    // Others went further meanwhile, and took away what this one took for free.
    if (all.some((each) => each > revision)) {
      await drop(join(folder, `${revision}`))
      return false
    }
    await syncFolder(folder)
    if (was === null) await syncFolder(this.#folder)
    for (const each of all) if (each < revision) await drop(join(folder, `${each}`))
    return true
  }
}

async function revisionsIn(folder: string): Promise<number[]> {
  const names = (await readdir(folder).catch(nullIfMissing)) ?? []
  return names.filter((name) => /^[1-9][0-9]{0,14}$/.test(name)).map(Number)
}

/** False where there is something of that name, or nothing to put it in. */
async function unlessThere(work: Promise<void>): Promise<boolean> {
  try {
    await work
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST' || isMissing(thrown)) return false
    throw thrown
  }
}

function nullIfMissing(thrown: unknown): null {
  if (isMissing(thrown)) return null
  throw thrown
}

function isFull(thrown: NodeJS.ErrnoException): boolean {
  if (['ENOTEMPTY', 'EEXIST'].includes(thrown.code ?? '')) return true
  if (isMissing(thrown)) return false
  throw thrown
}
