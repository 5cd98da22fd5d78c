import { type FileHandle, link, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDraft } from '../sealed/durable.ts'
import type { Reading } from './budgetLines.ts'

/** The lines of one hour, and how far they were read. */
export interface HourFile extends Reading {
  readonly hour: number
  readonly handle: FileHandle
}

export const nameOfHour = (hour: number): string => `${hour}.log`

/** An hour's file, which is made where it is not there. */
export async function openHour(folder: string, hour: number): Promise<HourFile> {
  return { hour, handle: await open(join(folder, nameOfHour(hour)), 'a+', 0o600), read: 0, rest: '' }
}

/**
 * The file as it was read. One that was taken away under this process, and not because it was added up (`isOver`), is put there again by
 * whichever process comes first. Null for one that was cut, or that lies in its place and does not begin as it does.
 */
export async function asRead(folder: string, file: HourFile, isOver: () => Promise<boolean>): Promise<HourFile | null> {
  const name = nameOfHour(file.hour)
  const [{ size, ino, dev }, there] = await Promise.all([
    file.handle.stat(),
    stat(join(folder, name)).catch(() => null),
  ])
  if (size < file.read) return null
  if ((there?.ino === ino && there.dev === dev) || (await isOver())) return file
  const bytes = Buffer.alloc(size)
  await file.handle.read(bytes, 0, size, 0)
  await putUnlessThere(folder, name, bytes)
  const lies = await readFile(join(folder, name))
  if (!lies.subarray(0, file.read).equals(bytes.subarray(0, file.read))) return null
  const { handle } = await openHour(folder, file.hour)
  await file.handle.close()
  return { ...file, handle }
}

/** Has a file of that name hold these bytes, all of them at once, unless there is one. */
export async function putUnlessThere(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const draft = await writeDraft(folder, bytes)
  try {
    await link(draft, join(folder, name))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
  } finally {
    await rm(draft, { force: true })
  }
}
