import { link, readdir, readFile, rename, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unforeseen } from '../../core/errors.ts'
import { drop, inStore, isMissing, makeFolder, sweepDrafts, syncFolder, writeDraft } from './durable.ts'
import { type ObjectStore, objectName } from './ports.ts'

/** How often an object is put whose folder the end of others took away meanwhile: as many as there may be at once. */
const tries = 100

/** Objects as files of a folder, which several processes of one machine may share. */
export class FolderObjects implements ObjectStore {
  readonly #folder: string
  readonly #drafts: string

  private constructor(folder: string) {
    this.#folder = folder
    this.#drafts = join(folder, '.drafts')
  }

  /** Throws `server/store-gone` for a folder that cannot be made or read. */
  static open(folder: string): Promise<FolderObjects> {
    return inStore(async () => {
      const objects = new FolderObjects(folder)
      await makeFolder(objects.#drafts)
      await sweepDrafts(objects.#drafts)
      return objects
    })
  }

  put(name: string, bytes: Uint8Array): Promise<void> {
    const file = this.#fileOf(name)
    return inStore(async () => {
      const draft = await writeDraft(this.#drafts, bytes)
      try {
        await inFolder(file, () => rename(draft, file))
      } catch (thrown) {
        await drop(draft)
        throw thrown
      }
      await syncFolderOf(file)
    })
  }

  putNew(name: string, bytes: Uint8Array): Promise<boolean> {
    const file = this.#fileOf(name)
    return inStore(async () => {
      const draft = await writeDraft(this.#drafts, bytes)
      try {
        const made = await inFolder(file, () => unlessThere(link(draft, file)))
        if (made) await syncFolderOf(file)
        return made
      } finally {
        await drop(draft)
      }
    })
  }

  get(name: string): Promise<Uint8Array | null> {
    const file = this.#fileOf(name)
    return inStore(() => unlessMissing(readFile(file), null))
  }

  list(prefix: string): Promise<readonly string[]> {
    return inStore(() => this.#below(prefix))
  }

  delete(name: string): Promise<void> {
    const file = this.#fileOf(name)
    return inStore(async () => {
      await drop(file)
      for (let at = dirname(file); at.length > this.#folder.length; at = dirname(at)) {
        const emptied = await rmdir(at).then(
          () => true,
          () => false,
        )
        if (!emptied) break
      }
    })
  }

  #fileOf(name: string): string {
    return objectName.test(name) ? join(this.#folder, name) : unforeseen('an object without a name')
  }

  async #below(prefix: string): Promise<string[]> {
    const names: string[] = []
    for (const entry of await unlessMissing(readdir(join(this.#folder, prefix), { withFileTypes: true }), [])) {
      const name = `${prefix}${entry.name}`
      if (entry.isDirectory() && entry.name !== '.drafts') names.push(...(await this.#below(`${name}/`)))
      else if (objectName.test(name)) names.push(name)
    }
    return names
  }
}

/** What puts a file into its folder, which is made where it is not there, as often as it goes. */
async function inFolder<T>(file: string, put: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await put()
    } catch (thrown) {
      if (!isMissing(thrown) || left === 0) throw thrown
      // It may go also while it is made: then it is made again.
      await unlessMissing(makeFolder(dirname(file)), undefined)
    }
  }
}

/** Has the name of an object that was put on disk. A folder that is gone went with the object, which somebody deleted since. */
function syncFolderOf(file: string): Promise<void> {
  return unlessMissing(syncFolder(dirname(file)), undefined)
}

async function unlessThere(made: Promise<void>): Promise<boolean> {
  try {
    await made
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
    return false
  }
}

async function unlessMissing<T, U>(work: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await work
  } catch (thrown) {
    if (isMissing(thrown)) return missing
    throw thrown
  }
}
