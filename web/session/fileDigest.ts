import { concat, toHex } from '../../core/number/bytes.ts'
import { sha256 } from '../../platform/digest.ts'

const slice = 4 * 2 ** 20

/**
 * Whether two files are the same, without holding either: the SHA-256, in hexadecimal, of the SHA-256 of each 4 MiB one
 * after the other. Rejects with `AbortError` when the signal aborts, and with what reading the file throws.
 */
export async function fileDigest(file: Blob, signal: AbortSignal): Promise<string> {
  const digests: Uint8Array[] = []
  for (let at = 0; at === 0 || at < file.size; at += slice) {
    signal.throwIfAborted()
    digests.push(await sha256(new Uint8Array(await file.slice(at, at + slice).arrayBuffer())))
  }
  return toHex(await sha256(concat(digests)))
}

/** What a plan says besides its card: equal texts read a file's cells in the same way. */
export async function planDigest(reading: object): Promise<string> {
  return toHex(await sha256(new TextEncoder().encode(JSON.stringify(reading))))
}
