import { fromBytes, toBytes } from '../../core/number/bytes.ts'
import { mod } from '../../core/number/integers.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import { power, rational, roundTimes } from '../../core/number/rational.ts'
import type { CombineTask, ModelShape, ScoringKey } from '../../core/protocol/scheme.ts'
import type { RealHead } from '../../core/protocol/scoring.ts'
import { fail } from '../faults.ts'
import { usualExponent } from './encoding.ts'
import type { EncryptedNumber, NumberFile } from './file.ts'
import { bytesOfModulus } from './publicKey.ts'

/**
 * Records of one ciphertext a value, weighed with a model: b + Σ w_j·v_j of each head, where v_j = m_j · 16^e_j and the server
 * knows e_j. Values are brought to one exponent by powers of their ciphertexts, and weights to another by rounding, both
 * chosen without looking at a weight: an answer's exponent says nothing of the model.
 */

/** Weights in units of 16^-32, as the command line of python-paillier has its numbers: every double of 10^-23 or more exactly. */
const weightExponent = -32
const base = 16n

/** Records whose values have the same exponents, so that all of them are weighed alike. */
export interface CombineGroup {
  /** Where they stand among the file's. */
  readonly indices: readonly number[]
  readonly task: Omit<CombineTask, 'items'>
}

export interface ScoringPlan {
  readonly groups: readonly CombineGroup[]
  /** Of every number in the answer. */
  readonly exponent: number
  readonly heads: number
  readonly n: bigint
}

export interface PlanOptions {
  /** The predictors without their constants, as the article's demonstration computes them. */
  readonly withoutIntercept?: boolean
  /** The most records of a group. */
  readonly mostRecords?: number
}

/**
 * How the records of a file are weighed. Throws `phe/shape` for a record of other than the model's inputs, in the order of
 * its card, and `request/ciphertext`, with its place, for a number that is no ciphertext of the key.
 */
export function planScoring(
  n: bigint,
  { records }: Pick<NumberFile, 'records'>,
  heads: readonly RealHead[],
  { withoutIntercept = false, mostRecords = Number.POSITIVE_INFINITY }: PlanOptions = {},
): ScoringPlan {
  const inputs = heads[0]?.weights.length ?? 0
  records.forEach((record, r) => {
    if (record.length !== inputs)
      fail('phe/shape', 'pheInputs', { record: r + 1, inputs, found: record.length }, { index: r * inputs })
  })
  const exponents = records.map((record) => record.map(({ exponent }) => exponent))
  const common = exponents.flat().reduce((least, exponent) => Math.min(least, exponent), usualExponent)
  const exponent = common + weightExponent
  const scale = power(base, -exponent)
  const width = bytesOfModulus(n).length
  const offsets = heads.map(({ intercept }) =>
    toBytes(withoutIntercept ? 0n : mod(roundTimes(rational(intercept), scale), n), width),
  )
  const scaled = heads.map(scaledWeights)
  const groups = alike(exponents, mostRecords).map((indices) => ({
    indices,
    task: {
      ciphertexts: ciphertextsOf(records, indices, inputs, 2 * width),
      records: indices.length,
      weights: scaled.map((weights) => alignedWeights(weights, exponents[indices[0] as number] as number[], common)),
      offsets,
    },
  }))
  return { groups, exponent, heads: heads.length, n }
}

/** The records with the same exponents, in their order, so many together at most. */
function alike(exponents: readonly (readonly number[])[], most: number): number[][] {
  const found = new Map<string, number[]>()
  const groups: number[][] = []
  exponents.forEach((of, r) => {
    const name = of.join()
    const group = found.get(name)
    if (group !== undefined && group.length < most) group.push(r)
    else {
      const begun = [r]
      found.set(name, begun)
      groups.push(begun)
    }
  })
  return groups
}

/** w_j · 16^32 as integers. */
function scaledWeights({ weights }: RealHead): bigint[] {
  const scale = power(base, -weightExponent)
  return Array.from(weights, (weight) => roundTimes(rational(weight), scale))
}

/** Times what brings each value to the common exponent. */
function alignedWeights(scaled: readonly bigint[], exponents: readonly number[], common: number): bigint[] {
  return scaled.map((weight, j) => weight * base ** BigInt((exponents[j] as number) - common))
}

function ciphertextsOf(
  records: NumberFile['records'],
  indices: readonly number[],
  inputs: number,
  width: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(indices.length * inputs * width)
  const limit = 1n << BigInt(8 * width)
  indices.forEach((r, i) => {
    records[r]?.forEach(({ ciphertext }, j) => {
      const index = r * inputs + j
      if (ciphertext <= 0n || ciphertext >= limit)
        fail('request/ciphertext', 'pheCiphertext', { number: index + 1 }, { index })
      bytes.set(toBytes(ciphertext, width), (i * inputs + j) * width)
    })
  })
  return bytes
}

/** The numbers of the answer, record by record, from what was computed for each group of the plan. */
export function answersOf(
  { groups, exponent, heads, n }: ScoringPlan,
  computed: readonly Uint8Array[],
): EncryptedNumber[][] {
  const width = 2 * bytesOfModulus(n).length
  const answers: EncryptedNumber[][] = []
  groups.forEach(({ indices }, g) => {
    indices.forEach((r, i) => {
      answers[r] = Array.from({ length: heads }, (_, h) => {
        const at = (i * heads + h) * width
        return { ciphertext: fromBytes((computed[g] as Uint8Array).subarray(at, at + width)), exponent }
      })
    })
  })
  return answers
}

/** What an invalid ciphertext is among all of the file's. Throws `request/ciphertext`. */
export function refuseCiphertext({ indices, task }: CombineGroup, invalid: number): never {
  const inputs = task.weights[0]?.length ?? 1
  const index = (indices[Math.floor(invalid / inputs)] as number) * inputs + (invalid % inputs)
  return fail('request/ciphertext', 'pheCiphertext', { number: index + 1 }, { index })
}

/** A plaintext that is one value: the shape under which an engine checks and opens what was sealed elsewhere. */
export function wholePlaintext(bits: number): ModelShape {
  return { slotBits: bits - 1, inputs: [{ kind: 'value', column: 0, max: 1 }], heads: [{ name: 'value' }] }
}

/** All of it on one thread: every ciphertext checked, then every record weighed and masked. */
export function scoreNumbers(key: ScoringKey, plan: ScoringPlan, random: RandomBytes): EncryptedNumber[][] {
  const shape = wholePlaintext(key.set.bits)
  for (const group of plan.groups) {
    const invalid = key.firstInvalid(shape, group.task.records, group.task.ciphertexts)
    if (invalid >= 0) refuseCiphertext(group, invalid)
  }
  const computed = plan.groups.map(({ task }) => {
    const items = key.ahead?.make(task.records * plan.heads, random) ?? new Uint8Array(0)
    return key.combine?.({ ...task, items }) ?? new Uint8Array(0)
  })
  return answersOf(plan, computed)
}
