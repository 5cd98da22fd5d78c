import type { CardBody, VerificationRecord } from '../core/card/card.ts'
import { makeEncoder } from '../core/card/encode.ts'
import { labelOf, responses } from '../core/card/outcome.ts'
import { fromBytes, toBytes } from '../core/number/bytes.ts'
import { readPredictors } from '../core/protocol/open.ts'
import { pack } from '../core/protocol/pack.ts'
import { slotsPerCiphertext } from '../core/protocol/paillier/layout.ts'
import type { SplitModel } from '../core/protocol/scoring.ts'
import { offsetPlaintext, plainPredictors } from '../core/protocol/scoring.ts'
import { fail, type VerificationFault } from './faults.ts'

/**
 * What a model must show before it is served: that its verification records come out as its file says, and that
 * packed plaintexts with the encrypted path's own operations give those same predictors, at the ends of every range
 * too. The server cannot decrypt, so it computes on the plaintexts what scoring does to them under encryption.
 *
 * Throws `model/verification`, naming the record and the head.
 */
export function verifyModel(model: SplitModel): void {
  const records = verificationRecords(model)
  records.forEach((integers, index) => {
    checkPredictors(model, plainPredictors(model, integers), index)
  })
  checkPackedPath(model, [...records, ...extremes(model)])
}

/** The verification records, encoded. */
export function verificationRecords({ card }: SplitModel): Float64Array[] {
  const encoder = makeEncoder(card)
  const names = new Set(card.features.map(({ name }) => name))
  return card.verification.map(({ record }, index) => {
    const stranger = Object.keys(record).find((name) => !names.has(name))
    if (stranger !== undefined) wrong(index, { what: 'stranger', name: stranger })
    const integers = new Float64Array(card.inputs.length)
    const cells = card.features.map(({ name }) => (Object.hasOwn(record, name) ? (record[name] ?? '') : ''))
    const [problem] = encoder.encode(cells, integers, 1, 0)
    if (problem !== undefined) {
      wrong(index, {
        what: 'cell',
        name: card.features[problem.feature]?.name ?? '',
        code: problem.code,
        expected: problem.expected,
      })
    }
    return integers
  })
}

/** Holds the predictors that came out for a verification record against what the file says of it. */
export function checkPredictors({ card }: SplitModel, predictors: readonly number[], index: number): void {
  const { heads, tolerance } = card
  const expected = card.verification[index] ?? wrong(index, { what: 'absent' })
  if (expected.predictors !== undefined) {
    if (expected.predictors.length !== heads.length) wrong(index, { what: 'predictorCount', count: heads.length })
    predictors.forEach((predictor, h) => {
      // The file's own figure was computed in double precision, whose rounding is allowed for.
      const allowed = tolerance + 1e-12 * Math.abs(predictor)
      if (!(Math.abs(predictor - (expected.predictors?.[h] as number)) <= allowed)) {
        wrong(index, { what: 'predictor', name: heads[h]?.name ?? '' })
      }
    })
  }
  if (expected.responses !== undefined) checkResponses(card, predictors, expected, index)
  if (expected.label !== undefined) checkLabel(card, predictors, expected.label, index)
}

/** How far a response may be from its value at the exact predictors: joint links move by at most twice as much. */
function spareOf({ link, tolerance }: CardBody): number {
  const joint = ['softmax', 'normalised', 'argmax'].some((name) => name === link)
  return joint || (typeof link === 'object' && 'cumulative' in link) ? 2 * tolerance : 0
}

function checkResponses(
  card: CardBody,
  predictors: readonly number[],
  { responses: stated = [], precision = 1e-9, zeroThreshold = 0 }: VerificationRecord,
  index: number,
): void {
  if (stated.length !== card.responses.length) wrong(index, { what: 'responseCount', count: card.responses.length })
  const spare = spareOf(card)
  // Every other link moves a response monotonically with its own predictor.
  const shifted = (by: number): number[] =>
    responses(
      card,
      predictors.map((predictor) => predictor + by),
    )
  const [low, high] = spare > 0 ? [shifted(0), shifted(0)] : [shifted(-card.tolerance), shifted(card.tolerance)]
  const own = stated.length - (card.outputs?.length ?? 0)
  const near = own < stated.length ? neighbours(card, predictors) : []
  stated.forEach((response, r) => {
    if (response === null) return
    // An output may rise with one predictor and fall with another.
    const around = r < own ? [low, high] : near
    const [a, b] = [
      Math.min(...around.map((given) => given[r] as number)),
      Math.max(...around.map((given) => given[r] as number)),
    ]
    const room =
      (r < own ? spare : 0) +
      Math.max(zeroThreshold, precision * Math.max(Math.abs(a), Math.abs(b), Math.abs(response)))
    if (!(response >= Math.min(a, b) - room && response <= Math.max(a, b) + room)) {
      wrong(index, { what: 'response', name: card.responses[r] ?? '' })
    }
  })
}

/** The responses at the predictors, and where each in turn is off by the tolerance. */
function neighbours(card: CardBody, predictors: readonly number[]): number[][] {
  const off = [-card.tolerance, card.tolerance]
  const moved = predictors.flatMap((_, h) => off.map((by) => predictors.map((eta, i) => (i === h ? eta + by : eta))))
  return [[...predictors], ...moved].map((etas) => responses(card, etas))
}

function checkLabel(card: CardBody, predictors: readonly number[], label: string, index: number): void {
  if (card.decision !== undefined) {
    const decided = neighbours(card, predictors).map((near) => labelOf(card, near))
    if (!decided.includes(label)) wrong(index, { what: 'label' })
    return
  }
  const given = responses(card, predictors).slice(0, card.responses.length - (card.outputs?.length ?? 0))
  const at = card.responses.indexOf(label)
  if (at < 0 || at >= given.length) wrong(index, { what: 'labelName' })
  // Responses that are as large as each other, within what the predictors are exact to, leave the label open.
  if (!((given[at] as number) >= Math.max(...given) - 2 * card.tolerance)) wrong(index, { what: 'label' })
}

/** Records that pull every head to the ends of its bound: all inputs 0, and those of one sign at their maximum. */
function extremes({ card, heads }: SplitModel): Float64Array[] {
  const ends = heads.flatMap(({ weights }) =>
    [1, -1].map((sign) =>
      Float64Array.from(card.inputs, ({ max }, j) => (Math.sign(weights[j] as number) === sign ? max : 0)),
    ),
  )
  return [new Float64Array(card.inputs.length), ...ends]
}

/** The size that holds every servable model; what fits it packed the same way fits the smaller ones it fits at all. */
const keyBits = 4096

function checkPackedPath(model: SplitModel, records: readonly Float64Array[]): void {
  const { card, heads } = model
  const slots = slotsPerCiphertext(card.slotBits, keyBits)
  for (let from = 0; from < records.length; from += slots) {
    const block = records.slice(from, from + slots)
    const packed = card.inputs.map((_, j) =>
      fromBytes(
        pack(
          Float64Array.from(block, (integers) => integers[j] as number),
          card.slotBits,
          keyBits / 8,
        ),
      ),
    )
    heads.forEach((head, h) => {
      let sum = fromBytes(offsetPlaintext(head, card.slotBits, slots, keyBits / 8))
      packed.forEach((plaintext, j) => {
        sum += BigInt(head.weights[j] as number) * plaintext
      })
      const opened = new Float64Array(block.length)
      readPredictors(card, toBytes(sum, keyBits / 8), slots, block.length, {}, opened, 0)
      block.forEach((integers, r) => {
        const expected = plainPredictors(model, integers)[h] as number
        if (!(Math.abs((opened[r] as number) - expected) <= 1e-12 * Math.abs(expected))) {
          fail('model/verification', 'packedPath', { head: card.heads[h]?.name ?? '' })
        }
      })
    })
  }
}

function wrong(index: number, why: VerificationFault): never {
  fail('model/verification', 'verificationRecord', { record: index + 1, why }, { index })
}
