import { fromBytes } from '../../core/number/bytes.ts'
import type { PrivateArithmetic } from '../../core/private/paillier/arithmetic.ts'
import { exactSum } from '../../stats/exactSums.ts'
import { fail } from '../faults.ts'
import type { SealedLayout } from '../layout.ts'

/** What of a key opens sums. */
export type OpeningKey = Pick<PrivateArithmetic, 'bits' | 'decrypt'>

/**
 * X'y of an answer. Throws `result/ciphertext` for what is no ciphertext, and `study/answer` for sums that no outcomes in
 * [0, `most`] have with these columns.
 */
export function openSums(
  key: OpeningKey,
  { slots, partBits }: SealedLayout,
  columns: readonly Float64Array[],
  most: number,
  answer: Uint8Array,
): bigint[] {
  if (answer.length !== (partBits.length * key.bits) / 4) fail('study/answer', 'notAnAnswer')
  const opened = key.decrypt(answer)
  const width = key.bits / 8
  const sums = slots.map(({ part, from, bits }) => {
    const plaintext = fromBytes(opened.subarray(part * width, (part + 1) * width))
    return BigInt.asUintN(bits, plaintext >> BigInt(from))
  })
  opened.fill(0)
  const possible = sums.every((sum, j) => sum <= BigInt(most) * exactSum(columns[j] as Float64Array))
  if (!possible) fail('study/answer', 'answerImpossible')
  return sums
}
