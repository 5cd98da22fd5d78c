import './setup.ts'
import { describe, expect, test } from 'vitest'
import { concat, fromBytes, toBytes } from '../../core/number/bytes.ts'
import { modPow } from '../../core/number/integers.ts'
import { kernelProduct } from '../products.ts'
import { kernel, primePair, randomBits } from './harness.ts'

const product = kernelProduct(kernel())
const sizes = process.env.SLOW ? [64, 512, 1024, 2048, 3072, 4096] : [64, 512, 2048]

const powerOf = (bases: readonly bigint[], weights: Float64Array, modulus: bigint): bigint =>
  bases.reduce((all, base, i) => (all * modPow(base, BigInt(weights[i] as number), modulus)) % modulus, 1n)

describe.each(sizes)('weights that are used once, n of %i bits', (bits) => {
  const [p, q] = primePair(bits / 2).map(fromBytes) as [bigint, bigint]
  const [n, square] = [p * q, (p * q) ** 2n]
  const bases = (count: number) => Array.from({ length: count }, () => randomBits(2 * bits) % square)
  function expectPower(factors: readonly bigint[], weights: Float64Array): void {
    const ciphertexts = concat(factors.map((factor) => toBytes(factor, bits / 4)))
    const answer = product(toBytes(n, bits / 8), ciphertexts, weights)
    expect(answer).toEqual(toBytes(powerOf(factors, weights, square), bits / 4))
  }

  test.each([
    ['none', []],
    ['none but 0', [0, 0, 0]],
    ['one', [5]],
    ['an odd number beside zeros', [0, 1, 0, 1, 1, 0, 0]],
    ['both at once in one value and in two', [7, 7, 7, 9, 1023, 1024]],
    ['the largest', [2 ** 53 - 1, 2 ** 52, 1, 2 ** 53 - 1, 2 ** 32]],
  ])('%s', (_, weights) => expectPower(bases(weights.length), Float64Array.from(weights)))

  test('many, of digits of any number of bits', () => {
    for (const [count, most] of [
      [300, 2],
      [700, 2 ** 20],
      [61, 2 ** 53],
    ] as const)
      expectPower(
        bases(count),
        Float64Array.from({ length: count }, () => Number(randomBits(60) % BigInt(most))),
      )
  })

  test('factors that are 1, and next to n²', () =>
    expectPower([1n, square - 1n, 1n, square - 1n, 1n], Float64Array.of(3, 3, 4, 5, 6)))
})

test('how far it has come is told from 0 on, and never backwards', () => {
  const [p, q] = primePair(256).map(fromBytes) as [bigint, bigint]
  const told: number[] = []
  const ciphertexts = concat(Array<Uint8Array>(1500).fill(toBytes(3n, 128)))
  product(toBytes(p * q, 64), ciphertexts, new Float64Array(1500).fill(1), (part) => told.push(part))
  expect(told.length).toBeGreaterThan(1)
  expect(told).toEqual([...told].sort((a, b) => a - b))
  expect([told[0], Math.max(...told) < 1]).toEqual([0, true])
})
