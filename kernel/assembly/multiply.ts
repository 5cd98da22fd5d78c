import { add, carryOf, high, highOnto, limbOf, low, lowPlain, lows, toDoubles } from './lanes'
import { digits, expectHalves, limb } from './memory'

/*
 * Montgomery multiplication, a·b·R^-1 modulo N with R = 2^(51n), one or two rows of a per pass.
 *
 * A row i adds a_i·b to the columns from i on, then q_i·N with q_i = (column i)·(-N^-1) mod 2^51, which makes column i a
 * multiple of 2^51; its carry goes to column i + 1. After n rows the columns n to 2n - 1 hold (a·b + q·N) / R, where
 * q = sum q_i·2^(51i) < R.
 *
 * Range. N has at least 8 bits less than R: N <= R / 256. With a, b < 8N the result is below
 *   (64·N² + R·N) / R <= N/4 + N < 2N,
 * so results never need a final subtraction, and sums of up to four results may be multiplied as they are (their limbs
 * settled to below 2^51 first: settle).
 *
 * Two rows run skewed, so that all four low halves of a step fall into one column and all four high halves into the next:
 * step j takes a_i·b_j, q_i·N_j, a_(i+1)·b_(j-1), q_(i+1)·N_(j-1). Two high halves of one column are taken in one chain,
 * high(q, N) on top of high(a, b) (highOnto in lanes.ts): one addition less.
 *
 * `doubled` says that a's limbs may reach 2^52 - 2 (a number added to itself, not settled). Then a high half of a fills
 * the mantissa by itself and the chain is taken over the two q instead.
 */

// @ts-expect-error: decorator
@inline
function digit(column: v128, inverse: usize): v128 {
  return limbOf(i64x2.mul(column, v128.load(inverse)))
}

// @ts-expect-error: decorator
@inline
function oneRow(t: usize, at: usize, b: usize, m: usize, n: i32, inverse: usize, q: usize): void {
  const a = v128.load(at)
  let bj = v128.load(b)
  let mj = v128.load(m)
  let h = high(a, bj)
  let s = add(v128.load(t), low(a, bj, h))
  const q0 = digit(s, inverse)
  v128.store(q, q0)
  const d = toDoubles(q0)
  let g = high(d, mj)
  s = add(s, low(d, mj, g))
  s = add(carryOf(s), add(v128.load(t, 16), add(h, g)))
  const end = limb(b, n)
  for (b += 16, m += 16, t += 16; b < end; b += 16, m += 16, t += 16) {
    bj = v128.load(b)
    mj = v128.load(m)
    h = high(a, bj)
    g = high(d, mj)
    v128.store(t, add(s, add(low(a, bj, h), low(d, mj, g))))
    s = add(v128.load(t, 16), add(h, g))
  }
  v128.store(t, s)
}

/** One step of two rows: column t complete for these rows, returns what column t + 1 holds so far. */
// @ts-expect-error: decorator
@inline
function step(t: usize, next: v128, a0: v128, a1: v128, q0: v128, q1: v128, bj: v128, bp: v128, mj: v128, mp: v128, doubled: bool): v128 {
  if (doubled) {
    const g0 = high(q0, mj)
    const g = highOnto(q1, mp, g0)
    const h0 = high(a0, bj)
    const h1 = high(a1, bp)
    const l = lows(low(q0, mj, g0), lowPlain(q1, mp, g0, g))
    v128.store(t, add(next, add(l, add(low(a0, bj, h0), low(a1, bp, h1)))))
    return add(v128.load(t, 16), add(g, add(h0, h1)))
  }
  const h0 = high(a0, bj)
  const g0 = highOnto(q0, mj, h0)
  const h1 = high(a1, bp)
  const g1 = highOnto(q1, mp, h1)
  const l0 = lows(low(a0, bj, h0), lowPlain(q0, mj, h0, g0))
  const l1 = lows(low(a1, bp, h1), lowPlain(q1, mp, h1, g1))
  v128.store(t, add(next, add(l0, l1)))
  return add(v128.load(t, 16), add(g0, g1))
}

// @ts-expect-error: decorator
@inline
function twoRows(t: usize, at: usize, b: usize, m: usize, n: i32, inverse: usize, q: usize, doubled: bool): void {
  const a0 = v128.load(at)
  const a1 = v128.load(at, 16)
  let bp = v128.load(b)
  let mp = v128.load(m)
  let bj = v128.load(b, 16)
  let mj = v128.load(m, 16)
  // column 0 gives the first digit
  let h0 = high(a0, bp)
  let s = add(v128.load(t), low(a0, bp, h0))
  let d = digit(s, inverse)
  v128.store(q, d)
  const q0 = toDoubles(d)
  let g0 = high(q0, mp)
  s = add(s, low(q0, mp, g0))
  let next = add(add(v128.load(t, 16), add(h0, g0)), carryOf(s))
  // column 1 gives the second
  h0 = high(a0, bj)
  let h1 = high(a1, bp)
  g0 = high(q0, mj)
  s = add(next, add(add(low(a0, bj, h0), low(a1, bp, h1)), low(q0, mj, g0)))
  d = digit(s, inverse)
  v128.store(q, d, 16)
  const q1 = toDoubles(d)
  let g1 = high(q1, mp)
  s = add(s, low(q1, mp, g1))
  next = add(add(v128.load(t, 32), carryOf(s)), add(add(h0, h1), add(g0, g1)))
  const end = limb(b, n)
  b += 32
  m += 32
  t += 32
  if (n & 1) {
    bp = bj
    mp = mj
    bj = v128.load(b)
    mj = v128.load(m)
    next = step(t, next, a0, a1, q0, q1, bj, bp, mj, mp, doubled)
    b += 16
    m += 16
    t += 16
  }
  while (b < end) {
    bp = v128.load(b)
    mp = v128.load(m)
    next = step(t, next, a0, a1, q0, q1, bp, bj, mp, mj, doubled)
    bj = v128.load(b, 16)
    mj = v128.load(m, 16)
    next = step(t + 16, next, a0, a1, q0, q1, bj, bp, mj, mp, doubled)
    b += 32
    m += 32
    t += 32
  }
  h1 = high(a1, bj)
  g1 = high(q1, mj)
  v128.store(t, add(next, add(low(a1, bj, h1), low(q1, mj, g1))))
  v128.store(t, add(v128.load(t, 16), add(h1, g1)), 16)
}

/** Adds a·b and the multiple q·N that clears the low n columns; q goes to `digits`. Columns n to 2n - 1 are the result. */
export function multiplyReduce(t: usize, a: usize, b: usize, m: usize, n: i32, inverse: usize): void {
  let i = 0
  let q = digits
  if (n & 1) {
    oneRow(t, a, b, m, n, inverse, q)
    t += 16
    a += 16
    q += 16
    i = 1
  }
  for (; i < n; i += 2, a += 32, t += 32, q += 32) twoRows(t, a, b, m, n, inverse, q, false)
}

/** What either leaves in the columns: see expectHalves. */
export function expectMultiplyReduce(t: usize, n: i32, doubled: bool): void {
  let i = 0
  if (n & 1) expectHalves(t, i++, n, 2)
  for (; i < n; i += 2) {
    expectHalves(t, i, 1, 2)
    expectHalves(t, i + 1, 1, 4)
    expectHalves(t, i + 2, n - 2, doubled ? 3 : 2)
    expectHalves(t, i + n, 1, 2)
  }
}

/** The same for an a whose limbs may reach 2^52 - 2. */
export function multiplyReduceDoubled(t: usize, a: usize, b: usize, m: usize, n: i32, inverse: usize): void {
  let i = 0
  let q = digits
  if (n & 1) {
    oneRow(t, a, b, m, n, inverse, q)
    t += 16
    a += 16
    q += 16
    i = 1
  }
  for (; i < n; i += 2, a += 32, t += 32, q += 32) twoRows(t, a, b, m, n, inverse, q, true)
}
