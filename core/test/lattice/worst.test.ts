import { beforeEach, expect, test, vi } from 'vitest'
import { productOf } from '../../number/integers.ts'
import { latticeOwnerReference } from '../../private/lattice/reference.ts'
import { mostError, noiseLimit, type Parameters, parametersFor } from '../../protocol/lattice/parameters.ts'
import { latticeReference } from '../../protocol/lattice/reference.ts'
import { offsetOf } from '../../protocol/scoring.ts'
import { type Case, messagesOf, openBy, scoreBy, seal, taskOf, toy } from './support.ts'

/** What is drawn at its worst: a secret and a mask of ones, and errors and flood all of one sign and as large as they come. */
const worst = vi.hoisted(() => ({ sign: 1n, flood: 0n }))
vi.mock('../../protocol/lattice/sample.ts', async (original) => ({
  ...(await original<typeof import('../../protocol/lattice/sample.ts')>()),
  ternary: (_: unknown, count: number) => Array(count).fill(1n),
  binomial: (_: unknown, count: number) => Array(count).fill(worst.sign * BigInt(mostError)),
  flood: (_: unknown, __: number, count: number) => Array(count).fill(worst.sign * worst.flood),
}))
beforeEach(() => void Object.assign(worst, { sign: 1n, flood: 0n }))

const sets = [toy(64, 46, 45), toy(64, 12, 11), parametersFor(8192, 46, 45) as Parameters]
test.each(sets.map((each) => [each.degree, each.slotBits, each] as const))(
  'an answer of degree %i with slots of %i bits is right at its worst, and refused beyond',
  (degree, slotBits, parameters) => {
    const { weightBits, slots, floodBits, dropped } = parameters
    // Σ W_j·X_j as large as a slot has room for, and the last coefficient, where no product with X^N + 1 takes any off again.
    const half = 2 ** (weightBits - 1)
    const coefficients = degree
    for (const x of degree > 64 ? [1] : [0, 1]) {
      for (const sign of [1n, -1n]) {
        const weights = Float64Array.of(half - 1, half)
        const one: Case = {
          parameters,
          coefficients,
          maxima: [1, 1],
          heads: [{ weights, offset: offsetOf({ weights, constant: 0n }, slotBits, slots) }],
          values: [0, 1].map(() => new Float64Array(slots * coefficients).fill(x)),
        }
        const opened = (flood: bigint) => {
          Object.assign(worst, { sign, flood })
          const key = latticeOwnerReference.key(parameters, new Uint8Array(32).fill(3))
          const answer = scoreBy(latticeReference, taskOf(one, key, seal(key, one, 5), 5, 9))
          return openBy(key, parameters, coefficients, answer)
        }
        const most = 3n * 2n ** BigInt(floodBits)
        const { spoiled, plaintexts } = opened(most)
        expect(spoiled).toBe(-1)
        const length = plaintexts.length / coefficients
        const last = BigInt(`0x${Buffer.from(plaintexts.subarray(-length)).toString('hex')}`)
        expect(last).toBe(messagesOf(one, 0).at(-1))
        if (degree > 64) continue
        const beyond = most + BigInt(noiseLimit(degree)) * productOf(dropped.map(BigInt))
        expect(opened(beyond).spoiled).toBe(0)
      }
    }
  },
  120_000,
)
