import { add, carryOf, limbOf, toDoubles, toIntegers } from './lanes'
import { columns, columns2, digits, limb, spare } from './memory'
import {
  begin, forLift, forLiftSquare, forMultiply, forProduct, forReduction, inverse, limbs, modulus, multiplyColumns, r1, r2, r3, reduceColumns, setSmall,
  squareColumns, subtractOnce,
} from './modulus'
import { multiplyReduce, multiplyReduceDoubled } from './multiply'
import { addProduct, addReduction, settle } from './product'

/*
 * Arithmetic modulo N² on numbers of N's size: x = a + b·N, stored as the n limbs of a, then those of b, both in [0, 2N).
 * a is the integer itself, b counts modulo N only. Everything the scheme computes is modulo a square (p², q², n²).
 *
 * (a + bN)(c + dN) = ac + (ad + bc)·N modulo N². Montgomery's reduction of T = ac finds q < R with T + qN = R·t, that is
 * T = R·t - q·N. So the product is R·t + (ad + bc - q)·N, and
 *   (a + bN)(c + dN)·R^-1 = t + N·u,   u = (ad + bc - q)·R^-1 modulo N:
 * three products and two reductions of n by n limbs, 5n² where a number of 2n limbs costs 8n². A squaring needs a² (half
 * a product), 2ab and two reductions: 3.5n² instead of 6n².
 *
 * Range of u, with N <= R/256 and all inputs below 2N: S = ad + bc - q lies in (-R, 8N²). Its reduction adds q'·N, q' < R,
 * and divides by R exactly: u is an integer above -1 and below 8N²/R + N < 2N, so 0 <= u < 2N. The columns of S + q'N
 * hold a value that is not negative, as settle requires; the negative part sits in columns that reduction clears.
 */

// @ts-expect-error: decorator
@inline
function beginSecond(kind: usize): void {
  begin(columns2, kind)
  for (let k = 0; k < limbs; k++) {
    const at = limb(columns2, k)
    v128.store(at, i64x2.sub(v128.load(at), v128.load(limb(digits, k))))
  }
}

// @ts-expect-error: decorator
@inline
function settleBoth(z: usize): void {
  settle(z, limb(columns, limbs), limbs)
  settle(limb(z, limbs), limb(columns2, limbs), limbs)
}

/** z = x·y·R^-1 modulo N². z may be x or y. */
export function liftMultiply(z: usize, x: usize, y: usize): void {
  const n = limbs
  multiplyColumns(x, y)
  beginSecond(forLift)
  addProduct(columns2, x, n, limb(y, n), n)
  multiplyReduce(columns2, limb(x, n), y, modulus, n, inverse)
  settleBoth(z)
}

/** z = x·c·R^-1 modulo N² for a plain c of n limbs, below 2N: two products and two reductions. z may be x. */
export function liftMultiplyPlain(z: usize, x: usize, c: usize): void {
  const n = limbs
  multiplyColumns(x, c)
  beginSecond(forMultiply)
  multiplyReduce(columns2, limb(x, n), c, modulus, n, inverse)
  settleBoth(z)
}

/** z = x²·R^-1 modulo N². */
export function liftSquare(z: usize, x: usize): void {
  const n = limbs
  squareColumns(x)
  beginSecond(forLiftSquare)
  const b = limb(x, n)
  for (let k = 0; k < n; k++) {
    const d = v128.load(limb(b, k))
    v128.store(limb(spare, k), f64x2.add(d, d))
  }
  multiplyReduceDoubled(columns2, spare, x, modulus, n, inverse)
  settleBoth(z)
}

/**
 * z = x·R^-1 modulo N² for a plain number x of 2n limbs below R·N (a ciphertext's bytes spell less than 4N² <= R·N/64).
 * Then a = (x + qN) / R < 2N, and b = (-q + q'N) / R lies in [0, N].
 */
export function lift(z: usize, x: usize): void {
  reduceColumns(x, 2 * limbs)
  // No second component yet: u = -q·R^-1.
  beginSecond(forReduction)
  addReduction(columns2, modulus, limbs, inverse)
  settleBoth(z)
}

/** Brings both parts of x below N without changing x modulo N². */
export function canonical(x: usize): void {
  const n = limbs
  const b = limb(x, n)
  const over = subtractOnce(x, modulus, n, spare)
  // a - N leaves one more N to count: b + 1.
  let carry = v128.and(over, i64x2.splat(1))
  for (let k = 0; k < n; k++) {
    const at = limb(b, k)
    const s = add(toIntegers(v128.load(at)), carry)
    v128.store(at, toDoubles(limbOf(s)))
    carry = carryOf(s)
  }
  subtractOnce(b, modulus, n, spare)
  subtractOnce(b, modulus, n, spare)
}

/** z = a + b·N, a number below N² in 2n limbs; x becomes canonical. */
export function join(z: usize, x: usize): void {
  const n = limbs
  canonical(x)
  begin(columns, forProduct)
  for (let k = 0; k < n; k++) {
    const at = limb(columns, k)
    v128.store(at, add(v128.load(at), toIntegers(v128.load(limb(x, k)))))
  }
  addProduct(columns, limb(x, n), n, modulus, n)
  settle(z, columns, 2 * n)
}

/** z = x + y, part by part, settled: each part below the sum of its bounds. */
export function liftAdd(z: usize, x: usize, y: usize): void {
  const n = limbs
  for (let half = 0; half < 2; half++) {
    let carry = i64x2.splat(0)
    for (let k = half * n, end = k + n; k < end; k++) {
      const s = add(add(toIntegers(v128.load(limb(x, k))), toIntegers(v128.load(limb(y, k)))), carry)
      v128.store(limb(z, k), toDoubles(limbOf(s)))
      carry = carryOf(s)
    }
  }
}

/** x = 2x modulo N²; x is canonical before and after. */
function double(x: usize): void {
  liftAdd(x, x, x)
  canonical(x)
}

/** x = N - x in the n limbs of one part; x is in [0, N]. */
export function negate(x: usize): void {
  let borrow = i64x2.splat(0)
  const one = i64x2.splat(1)
  const base = i64x2.splat(i64(1) << 51)
  for (let k = 0; k < limbs; k++) {
    const at = limb(x, k)
    const d = i64x2.sub(add(toIntegers(v128.load(limb(modulus, k))), base), add(toIntegers(v128.load(at)), borrow))
    v128.store(at, toDoubles(limbOf(d)))
    borrow = i64x2.sub(one, carryOf(d))
  }
}

/** z = x out of Montgomery form, canonical. `unit` is scratch of 2n limbs. */
export function plain(z: usize, x: usize, unit: usize): void {
  setSmall(unit, 2 * limbs, 1)
  liftMultiply(z, x, unit)
  canonical(z)
}

/** R, R² and R³ modulo N², from 2^(bits - 1) < N on by doubling, then by squaring Montgomery's 2^i. */
export function prepareLifted(bits: i32): void {
  const n = limbs
  const top = bits - 1
  setSmall(r1, 2 * n, 0)
  const at = limb(r1, top / 51)
  v128.store(at, f64x2.splat(f64(i64(1) << (top % 51))))
  for (let k = top; k < 51 * n; k++) double(r1)
  // r2 runs through R·2^i, i the leading bits of 51n.
  memory.copy(r2, r1, usize(n) << 5)
  const exponent = 51 * n
  for (let bit = 31 - clz(exponent); bit >= 0; bit--) {
    liftSquare(r2, r2)
    canonical(r2)
    if ((exponent >> bit) & 1) double(r2)
  }
  canonical(r2)
  liftMultiply(r3, r2, r2)
  canonical(r3)
}
