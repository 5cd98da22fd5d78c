import { add, carryOf, high, highOnto, limbOf, low, lowPlain, lows, toDoubles } from './lanes'
import { digits, expectHalves, limb } from './memory'

/** Adds the plain product of na by nb limbs (nb >= 2, or both 1) to columns that expect it. */
export function addProduct(t: usize, a: usize, na: i32, b: usize, nb: i32): void {
  let i = 0
  if (na & 1) {
    productRow(t, v128.load(a), b, limb(b, nb))
    t += 16
    a += 16
    i = 1
  }
  for (; i < na; i += 2, a += 32, t += 32) productRows(t, v128.load(a), v128.load(a, 16), b, limb(b, nb))
}

export function expectProduct(t: usize, na: i32, nb: i32): void {
  let i = 0
  if (na & 1) expectHalves(t, i++, nb, 1)
  for (; i < na; i += 2) expectHalves(t, i, nb + 1, 1)
}

// @ts-expect-error: decorator
@inline
function productRow(t: usize, a: v128, b: usize, end: usize): void {
  let s = v128.load(t)
  for (; b < end; b += 16, t += 16) {
    const bj = v128.load(b)
    const h = high(a, bj)
    v128.store(t, add(s, low(a, bj, h)))
    s = add(v128.load(t, 16), h)
  }
  v128.store(t, s)
}

// @ts-expect-error: decorator
@inline
function productRows(t: usize, a0: v128, a1: v128, b: usize, end: usize): void {
  let bp = v128.load(b)
  let h = high(a0, bp)
  v128.store(t, add(v128.load(t), low(a0, bp, h)))
  let s = add(v128.load(t, 16), h)
  for (b += 16, t += 16; b < end; b += 16, t += 16) {
    const bj = v128.load(b)
    h = high(a0, bj)
    const g = highOnto(a1, bp, h)
    v128.store(t, add(s, lows(low(a0, bj, h), lowPlain(a1, bp, h, g))))
    s = add(v128.load(t, 16), g)
    bp = bj
  }
  h = high(a1, bp)
  v128.store(t, add(s, low(a1, bp, h)))
  v128.store(t, add(v128.load(t, 16), h), 16)
}

/**
 * Adds a² to columns that expect it: a_i² once and (2·a_i)·a_j for i < j, half the products of a multiplication.
 * The doubled factor rules out the chained high halves (lanes.ts).
 */
export function addSquare(t: usize, a: usize, n: i32): void {
  const end = limb(a, n)
  let h: v128
  for (; a + 16 < end; a += 32, t += 64) {
    let at = a
    let c = t
    const a0 = v128.load(a)
    const a1 = v128.load(a, 16)
    const d0 = f64x2.add(a0, a0)
    const d1 = f64x2.add(a1, a1)
    h = high(a0, a0)
    v128.store(c, add(v128.load(c), low(a0, a0, h)))
    let s = add(v128.load(c, 16), h)
    h = high(d0, a1)
    v128.store(c, add(s, low(d0, a1, h)), 16)
    s = add(v128.load(c, 32), h)
    // The diagonal of the second row joins the first row's third column.
    h = high(a1, a1)
    s = add(s, low(a1, a1, h))
    v128.store(c, add(v128.load(c, 48), h), 48)
    at += 32
    c += 32
    if (at < end) {
      let p = v128.load(at)
      h = high(d0, p)
      v128.store(c, add(s, low(d0, p, h)))
      s = add(v128.load(c, 16), h)
      for (at += 16, c += 16; at < end; at += 16, c += 16) {
        const aj = v128.load(at)
        const h0 = high(d0, aj)
        const h1 = high(d1, p)
        v128.store(c, add(s, add(low(d0, aj, h0), low(d1, p, h1))))
        s = add(v128.load(c, 16), add(h0, h1))
        p = aj
      }
      h = high(d1, p)
      v128.store(c, add(s, low(d1, p, h)))
      v128.store(c, add(v128.load(c, 16), h), 16)
    } else v128.store(c, s)
  }
  if (a < end) {
    const a0 = v128.load(a)
    h = high(a0, a0)
    v128.store(t, add(v128.load(t), low(a0, a0, h)))
    v128.store(t, add(v128.load(t, 16), h), 16)
  }
}

export function expectSquare(t: usize, n: i32): void {
  for (let i = 0; i < n; i += 2) {
    const rest = n - i
    expectHalves(t, 2 * i, 1, 1)
    if (rest == 1) break
    expectHalves(t, 2 * i + 1, 2, 1)
    if (rest == 2) break
    expectHalves(t, 2 * i + 2, 1, 1)
    expectHalves(t, 2 * i + 3, rest - 3, 2)
    expectHalves(t, 2 * i + rest, 1, 1)
  }
}

// @ts-expect-error: decorator
@inline
function digit(column: v128, inverse: usize): v128 {
  return limbOf(i64x2.mul(column, v128.load(inverse)))
}

/** Adds the multiple q·N that clears the low n columns, like multiplyReduce without a product. */
export function addReduction(t: usize, m: usize, n: i32, inverse: usize): void {
  let i = 0
  let q = digits
  if (n & 1) {
    reductionRow(t, m, n, inverse, q)
    t += 16
    q += 16
    i = 1
  }
  for (; i < n; i += 2, t += 32, q += 32) reductionRows(t, m, n, inverse, q)
}

export function expectReduction(t: usize, n: i32): void {
  let i = 0
  if (n & 1) expectHalves(t, i++, n, 1)
  for (; i < n; i += 2) {
    expectHalves(t, i, n + 1, 1)
    expectHalves(t, i + 1, 1, 1)
  }
}

// @ts-expect-error: decorator
@inline
function reductionRow(t: usize, m: usize, n: i32, inverse: usize, q: usize): void {
  const d = digit(v128.load(t), inverse)
  v128.store(q, d)
  const q0 = toDoubles(d)
  let mj = v128.load(m)
  let h = high(q0, mj)
  let s = add(add(v128.load(t, 16), h), carryOf(add(v128.load(t), low(q0, mj, h))))
  const end = limb(m, n)
  for (m += 16, t += 16; m < end; m += 16, t += 16) {
    mj = v128.load(m)
    h = high(q0, mj)
    v128.store(t, add(s, low(q0, mj, h)))
    s = add(v128.load(t, 16), h)
  }
  v128.store(t, s)
}

// @ts-expect-error: decorator
@inline
function reductionRows(t: usize, m: usize, n: i32, inverse: usize, q: usize): void {
  let mp = v128.load(m)
  let mj = v128.load(m, 16)
  let d = digit(v128.load(t), inverse)
  v128.store(q, d)
  const q0 = toDoubles(d)
  let h = high(q0, mp)
  let s = add(add(v128.load(t, 16), h), carryOf(add(v128.load(t), low(q0, mp, h))))
  h = high(q0, mj)
  s = add(s, low(q0, mj, h))
  d = digit(s, inverse)
  v128.store(q, d, 16)
  const q1 = toDoubles(d)
  let g = high(q1, mp)
  s = add(add(v128.load(t, 32), add(h, g)), carryOf(add(s, low(q1, mp, g))))
  const end = limb(m, n)
  for (m += 32, t += 32; m < end; m += 16, t += 16) {
    mp = mj
    mj = v128.load(m)
    h = high(q0, mj)
    g = highOnto(q1, mp, h)
    v128.store(t, add(s, lows(low(q0, mj, h), lowPlain(q1, mp, h, g))))
    s = add(v128.load(t, 16), g)
  }
  h = high(q1, mj)
  v128.store(t, add(s, low(q1, mj, h)))
  v128.store(t, add(v128.load(t, 16), h), 16)
}

/** `count` columns as limbs in [0, 2^51), doubles. The value must be in [0, 2^(51·count)). */
export function settle(out: usize, t: usize, count: i32): void {
  let carry = i64x2.splat(0)
  const end = limb(out, count)
  for (; out < end; out += 16, t += 16) {
    const x = add(v128.load(t), carry)
    v128.store(out, toDoubles(limbOf(x)))
    carry = carryOf(x)
  }
}
