import '../../../kernel/test/setup.ts'
import { type LatticeModule, loadLattice, loadPlainLattice } from '../../../kernel/lattice/loader.ts'
import { latticeOwnerArithmetic } from '../../../kernel/lattice/private.ts'
import { latticeArithmetic } from '../../../kernel/lattice/public.ts'
import { bitLength } from '../../number/integers.ts'
import type { LatticeKey } from '../../private/lattice/arithmetic.ts'
import type { LatticeArithmetic, LatticeHead, LatticeScoreTask } from '../../protocol/lattice/arithmetic.ts'
import { seedBytes } from '../../protocol/lattice/arithmetic.ts'
import { fieldBytes, type Parameters, parametersFor, weightBitsOf } from '../../protocol/lattice/parameters.ts'
import { Stream } from '../../protocol/lattice/stream.ts'
import { offsetOf } from '../../protocol/scoring.ts'

/** What the tests of the lattice scheme share: engines, parameters at a degree that takes no time, and requests. */

const fused = loadLattice() as LatticeModule
const plain = loadPlainLattice() as LatticeModule
export const engines = [
  ['fused', latticeOwnerArithmetic(fused), latticeArithmetic(fused)],
  ['plain', latticeOwnerArithmetic(plain), latticeArithmetic(plain)],
] as const

/** The parameters of 16384 at another degree: the same primes and flood, and nothing hidden. */
export function toy(degree: number, slotBits: number, weightBits: number): Parameters {
  const parameters = parametersFor(16384, slotBits, weightBits)
  if (parameters === null) throw new Error(`there are none for ${slotBits} and ${weightBits} bits`)
  return { ...parameters, degree }
}

/** Bytes that are the same whenever `name` is, in place of a platform's. */
export function bytesOf(name: number, count = 32): Uint8Array<ArrayBuffer> {
  return new Stream(new Uint8Array(32).fill(name), { degree: 2, slotBits: name, weightBits: 1 }, 1).bytes(count)
}

/** A draw below `bound` from a stream of its own. */
export function draws(name: number): (bound: number) => number {
  const stream = new Stream(new Uint8Array(32).fill(name), { degree: 4, slotBits: name & 0xffff, weightBits: 1 }, 1)
  return (bound) => Number((BigInt(stream.next()) * 2n ** 32n + BigInt(stream.next())) % BigInt(bound))
}

export interface Case {
  readonly parameters: Parameters
  readonly coefficients: number
  /** X_j. */
  readonly maxima: readonly number[]
  readonly heads: readonly LatticeHead[]
  /** Of input j, the K × n integers. */
  readonly values: readonly Float64Array[]
}

/** All of a request's bytes, by an engine's key. */
export function seal(key: LatticeKey, { parameters, coefficients, maxima, values }: Case, seed: number): Uint8Array {
  const { kept, dropped } = parameters
  const to = new Uint8Array(maxima.length * fieldBytes([...kept, ...dropped], coefficients))
  key.encrypt(
    {
      seed: bytesOf(seed),
      errorSeed: bytesOf(seed + 1),
      coefficients,
      maxima,
      place: (j, rows) => rows.set(values[j] as Float64Array),
    },
    to,
  )
  return to
}

export const taskOf = (
  { parameters, coefficients, heads }: Case,
  key: LatticeKey,
  polynomials: Uint8Array,
  seed: number,
  randomness: number,
) => ({
  parameters,
  seed: bytesOf(seed),
  coefficients,
  polynomials,
  maskKey: key.maskKey(),
  heads,
  randomness: bytesOf(randomness, seedBytes),
})

/** An engine's answer to all heads. */
export function scoreBy(scoring: LatticeArithmetic, task: LatticeScoreTask): Uint8Array<ArrayBuffer> {
  const { kept, degree } = task.parameters
  const answer = new Uint8Array(task.heads.length * (fieldBytes(kept, degree) + fieldBytes(kept, task.coefficients)))
  scoring.score(task, answer)
  return answer
}

/** What an engine reads in one head's answer, and the first coefficient that is not to be believed. */
export function openBy(key: LatticeKey, { slotBits, slots }: Parameters, coefficients: number, answer: Uint8Array) {
  const plaintexts = new Uint8Array(coefficients * Math.ceil((slotBits * slots) / 8))
  const spoiled = key.decrypt(coefficients, answer, plaintexts)
  return { plaintexts, spoiled }
}

/** The message that each coefficient must open to, in bytes. */
export function messagesOf({ parameters, coefficients, values, heads }: Case, h: number): bigint[] {
  const { slots, slotBits } = parameters
  const { weights, offset } = heads[h] as LatticeHead
  return Array.from({ length: coefficients }, (_, i) => {
    let message = offset
    weights.forEach((weight, j) => {
      for (let r = 0; r < slots; r++) {
        const x = (values[j] as Float64Array)[r * coefficients + i] as number
        message += (BigInt(weight) * BigInt(x)) << BigInt(slotBits * r)
      }
    })
    return message
  })
}

/** Adds to one coefficient of A of an answer's first head. */
export function forge(
  answer: Uint8Array,
  at: number,
  by: bigint,
  { kept, degree }: Parameters,
): Uint8Array<ArrayBuffer> {
  const forged = Uint8Array.from(answer)
  let offset = 32
  for (const p of kept) {
    const width = bitLength(BigInt(p))
    const from = offset * 8 + at * width
    let value = 0n
    for (let b = 0; b < width; b++)
      value |= BigInt(((forged[(from + b) >> 3] as number) >> ((from + b) & 7)) & 1) << BigInt(b)
    const next = (value + by) % BigInt(p)
    for (let b = 0; b < width; b++) {
      const [byte, bit] = [(from + b) >> 3, (from + b) & 7]
      forged[byte] = ((forged[byte] as number) & ~(1 << bit)) | (Number((next >> BigInt(b)) & 1n) << bit)
    }
    offset += fieldBytes([p], degree)
  }
  return forged
}

/** A case of random weights within R, random values within X, and a constant that leaves every slot positive. */
export function randomCase(degree: number, slotBits: number, inputs: number, coefficients: number, name: number): Case {
  const draw = draws(name)
  // Half of a slot's range for Σ|W|·X, shared evenly.
  const share = 2 ** Math.max(0, slotBits - 2 - Math.ceil(Math.log2(inputs + 1)))
  const maxima = Array.from({ length: inputs }, (_, j) => Math.max(1, Math.min(2 ** (1 + (j % 18)) - 1, share)))
  const shape = { slotBits, inputs: maxima.map((max) => ({ max })) as never, heads: [{}, {}] as never }
  const parameters = toy(degree, slotBits, weightBitsOf(shape))
  const most = maxima.map((max) => Math.max(1, Math.min(2 ** 52, Math.floor(share / max))))
  const heads = [0, 1].map((h) => {
    const weights = Float64Array.from(most, (bound, j) =>
      j % 5 === 3 ? 0 : (draw(2) === 0 ? 1 : -1) * draw(bound + 1),
    )
    return {
      weights,
      offset: offsetOf({ weights, constant: BigInt(draw(share)) * BigInt(1 - 2 * h) }, slotBits, parameters.slots),
    }
  })
  const values = maxima.map((max) =>
    Float64Array.from({ length: parameters.slots * coefficients }, () => draw(max + 1)),
  )
  return { parameters, coefficients, maxima, heads, values }
}
