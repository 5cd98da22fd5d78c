import { add, carryOf, limbOf, toDoubles, toIntegers } from './lanes'
import { clearColumns, columns, integerAt, LIMB, limb, setInteger } from './memory'
import { expectMultiplyReduce, multiplyReduce } from './multiply'
import { addProduct, addReduction, addSquare, expectProduct, expectReduction, expectSquare, settle } from './product'

/*
 * A modulus in memory: one N per lane, both of the same number of limbs (p and q, or the same n twice), and what its
 * arithmetic needs ready. The functions here and in lifted.ts work on the selected one.
 *
 *   0        u32 limbs n
 *   16       -N^-1 modulo 2^51, an integer per lane
 *   32       N, n limbs
 *   then six starting values of 2n columns each: for a multiplication, the two parts of a lifted multiplication and
 *   squaring (lifted.ts), a reduction, a plain product, a square
 *   then four lifted constants of 2n limbs: R, R², R³, and the caller's own
 */
export let limbs: i32 = 0
export let inverse: usize = 0
export let modulus: usize = 0
export let forMultiply: usize = 0
let forSquare: usize = 0
export let forReduction: usize = 0
export let forProduct: usize = 0
export let forLift: usize = 0
export let forLiftSquare: usize = 0
/** R, R², R³ modulo N², lifted: Montgomery's 1, R and R². */
export let r1: usize = 0
export let r2: usize = 0
export let r3: usize = 0

export function modulusBytes(n: i32): usize {
  return 32 + usize(n) * LIMB * (1 + 6 * 2 + 3 * 2)
}

export function select(at: usize): void {
  const n = load<i32>(at)
  const two = usize(n) * 2 * LIMB
  limbs = n
  inverse = at + 16
  modulus = at + 32
  forMultiply = limb(modulus, n)
  forLift = forMultiply + two
  forLiftSquare = forLift + two
  forSquare = forLiftSquare + two
  forReduction = forSquare + two
  forProduct = forReduction + two
  r1 = forProduct + two
  r2 = r1 + two
  r3 = r2 + two
}

/** Makes what depends on N alone, N's limbs already placed at `at` + 32. The constants of R are lifted.ts's. */
export function prepareModulus(at: usize, n: i32): void {
  store<i32>(at, n)
  select(at)
  for (let lane = 0; lane < 2; lane++) {
    // Newton: x ≡ N^-1 modulo 2^3 to begin with, twice the bits each time.
    const low = integerAt(modulus, 0, lane)
    let x = low
    for (let k = 0; k < 5; k++) x *= 2 - low * x
    store<i64>(inverse + (usize(lane) << 3), -x & 0x7ffffffffffff)
  }
  const count = 2 * n
  clearColumns(forMultiply, count)
  expectMultiplyReduce(forMultiply, n, false)
  clearColumns(forLift, count)
  expectProduct(forLift, n, n)
  expectMultiplyReduce(forLift, n, false)
  clearColumns(forLiftSquare, count)
  expectMultiplyReduce(forLiftSquare, n, true)
  clearColumns(forSquare, count)
  expectSquare(forSquare, n)
  expectReduction(forSquare, n)
  clearColumns(forReduction, count)
  expectReduction(forReduction, n)
  clearColumns(forProduct, count)
  expectProduct(forProduct, n, n)
}

// @ts-expect-error: decorator
@inline
export function begin(t: usize, columnsOfKind: usize): void {
  memory.copy(t, columnsOfKind, usize(limbs) << 5)
}

/** Leaves a·b·R^-1 modulo N in the high n columns; a, b below 8N. */
export function multiplyColumns(a: usize, b: usize): void {
  begin(columns, forMultiply)
  multiplyReduce(columns, a, b, modulus, limbs, inverse)
}

/** Leaves a²·R^-1 modulo N in the high n columns. */
export function squareColumns(a: usize): void {
  begin(columns, forSquare)
  addSquare(columns, a, limbs)
  addReduction(columns, modulus, limbs, inverse)
}

/** Leaves x·R^-1 modulo N in the high n columns, for x of `count` <= 2n limbs; below 2N for x below R·N. */
export function reduceColumns(x: usize, count: i32): void {
  begin(columns, forReduction)
  for (let k = 0; k < count; k++) {
    const at = limb(columns, k)
    v128.store(at, add(v128.load(at), toIntegers(v128.load(limb(x, k)))))
  }
  addReduction(columns, modulus, limbs, inverse)
}

/** z = a·b·R^-1 modulo N, in [0, 2N). */
export function multiply(z: usize, a: usize, b: usize): void {
  multiplyColumns(a, b)
  settle(z, limb(columns, limbs), limbs)
}

export function square(z: usize, a: usize): void {
  squareColumns(a)
  settle(z, limb(columns, limbs), limbs)
}

export function reduce(z: usize, x: usize, count: i32): void {
  reduceColumns(x, count)
  settle(z, limb(columns, limbs), limbs)
}

/** Subtracts `count` limbs of m from x in the lanes where x >= m; returns all ones in those lanes. */
export function subtractOnce(x: usize, m: usize, count: i32, difference: usize): v128 {
  let borrow = i64x2.splat(0)
  const one = i64x2.splat(1)
  const base = i64x2.splat(i64(1) << 51)
  for (let k = 0; k < count; k++) {
    const d = i64x2.sub(add(toIntegers(v128.load(limb(x, k))), base), add(toIntegers(v128.load(limb(m, k))), borrow))
    v128.store(limb(difference, k), toDoubles(limbOf(d)))
    borrow = i64x2.sub(one, carryOf(d))
  }
  const taken = i64x2.sub(borrow, one)
  for (let k = 0; k < count; k++) {
    const at = limb(x, k)
    v128.store(at, v128.bitselect(v128.load(limb(difference, k)), v128.load(at), taken))
  }
  return taken
}

export function setSmall(x: usize, count: i32, value: f64): void {
  v128.store(x, f64x2.splat(value))
  for (let k = 1; k < count; k++) v128.store(limb(x, k), f64x2.splat(0))
}

export function isZeroLane(x: usize, count: i32, lane: i32): bool {
  for (let k = 0; k < count; k++) if (integerAt(x, k, lane) != 0) return false
  return true
}

export function copyLane(z: usize, toLane: i32, x: usize, fromLane: i32, count: i32): void {
  for (let k = 0; k < count; k++) setInteger(z, k, toLane, integerAt(x, k, fromLane))
}
