import { toHex } from '../../core/number/bytes.ts'
import { sha256 } from '../../platform/digest.ts'

/** What a plan says besides its card: equal texts read a file's cells in the same way. */
export async function planDigest(reading: object): Promise<string> {
  return toHex(await sha256(new TextEncoder().encode(JSON.stringify(reading))))
}
