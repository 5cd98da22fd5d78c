import { concat, fromBytes, toBytes } from '../../../core/number/bytes.ts'
import type { OwnerKey } from '../../../core/private/owner.ts'
import { fail } from '../../faults.ts'
import { decodeNumber } from '../encoding.ts'
import type { NumberFile } from '../file.ts'
import { wholePlaintext } from '../score.ts'

/**
 * The numbers of a file, record by record, as Python computes them. Throws `phe/key` where the file names another key,
 * `result/ciphertext`, with its index, for a number that is no ciphertext of the key, and `phe/overflow` for a plaintext that
 * is no number.
 */
export function openNumbers(key: OwnerKey, n: bigint, file: Pick<NumberFile, 'n' | 'records'>): (number | bigint)[][] {
  if (file.n !== null && file.n !== n) fail('phe/key', 'pheNotThisKey')
  const { bits } = key.set
  const limit = n * n
  const all = file.records.flat()
  const bytes = all.map(({ ciphertext }, index) => {
    if (ciphertext <= 0n || ciphertext >= limit) fail('result/ciphertext', 'returnedCiphertext', {}, { index })
    return toBytes(ciphertext, bits / 4)
  })
  const plaintexts = key.decrypt(wholePlaintext(bits), concat(bytes), all.length)
  let at = 0
  return file.records.map((record) =>
    record.map(({ exponent }) => {
      const plaintext = fromBytes(plaintexts.subarray((at * bits) / 8, (++at * bits) / 8))
      return decodeNumber({ plaintext, exponent }, n)
    }),
  )
}
