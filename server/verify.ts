import { fromBytes, toBytes } from '../core/bytes.ts'
import { slotsPerCiphertext } from '../core/card.ts'
import { makeEncoder } from '../core/encode.ts'
import { fail } from '../core/errors.ts'
import type { CompiledModel } from '../core/headroom.ts'
import { respond } from '../core/link.ts'
import { pack } from '../core/pack.ts'
import { offsetPlaintext, plainPredictors, readPredictors } from '../core/score.ts'

/**
 * What a model must show before it is served: that its verification records come out as its file says, and that
 * packed plaintexts with the encrypted path's own operations give those same predictors, at the ends of every range
 * too. The server cannot decrypt, so it computes on the plaintexts what scoring does to them under encryption.
 *
 * Throws `model/verification`, naming the record and the head.
 */
export function verifyModel(model: CompiledModel): void {
  const records = model.card.verification.map((_, index) => encodedRecord(model, index))
  records.forEach((integers, index) => {
    checkExpected(model, integers, index)
  })
  checkPackedPath(model, [...records, ...extremes(model)])
}

function encodedRecord({ card }: CompiledModel, index: number): Float64Array {
  const record = card.verification[index]?.record ?? {}
  const stranger = Object.keys(record).find((name) => !card.features.some((feature) => feature.name === name))
  if (stranger !== undefined) wrong(index, `it has "${stranger}", which is not a feature`)
  const integers = new Float64Array(card.inputs.length)
  const cells = card.features.map(({ name }) => (Object.hasOwn(record, name) ? (record[name] ?? '') : ''))
  const [problem] = makeEncoder(card).encode(cells, integers, 1, 0)
  if (problem !== undefined) {
    wrong(index, `"${card.features[problem.feature]?.name}" cannot be encoded (${problem.code}): ${problem.expected}`)
  }
  return integers
}

function checkExpected(model: CompiledModel, integers: Float64Array, index: number): void {
  const { heads, link, tolerance, verification } = model.card
  const expected = verification[index] ?? wrong(index, 'it is not there')
  const predictors = plainPredictors(model, integers)
  if (expected.predictors.length !== heads.length) wrong(index, `it needs ${heads.length} predictors`)
  predictors.forEach((predictor, h) => {
    // The file's own figure was computed in double precision, whose rounding is allowed for.
    const allowed = tolerance + 1e-12 * Math.abs(predictor)
    if (!(Math.abs(predictor - (expected.predictors[h] as number)) <= allowed)) {
      wrong(index, `the predictor of "${heads[h]?.name}" differs by more than the tolerance`)
    }
  })
  if (expected.responses === undefined) return
  if (expected.responses.length !== heads.length) wrong(index, `it needs ${heads.length} responses`)
  // Every link moves a response monotonically with its own predictor; softmax by less than the tolerance itself.
  const shifted = (by: number): number[] =>
    respond(
      link,
      predictors.map((predictor) => predictor + by),
    )
  const [low, high] = link === 'softmax' ? [shifted(0), shifted(0)] : [shifted(-tolerance), shifted(tolerance)]
  const spare = link === 'softmax' ? tolerance : 0
  expected.responses.forEach((response, h) => {
    const [a, b] = [low[h] as number, high[h] as number]
    const room = spare + 1e-9 * Math.max(Math.abs(a), Math.abs(b))
    if (!(response >= Math.min(a, b) - room && response <= Math.max(a, b) + room)) {
      wrong(index, `the response of "${heads[h]?.name}" is not what the link gives`)
    }
  })
}

/** Records that pull every head to the ends of its bound: all inputs 0, and those of one sign at their maximum. */
function extremes({ card, heads }: CompiledModel): Float64Array[] {
  const ends = heads.flatMap(({ weights }) =>
    [1, -1].map((sign) =>
      Float64Array.from(card.inputs, ({ max }, j) => (Math.sign(weights[j] as number) === sign ? max : 0)),
    ),
  )
  return [new Float64Array(card.inputs.length), ...ends]
}

/** The size that holds every servable model; what fits it packed the same way fits the smaller ones it fits at all. */
const keyBits = 4096

function checkPackedPath(model: CompiledModel, records: readonly Float64Array[]): void {
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
      let sum = fromBytes(offsetPlaintext(head, card.slotBits, keyBits))
      packed.forEach((plaintext, j) => {
        sum += BigInt(head.weights[j] as number) * plaintext
      })
      const opened = new Float64Array(block.length)
      readPredictors(card, toBytes(sum, keyBits / 8), block.length, {}, opened, 0)
      block.forEach((integers, r) => {
        const expected = plainPredictors(model, integers)[h] as number
        if (!(Math.abs((opened[r] as number) - expected) <= 1e-12 * Math.abs(expected))) {
          fail('model/verification', `Packed records do not come out right for the head "${card.heads[h]?.name}".`)
        }
      })
    })
  }
}

function wrong(index: number, what: string): never {
  fail('model/verification', `Verification record ${index + 1} fails: ${what}.`, { index })
}
