import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileSource } from '../reader/source.ts'

/** A file that is read in pieces, as often as it takes. */
export interface InputFile extends FileSource {
  close(): Promise<void>
}

/**
 * Standard input as a file: itself, where it was redirected from one. What comes through a pipe is written to a temporary
 * file first, since it is read more than once; nobody else may read that, and it has no name any more.
 */
export async function openStandardInput(): Promise<InputFile> {
  const given = await open('/dev/stdin', 'r').catch(() => null)
  if (given !== null) {
    if ((await given.stat()).isFile()) return inputFile(given)
    await given.close()
  }
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  try {
    const spool = await open(join(folder, 'input'), 'wx+', 0o600)
    for await (const piece of process.stdin) await spool.appendFile(piece as Buffer)
    return await inputFile(spool)
  } finally {
    // On systems that keep open files until they are closed; elsewhere the folder goes when the handle is closed.
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

async function inputFile(handle: FileHandle): Promise<InputFile> {
  const { size } = await handle.stat()
  return {
    size,
    slice: (from, to) => ({
      async arrayBuffer() {
        const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from))
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at)
          if (bytesRead === 0) throw new Error('The file became shorter while it was read.')
          at += bytesRead
        }
        return bytes.buffer
      },
    }),
    close: () => handle.close(),
  }
}
