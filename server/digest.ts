import { sha256 as hash } from '@noble/hashes/sha2.js'
import { toHex } from '../core/number/bytes.ts'

/**
 * SHA-256 of the parts one after the other, in lower-case hexadecimal: at once, which WebCrypto cannot, and for what is
 * short. The ciphertexts of a chunk are digested where they are checked (`compute/tasks.ts`).
 */
export function sha256Hex(...parts: readonly (string | Uint8Array)[]): string {
  const digest = hash.create()
  for (const part of parts) digest.update(typeof part === 'string' ? new TextEncoder().encode(part) : part)
  return toHex(digest.digest())
}
