import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { beganAt, bootHere, isThere, ownPid } from './runningProcess.ts'

/** What this process holds. */
const own = new Set<string>()

/**
 * Has a file say that this process alone is at what it stands for; one that a killed process left is nobody's. Returns what lets go of it, or
 * null where a process has it that is there. Rejects with what the file system says where the file cannot be written.
 */
export async function lockFile(file: string): Promise<(() => Promise<void>) | null> {
  if (own.has(file)) return null
  own.add(file)
  const draft = `${file}.${randomUUID()}`
  let taken = false
  try {
    taken = await take(file, draft)
  } finally {
    if (!taken) own.delete(file)
    for (const each of [draft, `${draft}.old`]) await rm(each, { force: true }).catch(() => {})
  }
  if (!taken) return null
  return async () => {
    await rm(file, { force: true })
    own.delete(file)
  }
}

/** False where another process has it, or is about to. */
async function take(file: string, draft: string): Promise<boolean> {
  await writeFile(draft, `${ownPid} ${await startOf(ownPid)}`, { mode: 0o600 })
  if (await put(draft, file)) return true
  const holder = await readFile(file, 'utf8').catch(() => null)
  if (holder === null || (await isHeld(holder))) return false
  // Two processes may see the same one that is nobody's: who takes the other's away by that gives it back.
  const old = `${draft}.old`
  const gone = await rename(file, old).then(
    () => true,
    () => false,
  )
  if (!gone) return false
  if ((await readFile(old, 'utf8')) !== holder) {
    await put(old, file)
    return false
  }
  return put(draft, file)
}

/** Gives a file another name, with all that is in it at once; false where there is one of that name. */
async function put(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw thrown
  }
}

async function isHeld(holder: string): Promise<boolean> {
  const pid = Number(/^[0-9]{1,10} /.exec(holder)?.[0] ?? Number.NaN)
  // What this process says that it holds, and does not, was left by one of the same number where nobody says when that began.
  if (!Number.isSafeInteger(pid) || pid < 1 || pid === ownPid) return false
  // Other users' processes may be hidden from a service (systemd's ProtectProc): one that is there has it then.
  const start = await startOf(pid)
  return isThere(pid) && (start === '' || holder === `${pid} ${start}`)
}

/** When a process began, so that another one of the same number is not taken for it; empty where the number decides. */
async function startOf(pid: number): Promise<string> {
  const [boot, began] = [await bootHere(), await beganAt(pid)]
  return boot === '' || began === null ? '' : `${boot} ${began}`
}
