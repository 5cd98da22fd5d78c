import { type Decimal, decimalInSteps } from '../number/decimal.ts'
import type { NumberFeature } from './card.ts'

/** A card's numbers in steps: a step is 10^-places. */

/** A decimal text of the card in steps; exact for what a card may hold. */
export function stepsOfText(text: string, places: number): number {
  return decimalInSteps(decimalOfText(text), places).floor
}

/** A decimal text of the card, exactly. */
export function decimalOfText(text: string): Decimal {
  const point = text.indexOf('.')
  return point < 0
    ? { mantissa: BigInt(text), scale: 0 }
    : { mantissa: BigInt(text.replace('.', '')), scale: text.length - 1 - point }
}

/** X_j of a number: its range in steps. */
export function rangeInSteps(column: Pick<NumberFeature, 'min' | 'max' | 'places'>): number {
  return stepsOfText(column.max, column.places) - stepsOfText(column.min, column.places)
}

/**
 * How far a derived value may be from a multiple of its declared step, in steps: what a few roundings of doubles as
 * large as the column's largest value leave.
 */
export function stepNoise(mostSteps: number): number {
  return Math.min(0.5, (mostSteps + 1) * 2 ** -48)
}
