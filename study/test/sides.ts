import { platform } from '../../client/owner/platform.ts'
import { generateSecret, publicKeyOf } from '../../client/owner/secret.ts'
import type { PrivateArithmetic } from '../../core/private/paillier/arithmetic.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { ownerArithmetic } from '../../kernel/ownerEngines.ts'
import { productOr } from '../../kernel/products.ts'
import { publicArithmetic } from '../../kernel/scoringEngines.ts'
import { checkSealed, multiplied } from '../answer.ts'
import type { Design } from '../design.ts'
import { studyDigest } from '../keyLabel.ts'
import { sealedLayout } from '../layout.ts'
import { sealRows } from '../owner/seal.ts'
import { productByIntegers } from '../product.ts'
import type { SealedFile } from '../sealedFile.ts'
import type { StudyFile } from '../studyFile.ts'

/** Both sides of a study whose outcomes are elsewhere, under a key of 2048 bits. */

enableRelaxedSimd()
export const { random, sha256 } = platform
export const ofStudies = { ...platform, sha256: studyDigest(sha256) }
export const arithmetic = publicArithmetic()
export const weightedProduct = productOr(productByIntegers)
export const set = parameterSet('paillier-2048')

export interface Owner {
  readonly key: PrivateArithmetic
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly proof: Uint8Array<ArrayBuffer>
}

/** A fresh key: of a study, or of whichever digest its proof is made by. */
export async function freshOwner(from = ofStudies): Promise<Owner> {
  const secret = await generateSecret(set, from)
  const { bytes, proof } = await publicKeyOf(secret, from)
  const half = secret.bytes.length / 2
  const key = ownerArithmetic().privateKey(secret.bytes.subarray(0, half), secret.bytes.subarray(half))
  key.useTable(key.makeTable(random))
  return { key, publicKey: new Uint8Array(bytes), proof: new Uint8Array(proof) }
}

export const withOnes = (
  columns: readonly Float64Array<ArrayBuffer>[],
  records: number,
): Float64Array<ArrayBuffer>[] => [new Float64Array(records).fill(1), ...columns]

export const maximaOf = ({ inputs }: Design): number[] => [1, ...inputs.map(({ max }) => max)]

/** What an honest owner sends: `columns` with that of ones. */
export function sealedBy(
  { key, publicKey, proof }: Owner,
  study: StudyFile,
  maxima: readonly number[],
  columns: readonly Float64Array[],
  rows: Uint32Array<ArrayBuffer>,
): SealedFile {
  const layout = sealedLayout(study, maxima, rows.length, key.bits)
  return { study, set: set.id, publicKey, proof, maxima, rows, ciphertexts: sealRows(key, layout, columns, random) }
}

/** What the other side answers, after all its checks. */
export async function answerTo(
  sealed: SealedFile,
  outcomes: Float64Array,
  exact = true,
): Promise<Uint8Array<ArrayBuffer>> {
  return multiplied(sealed, await checkSealed(sealed, arithmetic, sha256), outcomes, {
    exact,
    random,
    weightedProduct,
  })
}
