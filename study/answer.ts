import { unforeseen } from '../core/errors.ts'
import { fromBytes, toBytes } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'
import { type RandomBytes, uniformBelow } from '../core/number/random.ts'
import type { Arithmetic, PublicArithmetic, WeightedProduct } from '../core/protocol/paillier/arithmetic.ts'
import { checkKey } from '../core/protocol/paillier/publicKey.ts'
import { designOf } from './design.ts'
import { fail } from './faults.ts'
import { studyDigest } from './keyLabel.ts'
import { type SealedLayout, sealedLayout } from './layout.ts'
import { checkBits, checkSize } from './limits.ts'
import type { SealedFile } from './sealedFile.ts'

/** The side that has outcomes: it multiplies them into sealed records and learns nothing of those. */

/** The most ciphertexts that are checked at once. */
const together = 512

/**
 * What is checked of a sealed file before its first ciphertext is used, and what its answer will tell at most. Throws
 * `study/…` for what both sides are held to, `key/…` for a key that is no study's, and `study/sealed` for ciphertexts
 * that are none. `onChecked` hears which part of the ciphertexts is checked, from 0 to 1.
 */
export async function checkSealed(
  sealed: SealedFile,
  arithmetic: Arithmetic,
  sha256: Sha256,
  onChecked: (part: number) => void = () => {},
): Promise<{ readonly layout: SealedLayout; readonly key: PublicArithmetic }> {
  const { study, publicKey, proof, maxima, rows, ciphertexts } = sealed
  const { inputs } = await designOf(study, 'explaining', sha256)
  // How large columns may be is the study's to say, and not the file's.
  const own = [1, ...inputs.map(({ max }) => max)]
  if (own.length !== maxima.length || own.some((maximum, j) => maxima[j] !== maximum)) fail('study/sealed', 'notSealed')
  checkSize(rows.length, own.length)
  await checkKey(publicKey, proof, studyDigest(sha256), arithmetic.powers)
  const key = arithmetic.publicKey(publicKey)
  const layout = sealedLayout(study, own, rows.length, key.bits)
  const width = key.bits / 4
  if (ciphertexts.length !== rows.length * layout.partBits.length * width) fail('study/sealed', 'notSealed')
  for (let from = 0; from < ciphertexts.length; from += together * width) {
    if (key.firstInvalid(ciphertexts.subarray(from, from + together * width)) >= 0) fail('study/sealed', 'notSealed')
    onChecked(Math.min(1, (from + together * width) / ciphertexts.length))
  }
  return { layout, key }
}

interface Multiplying {
  /** Outcomes are as they are. */
  readonly exact: boolean
  readonly random: RandomBytes
  readonly weightedProduct: WeightedProduct
  /** Hears which part of them is multiplied, from 0 to 1. */
  readonly onMultiplied?: ((part: number) => void) | undefined
}

/**
 * X'y under the key of who sealed, for outcomes as whole numbers, one for each record; `exact` says whether they are as they
 * are, which throws `study/bits` where too many could be read. Above its slots each part has a fresh uniform number, so that
 * nothing beyond the layout's bits comes out of what was sealed, whatever that was; and a fresh residue, as every answer has.
 */
export function multiplied(
  { study, publicKey, ciphertexts }: SealedFile,
  { layout, key }: { readonly layout: SealedLayout; readonly key: PublicArithmetic },
  outcomes: Float64Array,
  { exact, random, weightedProduct, onMultiplied = () => {} }: Multiplying,
): Uint8Array<ArrayBuffer> {
  const { partBits } = layout
  if (exact) checkBits(study, layout, outcomes.length)
  const width = key.bits / 4
  if (ciphertexts.length !== outcomes.length * partBits.length * width) unforeseen('other than one outcome a record')
  const n = fromBytes(publicKey)
  const square = n * n
  const masks = key.masks(partBits.length, random)
  const answer = new Uint8Array(partBits.length * width)
  for (const [part, bits] of partBits.entries()) {
    const own = partOf(ciphertexts, part, partBits.length, width)
    const product = fromBytes(
      weightedProduct(publicKey, own, outcomes, (done) => onMultiplied((part + done) / partBits.length)),
    )
    const high = (uniformBelow((n >> BigInt(bits)) + 1n, random) - 1n) << BigInt(bits)
    const mask = fromBytes(masks.subarray(part * width, (part + 1) * width))
    const masked = (((product * ((1n + high * n) % square)) % square) * mask) % square
    answer.set(toBytes(masked, width), part * width)
  }
  return answer
}

function partOf(ciphertexts: Uint8Array, part: number, parts: number, width: number): Uint8Array {
  if (parts === 1) return ciphertexts
  const own = new Uint8Array(ciphertexts.length / parts)
  for (let i = 0; i * width < own.length; i++) {
    const from = (i * parts + part) * width
    own.set(ciphertexts.subarray(from, from + width), i * width)
  }
  return own
}
