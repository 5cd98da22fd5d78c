import { readFile } from 'node:fs/promises'
import { Key } from '../client/owner/key.ts'
import { fromThere } from './command.ts'

/** Of backups. Not an option, since what is typed can be seen by others and is kept by shells. */
export const passphrase = (): string => process.env.BLINDSCORE_PASSPHRASE ?? ''

/** The key of the backup in a file. Who asks disposes of it. Throws what {@link Key.load} does. */
export async function keyOfBackup(path: string): Promise<Key> {
  return Key.load(await readFile(fromThere(path), 'utf8'), passphrase())
}
