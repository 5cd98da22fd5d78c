import { randomUUID } from 'node:crypto'
import { readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { errorOf } from '../faults.ts'
import { giveToOwnerOf } from '../ownedAs.ts'
import { beganAt, bootHere, isThere, ownPid } from '../runningProcess.ts'
import { inStore, makeFolder } from './durable.ts'

/** Who uses a folder of runs' keys: servers, any number of them, or one rotation, while no server does. */
export type Use = 'server' | 'rotation'

/** A process that does: its mark in the folder. */
interface Mark {
  readonly use: Use
  readonly host: string
  /** Where its number means that process and no other: a start of a machine, and there a space of numbers, as a container has one. */
  readonly space: string
  readonly pid: number
  /** When the process began, as its system counts; null where that cannot be had. A number is given out again. */
  readonly began: string | null
}

/** A mark is made younger every so many milliseconds, and one of another host counts until it is so old. */
const beatMs = 10_000
const staleMs = 60_000

/**
 * Marks a folder as used by this process, until what it resolves to is called. What a killed process left is no hindrance: on its own
 * host its number and when it began say so at once, on another one a mark that has not become younger for a minute. Throws
 * `server/store-gone` where somebody else's use is in the way.
 *
 * Both sides write before they look: of two that begin at once one at least sees the other.
 */
export function useFolder(folder: string, use: Use): Promise<() => Promise<void>> {
  return inStore(async () => {
    const marks = join(folder, '.in-use')
    await makeFolder(marks)
    const own = join(marks, randomUUID())
    const mark: Mark = { use, host: hostname(), space: await spaceHere(), pid: ownPid, began: await beganAt(ownPid) }
    await writeFile(own, JSON.stringify(mark), { mode: 0o600 })
    await giveToOwnerOf(marks, own)
    const beat = setInterval(() => void utimes(own, new Date(), new Date()).catch(() => {}), beatMs)
    beat.unref()
    const end = async (): Promise<void> => {
      clearInterval(beat)
      await rm(own, { force: true })
    }
    for (const name of await readdir(marks)) {
      const file = join(marks, name)
      if (file === own) continue
      const other = await markIn(file)
      if (other === null) await rm(file, { force: true })
      else if (other.use === 'rotation' || use === 'rotation') {
        await end()
        throw errorOf('server/store-gone', 'runsInUse', { by: other.use, pid: other.pid, host: other.host })
      }
    }
    return end
  })
}

/** The mark of a process that is there, or null. */
async function markIn(file: string): Promise<Mark | null> {
  const found = await stat(file).catch(() => null)
  if (found === null) return null
  const isYoung = Date.now() - found.mtimeMs < staleMs
  const mark = readMark(await readFile(file, 'utf8').catch(() => ''))
  // One that is just being written, or was when its process was killed.
  if (mark === null) return isYoung ? { use: 'server', host: '', space: '', pid: 0, began: null } : null
  if (mark.space !== (await spaceHere())) return isYoung ? mark : null
  if (!isThere(mark.pid)) return null
  // A service may be kept from seeing other users' processes (systemd's ProtectProc).
  const began = await beganAt(mark.pid)
  if (mark.began === null || began === null) return isYoung ? mark : null
  return began === mark.began ? mark : null
}

function readMark(text: string): Mark | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function spaceHere(): Promise<string> {
  const numbers = await readlink('/proc/self/ns/pid').catch(() => '')
  return `${hostname()} ${await bootHere()} ${numbers}`
}
