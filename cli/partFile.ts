import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { asBlindscoreError } from '../core/errors.ts'
import type { FileState } from '../files/frames.ts'
import type { RecordsBlock } from '../files/recordsFile.ts'

/** What a sealed file that was begun holds: the header, and whole blocks that their seals vouch for. */
export interface Begun<Opened> {
  readonly file: Opened
  readonly state: FileState
  readonly blocks: number
  readonly records: number
}

interface Readable {
  readonly state: FileState
  blocks(): AsyncIterable<RecordsBlock>
  close(): Promise<void>
}

/** Where a file is written until it is whole. */
export const partOf = (path: string): string => `${path}.part`

/** A file's bytes, in pieces. */
export const bytesOf = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: 256 * 1024 })

/** What there is of a file that was begun, up to its last whole block. Null where there is nothing that can be gone on with. */
export async function readBegun<Opened extends Readable>(
  path: string,
  read: (source: AsyncIterable<Uint8Array>) => Promise<Opened>,
): Promise<Begun<Opened> | null> {
  const source = bytesOf(partOf(path))
  let file: Opened
  try {
    file = await read(source)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (asBlindscoreError(thrown).code.startsWith('sealed/')) return null
    throw thrown
  }
  let found: Begun<Opened> = { file, state: file.state, blocks: 0, records: 0 }
  try {
    for await (const block of file.blocks()) {
      found = { file, state: file.state, blocks: block.index + 1, records: found.records + block.records }
    }
  } catch (thrown) {
    // It ends in the middle of a frame, as what was killed while it wrote does.
    if (asBlindscoreError(thrown).code !== 'sealed/damaged') throw thrown
  } finally {
    await file.close()
  }
  return found
}

/**
 * Writes a file that is there under its name only once it is whole: until then it is beside it, and what is there already up to
 * `begun` stays. A program that is killed leaves a beginning that {@link readBegun} finds.
 */
export async function writeWhole(
  path: string,
  begun: FileState | null,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const part = partOf(path)
  const handle = await open(part, begun ? 'r+' : 'w', 0o600)
  try {
    await handle.truncate(begun?.at ?? 0)
    let at = begun?.at ?? 0
    for await (const piece of pieces) {
      for (let from = 0; from < piece.length; ) {
        const { bytesWritten } = await handle.write(piece, from, piece.length - from, at)
        from += bytesWritten
        at += bytesWritten
      }
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(part, path)
}

/** Pieces to standard output, once all of them are there: they lie in a file that nobody else may read until then. */
export async function writeAtOnce(folder: string, pieces: AsyncIterable<string>): Promise<void> {
  const path = `${folder}/whole`
  try {
    await pipeline(pieces, createWriteStream(path, { mode: 0o600 }))
    await pipeline(createReadStream(path), process.stdout, { end: false })
  } finally {
    await rm(path, { force: true })
  }
}
