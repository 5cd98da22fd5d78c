import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenSpool } from './spool.ts'

const pieceBytes = 256 * 1024

/** In a temporary file that nobody else may read, and that has no name any more where the system keeps what is open. */
export const spoolOnDisk: OpenSpool = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  let handle: FileHandle
  try {
    handle = await open(join(folder, 'file'), 'wx+', 0o600)
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true })
    throw thrown
  }
  await rm(folder, { recursive: true, force: true }).catch(() => {})
  let length = 0
  return {
    async write(bytes) {
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, from, bytes.length - from, length)
        from += bytesWritten
        length += bytesWritten
      }
    },
    async *read() {
      for (let at = 0; at < length; ) {
        const piece = new Uint8Array(Math.min(pieceBytes, length - at))
        const { bytesRead } = await handle.read(piece, 0, piece.length, at)
        if (bytesRead === 0) return
        at += bytesRead
        yield piece.subarray(0, bytesRead)
      }
    },
    close: async () => {
      await handle.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
