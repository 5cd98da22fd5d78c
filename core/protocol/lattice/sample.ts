import { type Parameters, widthOf } from './parameters.ts'
import { type Purpose, Stream } from './stream.ts'

/** What the scheme draws from streams: uniform residues, ternary polynomials, binomial errors, floods. */

/** A polynomial as integers, coefficient by coefficient. */
export type Polynomial = readonly bigint[]

/** Uniform residues modulo p: as many bits as p has of as few bytes, again where they are not below it. */
export function uniform(stream: Stream, prime: number, count: number): bigint[] {
  const bytes = Math.ceil(widthOf(prime) / 8)
  const mask = (1n << BigInt(widthOf(prime))) - 1n
  const bound = BigInt(prime)
  const residues: bigint[] = []
  while (residues.length < count) {
    const residue = stream.integer(bytes) & mask
    if (residue < bound) residues.push(residue)
  }
  return residues
}

/** a_j modulo the i-th prime (the kept ones first), as its values at the roots (see `transform`). */
export function expand(
  parameters: Parameters,
  seed: Uint8Array,
  purpose: Purpose,
  polynomial: number,
  i: number,
): bigint[] {
  const prime = [...parameters.kept, ...parameters.dropped][i] as number
  return uniform(new Stream(seed, parameters, purpose, polynomial, i), prime, parameters.degree)
}

/** −1, 0 or 1, each as likely: pairs of bits from a word's lowest on, again where they are 3. */
export function ternary(stream: Stream, count: number): bigint[] {
  const values: bigint[] = []
  while (values.length < count) {
    const word = stream.next()
    for (let shift = 0; shift < 32 && values.length < count; shift += 2) {
      const pair = (word >>> shift) & 3
      if (pair < 3) values.push(BigInt(pair - 1))
    }
  }
  return values
}

/** Centred binomial errors of 2·21 bits: the ones among 21 bits of three bytes, less those of the next three. */
export function binomial(stream: Stream, count: number): bigint[] {
  return Array.from({ length: count }, () => {
    const [plus, minus] = [stream.integer(3), stream.integer(3)]
    return BigInt(ones(Number(plus) & 0x1fffff) - ones(Number(minus) & 0x1fffff))
  })
}

/** Sums of three uniforms on [−2^b, 2^b): each from as many words as it has bits for, the lowest first. */
export function flood(stream: Stream, floodBits: number, count: number): bigint[] {
  const bits = floodBits + 1
  const one = (): bigint => {
    let value = 0n
    for (let shift = 0; shift < bits; shift += 32) value |= BigInt(stream.next()) << BigInt(shift)
    return (value & ((1n << BigInt(bits)) - 1n)) - (1n << BigInt(floodBits))
  }
  return Array.from({ length: count }, () => one() + one() + one())
}

/**
 * Which of a request's coefficients hold no record: `count` of the first `coefficients` ones, every choice as likely
 * (Fisher and Yates), known to who has the secret and the request's seed. In ascending order.
 */
export function blankCoefficients(stream: Stream, coefficients: number, count: number): number[] {
  const places = new Uint32Array(coefficients)
  for (let i = 0; i < coefficients; i++) places[i] = i
  for (let i = 0; i < count; i++) {
    const other = i + stream.below(coefficients - i)
    const place = places[i] as number
    places[i] = places[other] as number
    places[other] = place
  }
  return [...places.subarray(0, count).sort()]
}

function ones(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count++
  return count
}
