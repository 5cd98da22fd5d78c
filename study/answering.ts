import { toHex } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'
import type { RandomBytes } from '../core/number/random.ts'
import type { Arithmetic } from '../core/protocol/paillier/arithmetic.ts'
import { crossProducts, exactSum } from '../stats/exactSums.ts'
import { checkSealed, multiplied } from './answer.ts'
import { writeAnswer } from './answerFile.ts'
import { fail } from './faults.ts'
import { mostOutcome, readableOutcomes } from './layout.ts'
import { type Ledger, withAnswer } from './ledger.ts'
import { errorFactor, randomised, turningProbability } from './randomised.ts'
import { readSealed } from './sealedFile.ts'
import type { StudyFile } from './studyFile.ts'

/** The whole of what the side with outcomes does with a sealed file: its checks, what it is told before, and its answer. */

type Checked = Awaited<ReturnType<typeof checkedFile>>

/** Throws what a sealed file is refused for (`checkSealed`), before its outcomes are looked for. */
export async function checkedFile(bytes: Uint8Array, arithmetic: Arithmetic, sha256: Sha256) {
  const sealed = readSealed(bytes)
  return { sealed, digest: toHex(await sha256(bytes)), ...(await checkSealed(sealed, arithmetic, sha256)) }
}

/** What an answer would give away at most, and what it would cost to give less. */
export interface Told {
  readonly records: number
  /** Single outcomes that could be read if what was sealed were made for it, and outcomes are as they are. */
  readonly readable: number
  /** About how many times as large standard errors become by randomised outcomes; null for outcomes that are not 0 and 1. */
  readonly price: number | null
}

/** For outcomes as whole numbers, one for each record, and ε. */
export function toldBefore({ sealed: { study }, layout }: Checked, outcomes: Float64Array, epsilon: number): Told {
  const isEvent = mostOutcome(study) === 1
  const events = Number(exactSum(outcomes))
  return {
    records: outcomes.length,
    readable: Math.min(outcomes.length, readableOutcomes(study, layout.bits)),
    price: isEvent ? errorFactor(events / outcomes.length, turningProbability(epsilon)) : null,
  }
}

export interface Answered {
  /** The answer's file. */
  readonly answer: string
  /** To be kept before the answer leaves: what was given must be known whatever becomes of it. */
  readonly ledger: Ledger
}

/**
 * The answer for outcomes as whole numbers, one for each record; `epsilon` is null for outcomes as they are. Throws `study/bits`
 * where too many could be read or randomised outcomes are none, `study/answered` where some were given before.
 */
export async function answered(
  { sealed, digest, layout, key }: Checked,
  outcomes: Float64Array,
  epsilon: number | null,
  before: Ledger,
  { sha256, random }: { readonly sha256: Sha256; readonly random: RandomBytes },
): Promise<Answered> {
  const { study, rows } = sealed
  if (epsilon !== null && mostOutcome(study) !== 1) fail('study/bits', 'studyExactOnly')
  const outcome = outcomeName(study)
  const ledger = withAnswer(before, { study: study.id, outcome, sealed: digest, rows })
  const turned = epsilon === null ? 0 : turningProbability(epsilon)
  const told = turned === 0 ? outcomes : await randomised(outcomes, rows, outcome, turned, ledger.secret, sha256)
  const ciphertexts = multiplied(sealed, { layout, key }, told, turned === 0, random)
  const squares = study.family === 'gaussian' ? (crossProducts([outcomes], outcomes)[0] as bigint) : null
  return { ledger, answer: writeAnswer({ sealed: digest, records: rows.length, turned, squares, ciphertexts }) }
}

const outcomeName = ({ outcome, event }: StudyFile): string => JSON.stringify([outcome.name, event ?? null])
