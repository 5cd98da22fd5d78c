import { decimalInSteps, decimalOfNumber, placesOf } from '../core/number/decimal.ts'
import { log10 } from '../core/number/elementary.ts'
import { fail } from './faults.ts'
import type { Interval } from './interval.ts'
import type { ModelColumn } from './modelFile.ts'

/**
 * Steps of columns, as decimal places: a step is 10^-places.
 */

/** The finest and the coarsest step that a card can hold are 10^-22 and 10^22: the powers of ten that doubles hold exactly. */
export const mostPlaces = 22
/** A range's ends are kept exactly down to 10^-6 of its width. */
const endResolution = 6

/** The finest step of which fewer than 2^50 lie between zero and an end, and that a card can hold. */
export function finestPlaces(min: number, max: number): number {
  const size = Math.max(Math.abs(min), Math.abs(max))
  return size === 0 ? mostPlaces : Math.max(-mostPlaces, Math.min(mostPlaces, 14 - Math.floor(log10(size))))
}

/** The places to which the ends of a range are kept. */
export function endPlaces(min: number, max: number): number {
  const written = Math.max(...[min, max].map((end) => placesOf(decimalOfNumber(end))))
  const size = Math.max(Math.abs(min), Math.abs(max))
  if (size === 0) return 0
  const kept = endResolution - Math.floor(log10(max - min || size))
  return Math.max(-mostPlaces, Math.min(written, kept, finestPlaces(min, max)))
}

/** A range whose ends have moved outward as far as its card may move them: what expressions may meet. */
export function outward(min: number, max: number): Interval {
  const places = endPlaces(min, max)
  const [first, last] = [min, max].map((end) => decimalInSteps(decimalOfNumber(end), places))
  if (first === undefined || last === undefined) return { min, max }
  return {
    min: first.rest === 'none' ? min : Number(`${first.floor}e${-places}`),
    max: last.rest === 'none' ? max : Number(`${last.floor + 1}e${-places}`),
  }
}

/** The places of a declared step; an integer's is 1. Null where the server chooses. */
export function declaredPlaces(column: ModelColumn): number | null {
  if (column.type === 'category') return null
  const step = column.step ?? (column.type === 'integer' ? 1 : undefined)
  if (step === undefined) return null
  const decimal = decimalOfNumber(step)
  const places = placesOf(decimal)
  if (decimalInSteps(decimal, places).floor !== 1) fail('model/invalid', 'stepPower', { column: column.name })
  return places
}
