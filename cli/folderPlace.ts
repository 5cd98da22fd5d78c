import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fail } from '../study/faults.ts'
import type { Place } from '../study/pool/board.ts'
import { digestOf } from '../study/pool/messages.ts'

/** Messages in a folder that all owners reach: a network share, or one that a program of theirs keeps alike. */

export interface FolderPlace {
  /** The study's own folder, made where there is none. */
  readonly folder: string
  readonly owners: number
}

const betweenLooks = 100
/** Bytes: the sums of 2047 columns, at 32 bytes for each of the k(k + 1)/2 of them, and what signs them. */
const longestMessage = 64 << 20

export function folderPlace({ folder, owners }: FolderPlace): Place {
  return {
    async post(slot, text) {
      const at = join(folder, slot)
      await mkdir(at, { recursive: true })
      const path = join(at, `${digestOf(text)}.json`)
      // Whoever looks meanwhile sees the whole message or none.
      await writeFile(`${path}.new`, text)
      await rename(`${path}.new`, path)
    },
    async look(slot) {
      const at = join(folder, slot)
      const names = (await readdir(at)).filter((name) => name.endsWith('.json'))
      if (names.length >= owners) return Promise.all(names.map((name) => readMessage(join(at, name))))
      await wait(betweenLooks)
      return null
    },
  }
}

async function readMessage(path: string): Promise<string> {
  if ((await stat(path)).size > longestMessage) fail('study/message', 'poolSignature')
  return readFile(path, 'utf8')
}
