import { fromBytes, toBytes } from '../../core/number/bytes.ts'
import type { DoubleDouble } from '../../core/number/doubleDouble.ts'
import { fail } from '../faults.ts'

/**
 * Numbers as they are added up: integers modulo 2^192 in two's complement. Reals have 96 bits behind the point. No owner's
 * number is beyond 2^190 / 64, so that no sum of 64 owners wraps, whatever the data.
 */
export const numberBytes = 24
const modulus = 2n ** 192n
const half = modulus / 2n
export const mostOwners = 64
const most = 2n ** 190n / BigInt(mostOwners)
const pointBits = 96

/** A sum of two doubles as such an integer. Throws `study/overflow`. */
export function scaled([high, low]: DoubleDouble): bigint {
  if (!Number.isFinite(high)) fail('study/overflow', 'poolOverflow')
  return whole(high) + whole(low)
}

/** x·2^96: exact, but for what is below 2^-96. */
function whole(x: number): bigint {
  // In two parts, so that neither leaves a double's range.
  const above = Math.trunc(x)
  return (BigInt(above) << BigInt(pointBits)) + BigInt(Math.round((x - above) * 2 ** pointBits))
}

/** The double nearest to such an integer, to its last bit but one. */
export function unscaled(value: bigint): number {
  return Number(value) / 2 ** pointBits
}

/** Throws `study/overflow`. */
export function checkRoom(values: readonly bigint[]): void {
  if (values.some((value) => value >= most || value <= -most)) fail('study/overflow', 'poolOverflow')
}

export function bytesOf(values: readonly bigint[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * numberBytes)
  for (const [i, value] of values.entries()) bytes.set(toBytes(reduced(value), numberBytes), i * numberBytes)
  return bytes
}

export function numbersOf(bytes: Uint8Array): bigint[] {
  return Array.from({ length: bytes.length / numberBytes }, (_, i) =>
    fromBytes(bytes.subarray(i * numberBytes, (i + 1) * numberBytes)),
  )
}

const reduced = (value: bigint): bigint => ((value % modulus) + modulus) % modulus

/** Sums modulo 2^192, with their signs. */
export function signed(values: readonly bigint[]): bigint[] {
  return values.map((value) => {
    const rest = reduced(value)
    return rest >= half ? rest - modulus : rest
  })
}
