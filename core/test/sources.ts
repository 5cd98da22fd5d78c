import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Sha256 } from '../number/digest.ts'
import type { RandomBytes } from '../number/random.ts'

/** The platform's functions that core is handed. */
export const sha256: Sha256 = async (bytes) => createHash('sha256').update(bytes).digest()
export const secureRandom: RandomBytes = (count) => randomBytes(count)

/** Bytes that look random and are the same on every run, so that a statistical test never fails by chance. */
export function seededRandom(seed: string): RandomBytes {
  let block = 0
  let spare = Buffer.alloc(0)
  return (count) => {
    const parts = [spare]
    for (let have = spare.length; have < count; have += 64) {
      parts.push(createHmac('sha512', seed).update(String(block++)).digest())
    }
    const all = Buffer.concat(parts)
    spare = all.subarray(count)
    return all.subarray(0, count)
  }
}

/** A fraction in [0, 1) from four of the bytes. */
export function fraction(random: RandomBytes): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4)
  return (((a * 256 + b) * 256 + c) * 256 + d) / 2 ** 32
}
