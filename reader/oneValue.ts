import type { Card, Feature } from '../core/card/card.ts'
import { type CellFormat, type Encoder, makeEncoder } from '../core/card/encode.ts'

/** What encodes a cell of one feature, by which no policy makes a cell acceptable. */
export function strictEncoder(card: Card, feature: Feature, format: CellFormat): Encoder {
  const strict: Feature =
    feature.type === 'number' ? { ...feature, invalid: 'refuse', outside: 'refuse' } : { ...feature, unknown: 'refuse' }
  return makeEncoder({ ...card, features: [strict], derived: [], inputs: [] }, format)
}

/** Whether one value may stand for a whole column: as the card takes it, or missing where it has a policy for that. */
export function takesForAll(card: Card, feature: Feature, text: string, format: CellFormat): boolean {
  if (text === '') return feature.missing.policy !== 'refuse'
  return strictEncoder(card, feature, format).encode([text], new Float64Array(0), 1, 0).length === 0
}
