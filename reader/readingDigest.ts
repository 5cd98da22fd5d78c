import { sha256 } from '../platform/digest.ts'
import type { Plan } from './plan.ts'

/** Of all that says how records are made of a file's bytes: SHA-256, to be stored under a key alone, for cells may be in it. */
export function readingDigest({ card, ...reading }: Plan): Promise<Uint8Array> {
  return sha256(new TextEncoder().encode(JSON.stringify([card.hash, reading])))
}
