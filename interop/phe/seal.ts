import { fromBytes } from '../../core/number/bytes.ts'
import { parseDecimal } from '../../core/number/decimal.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import type { ScoringKey } from '../../core/protocol/scheme.ts'
import { fail } from '../faults.ts'
import { encodeNumber, usualExponent } from './encoding.ts'
import type { EncryptedNumber } from './file.ts'

/**
 * Records of numbers under a public key, as python-paillier encrypts them: (1 + m·n)·r^n mod n². Throws `phe/overflow` for a
 * number that the key has no room for.
 */
export function sealNumbers(
  key: ScoringKey,
  n: bigint,
  records: readonly (readonly (number | bigint)[])[],
  random: RandomBytes,
): EncryptedNumber[][] {
  const width = key.set.bits / 4
  const masks = key.ahead?.make(records.flat().length, random) ?? new Uint8Array(0)
  const squared = n * n
  let at = 0
  return records.map((record) =>
    record.map((value) => {
      const mask = fromBytes(masks.subarray(at, at + width))
      at += width
      const { plaintext, exponent } = encodeNumber(value, n, usualExponent)
      return { ciphertext: ((1n + plaintext * n) * mask) % squared, exponent }
    }),
  )
}

/** A whole number, or the double that is nearest to a decimal one. Throws `phe/syntax` for a text that is neither. */
export function numberOfText(text: string, index: number): number | bigint {
  if (parseDecimal(text) === null) fail('phe/syntax', 'pheNumber', { number: index + 1 }, { index })
  return /^[+-]?[0-9]+$/.test(text) ? BigInt(text.replace('+', '')) : Number(text)
}
