import fc from 'fast-check'
import { expect, test } from 'vitest'
import { basisOf } from '../exactBasis.ts'
import { crossProducts, gramOf } from '../exactSums.ts'
import { inTwoDoubles, rounded } from '../rounded.ts'

const integer = fc.oneof(fc.nat(1), fc.nat(1000), fc.maxSafeNat())
const columns = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, count]) =>
    fc.array(fc.array(integer, { minLength: rows, maxLength: rows }), { minLength: count, maxLength: count }),
  )

const dot = (a: readonly number[], b: readonly number[]): bigint =>
  a.reduce((sum, x, i) => sum + BigInt(x) * BigInt(b[i] as number), 0n)

test('sums of products are those of BigInt, however large the integers', () => {
  fc.assert(
    fc.property(columns, (plain) => {
      const typed = plain.map((column) => Float64Array.from(column))
      expect(gramOf(typed)).toEqual(plain.map((a) => plain.map((b) => dot(a, b))))
      expect(crossProducts(typed, typed[0] as Float64Array)).toEqual(plain.map((a) => dot(a, plain[0] as number[])))
    }),
  )
})

test('of the largest integers and more rows than are added up together, too', () => {
  const rows = 8193
  const largest = 2 ** 53 - 1
  const column = new Float64Array(rows).fill(largest)
  expect(gramOf([column])).toEqual([[BigInt(rows) * BigInt(largest) ** 2n]])
})

test('quotients and doubles of integers are right to the last bit but one', () => {
  fc.assert(
    fc.property(fc.bigInt(-(1n << 300n), 1n << 300n), fc.bigInt(1n, 1n << 280n), (over, under) => {
      const quotient = rounded(over, under)
      // The quotient is a multiple of a power of two: compared in integers.
      const scaled = BigInt(Math.round(quotient * 2 ** 40))
      const exact = (over << 40n) / under
      const error = scaled - exact
      expect(error < 0n ? -error : error).toBeLessThanOrEqual((exact < 0n ? -exact : exact) / (1n << 52n) + 2n)
    }),
  )
  fc.assert(
    fc.property(fc.bigInt(-(1n << 105n), 1n << 105n), (value) => {
      const [high, low] = inTwoDoubles(value)
      expect(BigInt(high) + BigInt(low)).toBe(value)
    }),
  )
})

test('a column that is a sum of those before it has no place in a basis, one that almost is has', () => {
  const a = Float64Array.from({ length: 50 }, (_, i) => i * 1_000_003)
  const b = Float64Array.from({ length: 50 }, (_, i) => (i * i) % 97)
  const sum = a.map((x, i) => x + 3 * (b[i] as number))
  const almost = sum.map((x, i) => (i === 7 ? x + 1 : x))
  const ones = new Float64Array(50).fill(1)
  expect(basisOf(gramOf([ones, a, b, sum]), 50).kept).toEqual([0, 1, 2])
  expect(basisOf(gramOf([ones, a, b, almost]), 50).kept).toEqual([0, 1, 2, 3])
})
