import { concat } from '../../number/bytes.ts'
import { inverse, mod, productOf } from '../../number/integers.ts'
import type { LatticeArithmetic, LatticeHead, LatticeScoreTask } from './arithmetic.ts'
import { seedBytes } from './arithmetic.ts'
import { fieldBytes, noiseBits, type Parameters } from './parameters.ts'
import { fromValues, multiply, packFields, unpackFields } from './ring.ts'
import { binomial, expand, flood, ternary } from './sample.ts'
import { purposes, Stream } from './stream.ts'

/**
 * The server's half of the lattice scheme in BigInt, as `core/README.md` writes it: what the kernel must equal to the last
 * byte. Everything is modulo one prime at a time, which is the same as modulo their product.
 */
export const latticeReference: LatticeArithmetic = {
  firstInvalid(parameters, coefficients, polynomials) {
    const primes = primesOf(parameters)
    const size = fieldBytes(primes, coefficients)
    for (let j = 0; j * size < polynomials.length; j++) {
      const b = splitFields(primes, coefficients, polynomials.subarray(j * size, (j + 1) * size))
      if (b.some((residues, i) => residues.some((residue) => residue >= BigInt(primes[i] as number)))) return j
    }
    return -1
  },
  score: (task, to) => to.set(concat(task.heads.map((head, h) => scoreHead(task, head, h)))),
}

/** The primes of an answer, then those that are dropped from it. */
export function primesOf({ kept, dropped }: Parameters): readonly number[] {
  return [...kept, ...dropped]
}

/** Δ = P·2^16, by which a message is scaled. */
export function scaleOf({ dropped }: Parameters): bigint {
  return productOf(dropped.map(BigInt)) << BigInt(noiseBits)
}

/** The residues of one polynomial, prime by prime. */
export function splitFields(primes: readonly number[], coefficients: number, fields: Uint8Array): bigint[][] {
  let at = 0
  return primes.map((prime) => {
    const size = fieldBytes([prime], coefficients)
    at += size
    return unpackFields(fields.subarray(at - size, at), prime)
  })
}

/** Σ W_j·a_j + u·a_0 + e_1 and Σ W_j·b_j + u·b_0 + e_2 + f + Δ·offset, modulo every prime: an answer before the drop. */
export function unswitched(task: LatticeScoreTask, head: LatticeHead, h: number): { a: bigint[][]; b: bigint[][] } {
  const { parameters, seed, coefficients, polynomials, maskKey, randomness } = task
  const primes = primesOf(parameters)
  const { degree, floodBits } = parameters
  const stream = (purpose: (typeof purposes)[keyof typeof purposes]) => new Stream(randomness, parameters, purpose, h)
  const u = ternary(stream(purposes.maskFactor), degree)
  const e1 = binomial(stream(purposes.factorError), degree)
  const e2 = binomial(stream(purposes.answerError), coefficients)
  const f = flood(stream(purposes.flood), floodBits, coefficients)
  const size = fieldBytes(primes, coefficients)
  const sent = Array.from(head.weights, (_, j) =>
    splitFields(primes, coefficients, polynomials.subarray(j * size, (j + 1) * size)),
  )
  const b0 = splitFields(primes, degree, maskKey.subarray(seedBytes))
  const weights = Array.from(head.weights, (weight) => BigInt(weight))
  const message = scaleOf(parameters) * head.offset
  const a: bigint[][] = []
  const b: bigint[][] = []
  primes.forEach((prime, i) => {
    const p = BigInt(prime)
    const values: bigint[] = Array(degree).fill(0n)
    weights.forEach((weight, j) => {
      if (weight === 0n) return
      expand(parameters, seed, purposes.expand, j, i).forEach((value, k) => {
        values[k] = ((values[k] as bigint) + weight * value) % p
      })
    })
    const a0 = fromValues(expand(parameters, maskKey.subarray(0, seedBytes), purposes.expandMask, 0, i), prime)
    const masked = multiply(a0, u, prime)
    a.push(
      fromValues(
        values.map((value) => mod(value, p)),
        prime,
      ).map((value, k) => mod(value + (masked[k] as bigint) + (e1[k] as bigint), p)),
    )
    const factor = multiply(b0[i] as bigint[], u, prime)
    b.push(
      Array.from({ length: coefficients }, (_, k) => {
        const sum = weights.reduce((total, weight, j) => total + weight * (sent[j]?.[i]?.[k] as bigint), 0n)
        return mod(sum + (factor[k] as bigint) + (e2[k] as bigint) + (f[k] as bigint) + message, p)
      }),
    )
  })
  return { a, b }
}

function scoreHead(task: LatticeScoreTask, head: LatticeHead, h: number): Uint8Array<ArrayBuffer> {
  const { kept } = task.parameters
  const { a, b } = unswitched(task, head, h)
  const fields = (residues: bigint[][]): Uint8Array<ArrayBuffer>[] =>
    drop(residues, task.parameters).map((values, i) => packFields(values, kept[i] as number))
  return concat([...fields(a), ...fields(b)])
}

/** x/P, rounded: the dropped primes one after the other, from the last, each by its centred rest. */
export function drop(residues: readonly (readonly bigint[])[], parameters: Parameters): bigint[][] {
  const primes = primesOf(parameters)
  let left = residues.map((values) => [...values])
  while (left.length > parameters.kept.length) {
    const last = left.length - 1
    const divisor = BigInt(primes[last] as number)
    const rests = (left[last] as bigint[]).map((rest) => (2n * rest > divisor ? rest - divisor : rest))
    left = left.slice(0, last).map((values, i) => {
      const p = BigInt(primes[i] as number)
      const factor = inverse(divisor, p) as bigint
      return values.map((value, k) => mod((value - (rests[k] as bigint)) * factor, p))
    })
  }
  return left
}
