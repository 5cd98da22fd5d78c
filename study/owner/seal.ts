import { toBytes } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import type { PrivateArithmetic } from '../../core/private/paillier/arithmetic.ts'
import type { SealedLayout } from '../layout.ts'

/** The side that has records and the key: it seals them once, and opens what comes back. */

const together = 256

/** The ciphertexts of records: `columns` as the layout has them, the ones of the intercept first. */
export function sealRows(
  key: PrivateArithmetic,
  layout: SealedLayout,
  columns: readonly Float64Array[],
  random: RandomBytes,
  onSealed: (records: number) => void = () => {},
): Uint8Array<ArrayBuffer> {
  const { length: records = 0 } = columns[0] ?? {}
  const parts = layout.partBits.length
  const width = key.bits / 4
  const ciphertexts = new Uint8Array(records * parts * width)
  for (let from = 0; from < records; from += together) {
    const to = Math.min(from + together, records)
    const plaintexts = new Uint8Array(((to - from) * parts * key.bits) / 8)
    for (let i = from; i < to; i++) {
      for (const [part, plaintext] of plaintextsOf(layout, columns, i).entries()) {
        plaintexts.set(toBytes(plaintext, key.bits / 8), (((i - from) * parts + part) * key.bits) / 8)
      }
    }
    ciphertexts.set(key.encrypt(plaintexts, key.residues((to - from) * parts, random)), from * parts * width)
    plaintexts.fill(0)
    onSealed(to)
  }
  return ciphertexts
}

function plaintextsOf({ slots, partBits }: SealedLayout, columns: readonly Float64Array[], i: number): bigint[] {
  const plaintexts = partBits.map(() => 0n)
  for (const [j, { part, from }] of slots.entries()) {
    plaintexts[part] = (plaintexts[part] as bigint) + (BigInt(columns[j]?.[i] as number) << BigInt(from))
  }
  return plaintexts
}
