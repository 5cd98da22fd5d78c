import type { Card } from './card.ts'
import { makeEncoder } from './encode.ts'

/** So many of a card's verification records are used. */
const most = 64

/** A verification record of a card that says what comes out, encoded. */
export interface KnownRecord {
  /** Its place among the card's verification records. */
  readonly index: number
  /** One for each of the card's inputs. */
  readonly integers: Float64Array<ArrayBuffer>
}

/** The first of a card's verification records that say what comes out; one that cannot be encoded is none. */
export function knownRecords(card: Card): KnownRecord[] {
  const encoder = makeEncoder(card)
  return card.verification.slice(0, most).flatMap(({ record, predictors, responses }, index) => {
    if (!predictors && !responses) return []
    const integers = new Float64Array(card.inputs.length)
    const cells = card.features.map(({ name }) => (Object.hasOwn(record, name) ? (record[name] ?? '') : ''))
    return encoder.encode(cells, integers, 1, 0).length > 0 ? [] : [{ index, integers }]
  })
}
