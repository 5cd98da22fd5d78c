import { createHash } from 'node:crypto'
import type { Sha256 } from '../core/number/digest.ts'

/** SHA-256 of the parts one after the other, in lower-case hexadecimal. */
export function sha256Hex(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** SHA-256 in the form that core asks for. */
export const sha256: Sha256 = async (bytes) => createHash('sha256').update(bytes).digest()
