import { concat, toHex } from '../core/number/bytes.ts'
import { sha256 } from './digest.ts'

const slice = 4 * 2 ** 20

/** A file's bytes, read in pieces: a browser's `Blob`, or a file of Node's. */
interface Sliceable {
  readonly size: number
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

/**
 * Whether two files are the same, without holding either: the SHA-256, in hexadecimal, of the SHA-256 of each 4 MiB one
 * after the other. Rejects with `AbortError` when the signal aborts, and with what reading the file throws.
 */
export async function fileDigest(file: Sliceable, signal: AbortSignal): Promise<string> {
  const digests: Uint8Array[] = []
  for (let at = 0; at === 0 || at < file.size; at += slice) {
    signal.throwIfAborted()
    digests.push(await sha256(new Uint8Array(await file.slice(at, Math.min(file.size, at + slice)).arrayBuffer())))
  }
  return toHex(await sha256(concat(digests)))
}
