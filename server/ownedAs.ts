import { chown, stat } from 'node:fs/promises'
import { runsAsRoot } from './runningProcess.ts'

/**
 * Gives what root has put into a folder to the folder's owner: an operator looks after a service as root, and the service has a user of
 * its own that could not read it. Whoever is not root writes what is theirs.
 */
export async function giveToOwnerOf(folder: string, path: string): Promise<void> {
  if (!runsAsRoot()) return
  const { uid, gid } = await stat(folder)
  if (uid !== 0) await chown(path, uid, gid)
}
