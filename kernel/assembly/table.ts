import { add, toIntegers } from './lanes'
import { canonical, liftAdd, liftMultiply, liftMultiplyPlain } from './lifted'
import { limb, spare } from './memory'
import { limbs, modulus, multiply, r1, r3, reduce, setSmall, subtractOnce } from './modulus'
import { gather } from './power'
import { settle } from './product'

/*
 * Tables of powers of secret bases b_i, and products of one entry a row.
 *
 * An entry t + u·N (Montgomery form, modulo N²) is kept as t·(1 + s·N), s = u/t modulo N. Products then multiply by t alone, four
 * times n² limb products instead of five, and add up the s, which costs next to nothing: a product is
 *   ∏ t_i · (1 + N·Σ s_i),
 * so the sum is multiplied in once, at the end. s is stored below N.
 *
 * A row holds the entries of one base, 2n doubles each (t, then s), the two lanes' entries apart, because a sample takes another
 * entry in each lane. A batch of samples goes row by row: a row of 2 · 256 entries of 1536 bits is 248 KB and stays in the
 * second-level cache while all samples of the batch use it.
 */

/**
 * Writes b^v, v < entries: lane 0's entries from `row` on, lane 1's from `row` + `apart`. `inverse` is 1/b modulo N,
 * Montgomery form, n limbs. `work` is five lifted numbers.
 */
export function fillRow(row: usize, apart: usize, b: usize, inverse: usize, entries: i32, work: usize): void {
  const n = limbs
  const size = usize(n) << 5
  const base = work
  const x = base + size
  const entry = x + size
  const unlifted = entry + size
  memory.copy(base, b, size)
  memory.copy(x, r1, size)
  // 1/b^v modulo N, plain.
  setSmall(unlifted, n, 1)
  for (let v = 0; v < entries; v++) {
    if (v > 0) {
      liftMultiply(x, x, base)
      multiply(unlifted, unlifted, inverse)
    }
    // t is b^v·R, so u/t = u·b^-v·R^-1.
    memory.copy(entry, x, size >> 1)
    multiply(limb(entry, n), limb(x, n), unlifted)
    subtractOnce(limb(entry, n), modulus, n, spare)
    scatter(row + usize(v) * (size >> 1), apart, entry)
  }
}

function scatter(to: usize, apart: usize, x: usize): void {
  for (let k = 0; k < 2 * limbs; k++, to += 8) {
    const value = v128.load(limb(x, k))
    store<f64>(to, f64x2.extract_lane(value, 0))
    store<f64>(to + apart, f64x2.extract_lane(value, 1))
  }
}

/** Bytes of what `multiplyRow` works on for each pair of lanes: a lifted product, then n + 1 columns of Σ s. */
// @ts-expect-error: decorator
@inline
function productBytes(): usize {
  return usize(3 * limbs + 1) << 4
}

export function beginProduct(x: usize, start: usize): void {
  memory.copy(x, start, usize(limbs) << 5)
  memory.fill(limb(x, 2 * limbs), 0, usize(limbs + 1) << 4)
}

/**
 * Multiplies each of `count` products from `x` on by its entry of the row, digits two bytes (lane 0, lane 1) a product.
 * `mask` keeps the low w bits of a digit.
 */
export function multiplyRow(x: usize, count: i32, row: usize, apart: usize, choice: usize, mask: i32, scratch: usize): void {
  const n = limbs
  const size = usize(n) << 4
  for (let i = 0; i < count; i++, x += productBytes(), choice += 2) {
    const first = row + usize(i32(load<u8>(choice)) & mask) * size
    const second = row + apart + usize(i32(load<u8>(choice, 1)) & mask) * size
    gather(scratch, first, second, 2 * n, 8)
    liftMultiplyPlain(x, x, scratch)
    const sums = limb(x, 2 * n)
    const terms = limb(scratch, n)
    for (let k = 0; k < n; k++) {
      const at = limb(sums, k)
      v128.store(at, add(v128.load(at), toIntegers(v128.load(limb(terms, k)))))
    }
  }
}

/** multiplyRow for `rows` rows of both lanes' entries, one behind the other from `table` on, digits likewise. */
export function multiplyRows(x: usize, count: i32, table: usize, apart: usize, rows: i32, choice: usize, mask: i32, scratch: usize): void {
  for (let i = 0; i < rows; i++, table += 2 * apart, choice += usize(2 * count)) {
    multiplyRow(x, count, table, apart, choice, mask, scratch)
  }
}

/**
 * x = x · (1 + N·Σ s), canonical. The sum of at most 2^12 numbers below N fits n + 1 limbs, its columns 2^63.
 * `work` is two lifted numbers.
 */
export function endProduct(x: usize, work: usize): void {
  const n = limbs
  const sums = limb(x, 2 * n)
  const t = limb(work, n + 1)
  // a·Σ on top of b: Σ·R^-1, then Σ·R, then a·Σ.
  settle(work, sums, n + 1)
  reduce(t, work, n + 1)
  multiply(t, t, r3)
  multiply(t, t, x)
  setSmall(work, n, 0)
  memory.copy(limb(work, n), t, usize(n) << 4)
  liftAdd(x, x, work)
  while (v128.any_true(subtractOnce(limb(x, n), modulus, n, spare))) {}
  canonical(x)
}
