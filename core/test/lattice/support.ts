import '../../../kernel/test/setup.ts'
import { type LatticeModule, loadLattice, loadPlainLattice } from '../../../kernel/lattice/loader.ts'
import { latticeOwnerArithmetic } from '../../../kernel/lattice/private.ts'
import { latticeArithmetic } from '../../../kernel/lattice/public.ts'
import type { LatticeKey } from '../../private/lattice/arithmetic.ts'
import type { LatticeHead } from '../../protocol/lattice/arithmetic.ts'
import { seedBytes } from '../../protocol/lattice/arithmetic.ts'
import { fieldBytes, type Parameters, parametersFor } from '../../protocol/lattice/parameters.ts'
import { Stream } from '../../protocol/lattice/stream.ts'

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
