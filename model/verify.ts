import { makeEncoder } from '../core/card/encode.ts'
import { unmetExpectation } from '../core/card/expectation.ts'
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
  const expected = card.verification[index] ?? wrong(index, { what: 'absent' })
  const unmet = unmetExpectation(card, predictors, expected)
  if (unmet) wrong(index, unmet)
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
