import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fail } from '../study/faults.ts'
import { type Board, digestOf } from '../study/pool/messages.ts'

/**
 * A board in a folder that all owners reach: a network share, or one that a program of theirs keeps alike. Nobody needs to
 * trust it: messages are signed, and what is in them is under pads.
 */

export interface FolderBoard {
  /** The study's own folder, made where there is none. */
  readonly folder: string
  readonly owners: number
  /** How long the others may take for one message, in milliseconds. */
  readonly patience: number
}

const betweenLooks = 100
/** Messages of the largest design are below this. Bytes. */
const longestMessage = 64 << 20

export function folderBoard({ folder, owners, patience }: FolderBoard): Board {
  const texts = async (slot: string): Promise<readonly string[] | null> => {
    const at = join(folder, slot)
    const names = (await readdir(at)).filter((name) => name.endsWith('.json'))
    if (names.length < owners) return null
    return Promise.all(names.map((name) => readMessage(join(at, name))))
  }
  return {
    async post(slot, text) {
      const at = join(folder, slot)
      await mkdir(at, { recursive: true })
      const path = join(at, `${digestOf(text)}.json`)
      // Whoever looks meanwhile sees the whole message or none.
      await writeFile(`${path}.new`, text)
      await rename(`${path}.new`, path)
    },
    async all(slot) {
      const end = performance.now() + patience
      for (;;) {
        const told = await texts(slot)
        if (told !== null) return told
        if (performance.now() > end) fail('study/missing', 'poolMissing')
        await wait(betweenLooks)
      }
    },
  }
}

async function readMessage(path: string): Promise<string> {
  if ((await stat(path)).size > longestMessage) fail('study/message', 'poolSignature')
  return readFile(path, 'utf8')
}
