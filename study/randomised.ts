import { concat } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'
import { exp } from '../core/number/elementary.ts'

/**
 * Randomised outcomes (Warner 1965): each 0 or 1 is told the other way round with a probability of 1/(1 + e^ε), so that no
 * answer, whatever it was asked with, makes anything about one person more than e^ε times as likely. Which are turned
 * follows from a secret, the outcome and the record: asking again gives the same, so that asking often averages nothing out.
 */
export function turningProbability(epsilon: number): number {
  return 1 / (1 + exp(epsilon))
}

/**
 * How many times as large standard errors are with outcomes that are turned, where the share `rate` of them is 1 and nothing
 * explains them: √(1 + V/(r(1 − r))) with V = f(1 − f)/(1 − 2f)². Where columns explain much it is more. 1 and more.
 */
export function errorFactor(rate: number, probability: number): number {
  const noise = (probability * (1 - probability)) / (1 - 2 * probability) ** 2
  return Math.sqrt(1 + noise / (rate * (1 - rate)))
}

/** ε where none is said. */
export const usualEpsilon = 3
/** Between these an ε neither tells next to nothing nor hides next to nothing. */
export const epsilons = { least: 0.1, most: 10 } as const

export async function randomised(
  outcomes: Float64Array,
  rows: Uint32Array,
  name: string,
  probability: number,
  secret: Uint8Array,
  sha256: Sha256,
): Promise<Float64Array<ArrayBuffer>> {
  const ofOutcome = await sha256(concat([secret, new TextEncoder().encode(`outcome ${name}`)]))
  const told = Float64Array.from(outcomes)
  for (const [i, row] of rows.entries()) {
    // Both digests are of a fixed length, and so is what the second one is of.
    const digest = await sha256(concat([ofOutcome, Uint8Array.of(row >>> 24, row >>> 16, row >>> 8, row)]))
    const draw = new DataView(digest.buffer, digest.byteOffset).getUint32(0) / 2 ** 32
    if (draw < probability) told[i] = 1 - (told[i] as number)
  }
  return told
}
