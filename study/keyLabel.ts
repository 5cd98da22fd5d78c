import { concat } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'

/**
 * The digest by which a study's keys have their names and proofs. Nothing else uses it: no scoring server takes a study's
 * key, nobody multiplies outcomes for a key of records, and a backup of either is none of the other.
 */
export function studyDigest(sha256: Sha256): Sha256 {
  return (bytes) => sha256(concat([label, bytes]))
}

const label = Uint8Array.from('blindscore study key 1', (c) => c.charCodeAt(0))
