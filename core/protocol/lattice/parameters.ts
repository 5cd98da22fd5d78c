import { log2 } from '../../number/elementary.ts'
import { bitLength, productOf } from '../../number/integers.ts'
import type { ModelShape } from '../scheme.ts'
import { largestPrimes, mostPrimeBits } from './primes.ts'

/**
 * Parameters of the lattice scheme, by one function of what a card publishes. `core/README.md` ("The lattice scheme") has
 * the argument; the letters are its own.
 */

export type Degree = 8192 | 16384
export const degrees: readonly Degree[] = [8192, 16384]

/**
 * The most bits that Q may have: below these, with a uniform ternary secret and errors of deviation 3.24, no attack that
 * the lattice estimator knows (malb/lattice-estimator at 27a581b) is cheaper than on ML-KEM-512, in cost or in block size.
 */
export const mostModulusBits: Readonly<Record<Degree, number>> = { 8192: 187, 16384: 372 }

/** Largest error of one coefficient: a centred binomial of 2·21 bits, of deviation √10.5 = 3.24. */
export const mostError = 21
/** The model is hidden up to a statistical distance of 2^-s in total, over so many answered coefficients and heads. */
export const hidingBits = 64
export const hiddenRecords = 1_000_000_000
/** Bits below the message in an answer, for its noise. */
export const noiseBits = 16
/** Secret coefficients of every request that hold no record. */
export const leastBlanks = 40
/** The least coefficients of a request, and what their number is a multiple of. */
export const leastCoefficients = 64
export const coefficientStep = 8
/** The most records in a coefficient: more save nothing worth their time. */
const mostSlots = 64

export interface Parameters {
  /** N: one of `degrees`. */
  readonly degree: number
  /** T, the bits of a slot. */
  readonly slotBits: number
  /** R: Σ|W_j| ≤ 2^R for every head, over the inputs that are not always zero. */
  readonly weightBits: number
  /** K, the records in a coefficient. */
  readonly slots: number
  /** The primes whose product q carries an answer, and those whose product P is dropped before it is sent. */
  readonly kept: readonly number[]
  readonly dropped: readonly number[]
  /** b: the flood is a sum of three uniforms of b + 1 bits, so |f| ≤ 3·2^b. */
  readonly floodBits: number
}

/** R for a card's inputs, from what the card publishes alone. */
export function weightBitsOf({ slotBits, inputs }: Pick<ModelShape, 'slotBits' | 'inputs'>): number {
  const widths = inputs.map(({ max }) => max).filter((max) => max > 0)
  if (widths.length === 0) return 0
  // |C| + Σ|W_j|·X_j < 2^(T−1), and every |W_j| < 2^53.
  const byRange = slotBits - 1 - (bitLength(BigInt(Math.min(...widths))) - 1)
  return Math.max(0, Math.min(slotBits - 1, byRange, 53 + bitLength(BigInt(widths.length - 1))))
}

/** The largest |error| of an answer before the flood: B_E = 21·2^R + 42·N + 21. */
export function errorBound(degree: number, weightBits: number): bigint {
  return BigInt(mostError) * 2n ** BigInt(weightBits) + BigInt(2 * mostError * degree + mostError)
}

/** The largest |noise| that an honest answer has when it is opened. */
export function noiseLimit(degree: number): number {
  // The flood and the errors, at most 2^13 after the drop; and half of ‖s‖₁ + 1, for the drop's own rounding.
  return 2 ** 13 + Math.ceil(((degree + 1) / 2) * (1 + 2 ** -36)) + 1
}

/** The parameters for slots of T bits and weights within 2^R at one degree; null where there are none. */
export function parametersFor(degree: Degree, slotBits: number, weightBits: number): Parameters | null {
  for (let slots = mostSlots; slots >= 1; slots--) {
    const keptBits = slotBits * slots + noiseBits + 2 ** -20
    const flood = floodFor(degree, weightBits, slots)
    const droppedBits = log2(3 * 2 ** flood) + 2 ** -20 - 13
    if (keptBits + droppedBits > mostModulusBits[degree]) continue
    const found = choosePrimes(keptBits, droppedBits, flood, degree, weightBits)
    if (found === null) continue
    if (bitsOf([...found.kept, ...found.dropped]) > mostModulusBits[degree]) continue
    return { degree, slotBits, weightBits, slots, floodBits: flood, ...found }
  }
  return null
}

/**
 * The smallest b with 1.6·√n·B_E/(3·2^b) ≤ 2^-s over the n coefficients that answer the hidden records: the distance that
 * n answered coefficients add up to, for a sum of three uniforms.
 */
function floodFor(degree: number, weightBits: number, slots: number): number {
  const coefficients = hiddenRecords / slots
  const error = log2(Number(errorBound(degree, weightBits)))
  return Math.ceil(hidingBits + log2(1.6) + log2(coefficients) / 2 + error - log2(3))
}

/** Primes such that q > 2^(T·K + 16) + 2^15 and P·2^13 ≥ 3·2^b + B_E; null where there are too few of a size. */
function choosePrimes(keptBits: number, droppedBits: number, flood: number, degree: number, weightBits: number) {
  const message = 2n ** BigInt(Math.floor(keptBits)) + 2n ** BigInt(noiseBits - 1)
  const noise = 3n * 2n ** BigInt(flood) + errorBound(degree, weightBits)
  const kept = fewest(keptBits, (product) => product > message, [])
  const dropped = kept && fewest(droppedBits, (product) => product * 2n ** 13n >= noise, kept)
  return kept && dropped ? { kept, dropped } : null
}

/** As few primes as can be, as small as they may be, none of them `taken`, whose product is enough. */
function fewest(
  bits: number,
  isEnough: (product: bigint) => boolean,
  taken: readonly number[],
): readonly number[] | null {
  for (let count = Math.ceil(bits / mostPrimeBits); count <= 16; count++) {
    const low = Math.max(30, Math.floor(bits / count))
    for (let larger = 0; larger <= count; larger++) {
      const widths = Array.from({ length: count }, (_, i) => (i < larger ? low + 1 : low))
      if (widths.some((width) => width > mostPrimeBits)) break
      const primes = distinct(widths, taken)
      if (isEnough(productOf(primes.map(BigInt)))) return primes
    }
  }
  return null
}

function distinct(widths: readonly number[], taken: readonly number[]): readonly number[] {
  const primes: number[] = []
  for (const width of widths) {
    const used = [...taken, ...primes]
    const free = largestPrimes(width, used.length + 1).find((prime) => !used.includes(prime))
    primes.push(free as number)
  }
  return primes
}

export function bitsOf(primes: readonly number[]): number {
  return primes.reduce((sum, prime) => sum + log2(prime), 0)
}

/** Bytes of `count` coefficients modulo these primes: fields of each prime's own width, prime by prime. */
export function fieldBytes(primes: readonly number[], count: number): number {
  return primes.reduce((sum, prime) => sum + (count * widthOf(prime)) / 8, 0)
}

export function widthOf(prime: number): number {
  return bitLength(BigInt(prime))
}

/** Coefficients of a request: its records', at least 40 secret blanks, at least 64 in all, and a multiple of 8. */
export function coefficientsFor({ slots }: Parameters, records: number): number {
  const needed = Math.max(leastCoefficients, Math.ceil(records / slots) + leastBlanks)
  return Math.ceil(needed / coefficientStep) * coefficientStep
}

/** The most records that one polynomial carries. */
export function mostRecords({ degree, slots }: Parameters): number {
  return (degree - leastBlanks) * slots
}
