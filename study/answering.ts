import { toHex } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'
import { exp } from '../core/number/elementary.ts'
import type { RandomBytes } from '../core/number/random.ts'
import type { Arithmetic, WeightedProduct } from '../core/protocol/paillier/arithmetic.ts'
import { crossProducts, exactSum } from '../stats/exactSums.ts'
import { checkSealed, multiplied } from './answer.ts'
import { writeAnswer } from './answerFile.ts'
import { fail } from './faults.ts'
import { mostOutcome, readableOutcomes } from './layout.ts'
import { type Ledger, withAnswer } from './ledger.ts'
import { checkBits } from './limits.ts'
import { errorFactor, randomised, turningProbability } from './randomised.ts'
import { readSealed } from './sealedFile.ts'
import type { StudyFile } from './studyFile.ts'

/**
 * The whole of what the side with outcomes does with a sealed file: its checks, what it is told before, and its answer. The page and
 * the command do it by this, so that neither refuses less than the other.
 */

export type Checked = Awaited<ReturnType<typeof checkedFile>>

/**
 * Throws what a sealed file is refused for (`checkSealed`), before its outcomes are looked for. `onChecked` hears how many of its
 * ciphertexts are, from 0 to 1.
 */
export async function checkedFile(
  bytes: Uint8Array,
  arithmetic: Arithmetic,
  sha256: Sha256,
  onChecked?: (part: number) => void,
) {
  const sealed = readSealed(bytes)
  return { sealed, digest: toHex(await sha256(bytes)), ...(await checkSealed(sealed, arithmetic, sha256, onChecked)) }
}

/**
 * The outcome of each sealed record, found by its row: `outcomes` are of `rows`, both as a file was read. Throws `study/unmatched` where
 * a sealed record has none.
 */
export function outcomesByRow(
  { sealed: { rows: wanted } }: Checked,
  rows: Uint32Array,
  outcomes: Float64Array,
): Float64Array<ArrayBuffer> {
  const byRow = new Map(Array.from(rows, (row, i): [number, number] => [row, outcomes[i] as number]))
  const missing = wanted.filter((row) => !byRow.has(row))
  if (missing.length > 0)
    fail('study/unmatched', 'unmatchedRecords', { count: missing.length, rows: [...missing.subarray(0, 5)] })
  return Float64Array.from(wanted, (row) => byRow.get(row) as number)
}

/** Whether outcomes are of 0 and 1, which alone can be randomised. */
export const isEvent = ({ sealed: { study } }: Checked): boolean => mostOutcome(study) === 1

/** What an answer would give away at most, and what it would cost to give less. */
export interface Told {
  readonly records: number
  /** Single outcomes that could be read if what was sealed were made for it, and outcomes are as they are. */
  readonly readable: number
  /** About how many times as large standard errors become by randomised outcomes; null for outcomes that are not 0 and 1. */
  readonly price: number | null
}

/** For outcomes as whole numbers, one for each record, and ε. */
export function toldBefore(checked: Checked, outcomes: Float64Array, epsilon: number): Told {
  const { sealed, layout } = checked
  const events = Number(exactSum(outcomes))
  return {
    records: outcomes.length,
    readable: Math.min(outcomes.length, readableOutcomes(sealed.study, layout.bits)),
    price: isEvent(checked) ? errorFactor(events / outcomes.length, turningProbability(epsilon)) : null,
  }
}

/** What is agreed to before an answer is given, beside what its giver declares of itself. */
export interface AnswerFacts extends Pick<Told, 'records' | 'readable'> {
  readonly study: StudyFile
  /** So many sums are given. */
  readonly numbers: number
  /** How outcomes are randomised, and by how much what is known of one can become likelier; null where they are not. */
  readonly randomised: { readonly epsilon: number; readonly odds: number } | null
  /** The sum of the squares of the outcomes goes in the clear. */
  readonly squares: boolean
  /** Answers that the ledger knows of; null where there was no ledger. */
  readonly earlier: number | null
}

/** `epsilon` is null for outcomes as they are, `before` for a ledger that begins with this answer. */
export function answerFacts(
  { sealed: { study, maxima } }: Checked,
  { records, readable }: Told,
  epsilon: number | null,
  before: Ledger | null,
): AnswerFacts {
  return {
    study,
    records,
    readable,
    numbers: maxima.length,
    randomised: epsilon === null ? null : { epsilon, odds: exp(epsilon) },
    squares: study.family === 'gaussian',
    earlier: before?.given.length ?? null,
  }
}

/** Throws `study/answered` where outcomes of some of these records were given before. */
export function checkGiven({ sealed: { study, rows }, digest }: Checked, before: Ledger): Ledger {
  return withAnswer(before, { study: study.id, outcome: outcomeName(study), sealed: digest, rows })
}

/** Throws `study/bits` where too many could be read, or randomised outcomes are none. */
export function checkTold(checked: Checked, epsilon: number | null): void {
  const { sealed, layout } = checked
  if (epsilon === null) checkBits(sealed.study, layout, sealed.rows.length)
  else if (!isEvent(checked)) fail('study/bits', 'studyExactOnly')
}

export interface Answered {
  /** The answer's file. */
  readonly answer: string
  /** To be kept before the answer leaves: what was given must be known whatever becomes of it. */
  readonly ledger: Ledger
}

interface AnswerParts {
  readonly sha256: Sha256
  readonly random: RandomBytes
  readonly weightedProduct: WeightedProduct
  /** How much of it is done, from 0 to 1. */
  readonly onMultiplied?: (part: number) => void
}

/**
 * The answer for outcomes as whole numbers, one for each record; `epsilon` is null for outcomes as they are. Throws what
 * `checkTold` and `checkGiven` throw.
 */
export async function answered(
  checked: Checked,
  outcomes: Float64Array,
  epsilon: number | null,
  before: Ledger,
  { sha256, ...parts }: AnswerParts,
): Promise<Answered> {
  const { sealed, digest, layout, key } = checked
  const { study, rows } = sealed
  checkTold(checked, epsilon)
  const ledger = checkGiven(checked, before)
  const turned = epsilon === null ? 0 : turningProbability(epsilon)
  const told =
    turned === 0 ? outcomes : await randomised(outcomes, rows, outcomeName(study), turned, ledger.secret, sha256)
  const ciphertexts = multiplied(sealed, { layout, key }, told, { exact: turned === 0, ...parts })
  const squares = study.family === 'gaussian' ? (crossProducts([outcomes], outcomes)[0] as bigint) : null
  return { ledger, answer: writeAnswer({ sealed: digest, records: rows.length, turned, squares, ciphertexts }) }
}

const outcomeName = ({ outcome, event }: StudyFile): string => JSON.stringify([outcome.name, event ?? null])
