import { readFile } from 'node:fs/promises'

/** Which process has a number: locks and marks in folders name one, which may have been killed since. */

export const ownPid: number = process.pid

/** Whether a process of that number runs on this machine, whoever it belongs to. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Which start of the machine this is; empty where the system does not say. */
export async function bootHere(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim()
}

/**
 * When a process began, in clock ticks from the machine's start (proc_pid_stat(5), field 22), so that another one of the same number
 * is not taken for it; null where the system does not say, as only Linux does.
 */
export async function beganAt(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The second field is the program's name in brackets, which may hold anything.
  return text === null ? null : (text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null)
}

/** Whether this process may have any file: never so where there are no users. */
export const runsAsRoot = (): boolean => process.getuid?.() === 0
