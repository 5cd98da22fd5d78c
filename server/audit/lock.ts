import { join } from 'node:path'
import { errorOf } from '../faults.ts'
import { lockFile } from '../fileLock.ts'

/** Keeps other processes from writing to a log, which has one chain of lines. Returns what lets go of it. Throws `audit/log`. */
export async function lockLog(folder: string): Promise<() => Promise<void>> {
  const release = await lockFile(join(folder, 'lock')).catch(() => {
    throw errorOf('audit/log', 'auditUnwritable', { folder })
  })
  if (release === null) throw errorOf('audit/log', 'auditInUse', { folder })
  return release
}
