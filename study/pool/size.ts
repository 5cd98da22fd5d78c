import { fail } from '../faults.ts'
import { mostRounds } from './checks.ts'
import { mostHalvings, mostOpened } from './iterate.ts'
import { numberBytes } from './numbers.ts'

/**
 * How large a pooled study's messages become follows from its coefficients and owners alone, so that one for which there is no room is
 * refused before anything is said, and not once its sums are asked for.
 */

/** What there is room for where messages lie, in bytes: of one, and of all of a study (`server/studies/limits.ts`). */
export const mostMessageBytes = 4 * 2 ** 20
export const mostStudyBytes = 2 ** 30

/** Of a message beside its body, written in base64: slot, sender, context and signature; and what is counted of where it lies. */
const besides = 1024
const inBase64 = (bytes: number): number => 4 * Math.ceil(bytes / 3)
/** Of a reveal, to each of the others. */
const seedBytes = 64
/** Questions at most: three messages of each owner are one. */
const questions = 8 + mostRounds * (mostHalvings + 3)

/** Bytes of the largest message of a study of so many coefficients: Z'WZ with the score. */
export function messageBytes(coefficients: number): number {
  return inBase64(numberBytes * ((coefficients * (coefficients + 1)) / 2 + coefficients)) + besides
}

/** Bytes of all messages of a study at most. */
export function studyBytes(coefficients: number, owners: number): number {
  const numbers = inBase64(numberBytes * mostOpened(coefficients))
  return owners * (numbers + questions * (3 * besides + inBase64(seedBytes * owners)))
}

/** Throws `study/too-large` for more coefficients, the intercept's counted, than messages of so many owners have room for. */
export function checkSize(coefficients: number, owners: number): void {
  const hasRoom = (count: number): boolean =>
    messageBytes(count) <= mostMessageBytes && studyBytes(count, owners) <= mostStudyBytes
  if (hasRoom(coefficients)) return
  let most = coefficients
  while (most > 1 && !hasRoom(most)) most--
  fail('study/too-large', 'poolTooLarge', { coefficients, owners, most })
}
