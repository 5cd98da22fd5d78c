import { describe, expect, it } from 'vitest'
import type { CompiledModel } from '../../model/compile.ts'
import type { ModelFile } from '../../model/modelFile.ts'
import { responses } from '../card/outcome.ts'
import { fromBytes, toBytes } from '../number/bytes.ts'
import { ownerReference } from '../private/paillier/reference.ts'
import { readPredictors } from '../protocol/open.ts'
import { slotsPerCiphertext } from '../protocol/paillier/layout.ts'
import { reference } from '../protocol/paillier/reference.ts'
import { decodeChunk } from '../protocol/wire.ts'
import { slow } from './dial.ts'
import { type KeyPair, noopPair, paillierPair, scoreChunk, scoreRecords, sealRecords } from './path.ts'
import { cellsFor, readRows, type ShippedId, shipped, shippedIds } from './shipped.ts'
import { secureRandom } from './sources.ts'
import { iso } from './vectors.ts'

const n = toBytes(iso.p * iso.q, 256)
const p = toBytes(iso.p, 128)
const q = toBytes(iso.q, 128)
/** The score of the demonstration's record. A double holds it to its last digit but one. */
const demonstrated = Number('1740.2934756990095')
const identity = noopPair
const paillier = paillierPair(reference, ownerReference, p, q, n)
paillier.owner.ahead?.useTable(paillier.owner.ahead.makeTable(secureRandom))

/** The plaintext model in doubles, straight from the file and the cells: shares no code with the path. */
function plaintextModel(file: ModelFile, row: Readonly<Record<string, string>>): number[] {
  return file.heads.map(({ intercept, terms }) =>
    terms.reduce((eta, { feature, level, weight }) => {
      const cell = row[feature] as string
      return eta + (level === undefined ? weight * Number(cell) : cell === level ? weight : 0)
    }, intercept),
  )
}

function worstError(file: ModelFile, model: CompiledModel, rows: readonly Record<string, string>[], scheme: KeyPair) {
  const predictors = scoreRecords(
    model,
    rows.map((row) => cellsFor(model, row)),
    scheme,
  )
  let worst = 0
  rows.forEach((row, r) => {
    plaintextModel(file, row).forEach((eta, h) => {
      worst = Math.max(worst, Math.abs((predictors[h]?.[r] as number) - eta))
    })
  })
  return worst
}

describe('decode ∘ unpack ∘ open ∘ score ∘ seal ∘ pack ∘ encode = the plaintext model, within the tolerance', () => {
  it.each(shippedIds)('for every record of the sample, with the no-op scheme: %s', (id) => {
    const { file, model, rows } = shipped(id)
    expect(rows.length).toBeGreaterThanOrEqual(1000)
    expect(worstError(file, model, rows, identity)).toBeLessThanOrEqual(model.card.tolerance)
  })

  it.each(shippedIds)('with Paillier at 2048 bits: %s', (id) => {
    const { file, model, rows } = shipped(id)
    const slots = slotsPerCiphertext(model.card.slotBits, 2048)
    const some = rows.slice(0, slow ? 1000 : slots + 3)
    expect(worstError(file, model, some, paillier)).toBeLessThanOrEqual(model.card.tolerance)
  })

  it.each([
    ['credit-default', 'credit'],
    ['concrete-strength', 'concrete'],
  ] as const)('for the 50 rows that R scored, with both schemes: %s', (id, fixture) => {
    const { model, rows } = shipped(id)
    const expected = readRows(`fixtures/${fixture}.expected50.csv`)
    expect(expected).toHaveLength(50)
    const records = expected.map((design) => cellsFor(model, rowOfDesign(id, design, rows)))
    for (const scheme of [identity, paillier]) {
      const [predictors] = scoreRecords(model, records, scheme) as [Float64Array]
      expected.forEach((row, r) => {
        const eta = predictors[r] as number
        expect(Math.abs(eta - Number(row.linear_predictor))).toBeLessThanOrEqual(1e-6)
        expect(Math.abs((responses(model.card, [eta])[0] as number) - Number(row.response))).toBeLessThanOrEqual(1e-6)
      })
    }
  })

  it('the demonstration’s record [24, 4, 6, 1] scores 1740.2934756990095', () => {
    const { model } = shipped('salary')
    for (const scheme of [identity, paillier]) {
      const [predictors] = scoreRecords(model, [['24', '4', '6', '1']], scheme) as [Float64Array]
      expect(Math.abs((predictors[0] as number) - demonstrated)).toBeLessThanOrEqual(1e-6)
    }
  })

  it.each(['1', '2', 'K − 1', 'K', 'K + 1', '2K', '2K + 1'])(
    'for %s records: padding never becomes a record',
    (count) => {
      const { file, model, rows } = shipped('salary')
      const slots = slotsPerCiphertext(model.card.slotBits, 2048)
      const [, times, step] = /^(\d*)K(?: ([+−]) 1)?$/.exec(count) ?? []
      const records =
        times === undefined ? Number(count) : Number(times || 1) * slots + (step === '+' ? 1 : step === '−' ? -1 : 0)
      const some = rows.slice(0, records)
      expect(some).toHaveLength(records)
      expect(worstError(file, model, some, identity)).toBeLessThanOrEqual(1e-6)
      expect(
        scoreRecords(
          model,
          some.map((row) => cellsFor(model, row)),
          identity,
        )[0],
      ).toHaveLength(records)
    },
  )
})

/** The row of the data that has this design row: R's treatment contrasts leave the reference level without a column. */
function rowOfDesign(id: ShippedId, design: Record<string, string>, rows: readonly Record<string, string>[]) {
  const { file } = shipped(id)
  const found = rows.find((row) =>
    file.features.every((feature) => {
      const cell = row[feature.name] as string
      if (feature.type !== 'category') return Number(cell) === Number(design[feature.name])
      const own = design[feature.name + cell]
      if (own !== undefined) return own === '1'
      return feature.levels.every((level) => (design[feature.name + level] ?? '0') === '0')
    }),
  )
  if (found === undefined) throw new Error('no row of the sample has this design row')
  return found
}

describe('an opened plaintext that breaks its bounds is not shown', () => {
  const { model, rows } = shipped('salary')
  const { card } = model
  const slots = slotsPerCiphertext(card.slotBits, 2048)
  const T = BigInt(card.slotBits)
  const used = 3

  /** The opened answer for three records, as one integer: under the no-op scheme a ciphertext is its plaintext. */
  const request = sealRecords(
    model,
    rows.slice(0, used).map((row) => cellsFor(model, row)),
    identity,
  )
  const opened = fromBytes(decodeChunk(scoreChunk(model, request, identity)).ciphertexts)

  const read = (value: bigint): Float64Array => {
    const out = new Float64Array(slots)
    readPredictors(card, toBytes(value, 256), slots, used, {}, out, 0)
    return out
  }
  const refused = expect.objectContaining({ code: 'result/integrity' })

  it('reads the untouched plaintext', () => {
    expect(Math.abs((read(opened)[0] as number) - demonstrated)).toBeLessThanOrEqual(1e-6)
  })

  it('refuses any set bit above the last slot', () => {
    for (let bit = slots * card.slotBits; bit < 2048; bit++) {
      expect(() => read(opened | (1n << BigInt(bit)))).toThrow(refused)
    }
  })

  it('refuses a zero slot, used or not', () => {
    for (const slot of [0, used - 1, used, slots - 1]) {
      const mask = ((1n << T) - 1n) << (T * BigInt(slot))
      expect(() => read(opened - (opened & mask))).toThrow(refused)
    }
  })

  it('refuses unused slots that differ, within a block and across blocks', () => {
    expect(() => read(opened + (1n << (T * BigInt(slots - 1))))).toThrow(refused)
    const padding = {}
    const out = new Float64Array(slots)
    readPredictors(card, toBytes(opened, 256), slots, used, padding, out, 0)
    const allMoved = Array.from({ length: slots }, (_, r) => 1n << (T * BigInt(r))).reduce((a, b) => a + b)
    expect(() => readPredictors(card, toBytes(opened + allMoved, 256), slots, used, padding, out, 0)).toThrow(refused)
  })
})
