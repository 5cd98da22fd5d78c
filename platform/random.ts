import type { RandomBytes } from '../core/number/random.ts'
import { fail } from './faults.ts'

/** WebCrypto's random bytes; a single call fills at most 65,536. Throws `platform/no-random` where there is none. */
export const secureRandom: RandomBytes = (count) => {
  const bytes = new Uint8Array(count)
  try {
    for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  } catch {
    fail('platform/no-random', 'noRandom')
  }
  return bytes
}
