import { bitLength } from '../core/number/integers.ts'
import { stepsOfNumber } from './steps.ts'
import { type StudyFile, sumFamily } from './studyFile.ts'

/**
 * How a record's columns lie in a plaintext that is to be multiplied by outcomes: side by side, each in a slot that holds its
 * whole sum. With n records, outcomes in [0, W] and a column in [0, X] a sum is at most n·W·X, so that no slot reaches the
 * next, whatever the data: known before a record is sealed. (A file for scoring is the other way round: there a plaintext
 * holds one column of many records.)
 */
export interface Slot {
  /** Which of a record's ciphertexts it is in. */
  readonly part: number
  /** Its least significant bit, and its bits. */
  readonly from: number
  readonly bits: number
}

export interface SealedLayout {
  readonly slots: readonly Slot[]
  /** The bits of each part that an honest sum may have. */
  readonly partBits: readonly number[]
  /** B, over all parts: what an answer tells at most, whatever was sealed. */
  readonly bits: number
}

/**
 * Bits above a part's slots that are left to the mask of whoever multiplies: with 64 of them what a plaintext may hold
 * beyond its slots is within 2^−64 of hidden.
 */
const spareBits = 66

/** `maxima` are X of each column, the ones of the intercept included. */
export function sealedLayout(
  study: StudyFile,
  maxima: readonly number[],
  records: number,
  keyBits: number,
): SealedLayout {
  const most = BigInt(records) * BigInt(mostOutcome(study))
  const room = keyBits - spareBits
  const slots: Slot[] = []
  const partBits = [0]
  for (const maximum of maxima) {
    const bits = bitLength(most * BigInt(maximum))
    if ((partBits.at(-1) as number) + bits > room) partBits.push(0)
    const part = partBits.length - 1
    const from = partBits[part] as number
    slots.push({ part, from, bits })
    partBits[part] = from + bits
  }
  return { slots, partBits, bits: partBits.reduce((sum, bits) => sum + bits, 0) }
}

/** W: the largest outcome in whole steps, as a design counts them. Throws `study/sums` where sums of them are not enough. */
export function mostOutcome(study: StudyFile): number {
  const { outcome } = study
  const family = sumFamily(study)
  if (outcome.type === 'category') return 1
  const [min, max] = outcome.range as readonly [number, number]
  return family === 'gaussian' ? stepsOfNumber(max - min, outcome) : max
}

/** The single outcomes that so many bits could spell, if what was sealed were made for it. */
export function readableOutcomes(study: StudyFile, bits: number): number {
  return Math.floor(bits / bitLength(BigInt(mostOutcome(study))))
}
