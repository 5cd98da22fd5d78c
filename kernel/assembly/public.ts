import { readBytes, writeBytes } from './bytes'
import { canonical, join, lift, liftMultiply, liftSquare, negate, plain, prepareLifted } from './lifted'
import { LIMB, limb, setInteger, spare } from './memory'
import { limbs, modulus, multiply, prepareModulus, r1, r2, r3, reduce, setSmall, square, subtractOnce } from './modulus'

/*
 * What needs n alone, modulo n² in lifted form, two independent numbers in the lanes.
 * Register r of a program is the lifted number at `registers` + r · 2n limbs.
 */

/** Sets up n, `length` bytes at `from`, in both lanes, at `at`. */
export function preparePublic(at: usize, from: usize, length: i32): void {
  const n = (8 * length + 8 + 50) / 51
  for (let lane = 0; lane < 2; lane++) readBytes(at + 32, n, lane, from, length)
  prepareModulus(at, n)
  prepareLifted(8 * length)
}

/** Runs (to, left, right) triples: register to = left · right · R^-1. */
export function run(registers: usize, program: usize, count: i32): void {
  const size = usize(limbs) << 5
  for (const end = program + usize(count) * 12; program < end; program += 12) {
    const to = registers + usize(load<u32>(program)) * size
    const left = registers + usize(load<u32>(program, 4)) * size
    const right = registers + usize(load<u32>(program, 8)) * size
    if (left == right) liftSquare(to, left)
    else liftMultiply(to, left, right)
  }
}

/**
 * Replaces two numbers below n of `length` bytes, one behind the other at `io`, by what a program makes of them modulo n:
 * numbers of n limbs, half as long as those of `run`, and so is a register. Register 0 is the number, `result` the address
 * of the register that is wanted, `work` scratch of a register.
 */
export function runModuloN(
  io: usize, length: i32, registers: usize, program: usize, count: i32, result: usize, work: usize,
): void {
  const n = limbs
  const size = usize(n) << 4
  for (let lane = 0; lane < 2; lane++) readBytes(registers, n, lane, io + usize(lane * length), length)
  // The first half of a lifted R² is R² modulo n.
  multiply(registers, registers, r2)
  for (const end = program + usize(count) * 12; program < end; program += 12) {
    const to = registers + usize(load<u32>(program)) * size
    const left = registers + usize(load<u32>(program, 4)) * size
    const right = registers + usize(load<u32>(program, 8)) * size
    if (left == right) square(to, left)
    else multiply(to, left, right)
  }
  setSmall(work, n, 1)
  multiply(work, result, work)
  subtractOnce(work, modulus, n, spare)
  for (let lane = 0; lane < 2; lane++) writeBytes(io + usize(lane * length), length, work, n, lane)
}

/** z = c·R^-1 for `length`-byte numbers c, one a lane, each below R². */
export function load2(z: usize, first: usize, second: usize, length: i32, work: usize): void {
  readBytes(work, 2 * limbs, 0, first, length)
  readBytes(work, 2 * limbs, 1, second, length)
  lift(z, work)
}

/** load2 for `count` numbers, one behind the other from `first` and from `second` on, to registers from z on. */
export function loadMany(z: usize, first: usize, second: usize, length: i32, count: i32, work: usize): void {
  for (let i = 0; i < count; i++, first += usize(length), second += usize(length), z += usize(limbs) << 5) {
    load2(z, first, second, length, work)
  }
}

/** Writes plain x as numbers below n² of `length` bytes; destroys x. */
export function store2(first: usize, second: usize, length: i32, x: usize, work: usize): void {
  join(work, x)
  writeBytes(first, length, work, 2 * limbs, 0)
  writeBytes(second, length, work, 2 * limbs, 1)
}

export function setOne(x: usize): void {
  setSmall(x, 2 * limbs, 1)
}

/**
 * The product of `count` ciphertexts, times a power of R, modulo n, as `length` / 2 bytes: a unit exactly if all are.
 * Lane 0 takes the even ones, lane 1 the odd ones.
 */
export function productOf(to: usize, from: usize, count: i32, length: i32, work: usize): void {
  const n = limbs
  const x = limb(work, 2 * n)
  const y = limb(x, n)
  memory.copy(y, r1, usize(n) * LIMB)
  for (let i = 0; i < count; i += 2) {
    readBytes(work, 2 * n, 0, from + usize(i * length), length)
    if (i + 1 < count) readBytes(work, 2 * n, 1, from + usize((i + 1) * length), length)
    else setLaneOne(work, 2 * n)
    reduce(x, work, 2 * n)
    multiply(y, y, x)
  }
  swapLanes(x, y, n)
  multiply(y, y, x)
  subtractOnce(y, modulus, n, spare)
  writeBytes(to, length >> 1, y, n, 0)
}

function setLaneOne(x: usize, count: i32): void {
  for (let k = 0; k < count; k++) setInteger(x, k, 1, k == 0 ? 1 : 0)
}

function swapLanes(z: usize, x: usize, count: i32): void {
  for (let k = 0; k < count; k++) {
    const value = v128.load(limb(x, k))
    v128.store(limb(z, k), v128.shuffle<u64>(value, value, 1, 0))
  }
}

/*
 * Inverting many numbers with one inversion: products[i] = x_0 … x_i in each lane, then the two lanes' totals multiplied.
 * Only its first component is inverted, modulo n, outside; the rest follows from (a + bn)·y = 1 + n·e.
 */

/** Writes the number to invert modulo n, `length` bytes. `work`: four lifted numbers that endInversion wants back. */
export function beginInversion(x: usize, products: usize, count: i32, to: usize, length: i32, work: usize): void {
  const n = limbs
  const size = usize(n) << 5
  memory.copy(products, x, size)
  for (let i = 1; i < count; i++) {
    liftMultiply(products + usize(i) * size, products + usize(i - 1) * size, x + usize(i) * size)
  }
  const total = work
  const swapped = work + size
  swapLanes(swapped, products + usize(count - 1) * size, 2 * n)
  liftMultiply(total, products + usize(count - 1) * size, swapped)
  canonical(total)
  writeBytes(to, length, total, n, 0)
}

/** Replaces each x by its inverse, given the inverse asked for. */
export function endInversion(x: usize, products: usize, count: i32, from: usize, length: i32, work: usize): void {
  const n = limbs
  const size = usize(n) << 5
  const total = work
  const swapped = work + size
  const y = swapped + size
  const e = y + size
  for (let lane = 0; lane < 2; lane++) readBytes(y, n, lane, from, length)
  // The number was V = X·R; Montgomery's form of 1/X is V^-1·R².
  multiply(y, y, r3)
  setSmall(limb(y, n), n, 0)
  liftMultiply(e, total, y)
  plain(e, e, total)
  negate(limb(e, n))
  liftMultiply(e, e, r2)
  liftMultiply(y, y, e)
  // One lane's total is the other's cofactor.
  liftMultiply(y, y, swapped)
  for (let i = count - 1; i > 0; i--) {
    const at = x + usize(i) * size
    liftMultiply(e, y, products + usize(i - 1) * size)
    liftMultiply(y, y, at)
    memory.copy(at, e, size)
  }
  memory.copy(x, y, size)
}

/** x = x·R^times, for times 1 (a plain number to Montgomery form) or 2 (what `lift` left to Montgomery form). */
export function toMontgomery(x: usize, times: i32): void {
  liftMultiply(x, x, times == 2 ? r3 : r2)
}

export function fromMontgomery(x: usize, work: usize): void {
  plain(x, x, work)
}

/** Montgomery's 1. */
export function setMontgomeryOne(x: usize): void {
  memory.copy(x, r1, usize(limbs) << 5)
}

/** Montgomery's form of R (sign 1) or of R^-1 (sign -1). */
export function setPowerOfR(x: usize, sign: i32): void {
  if (sign < 0) setOne(x)
  else memory.copy(x, r2, usize(limbs) << 5)
}

/** 1 + m·n, plain, in both lanes: (1, m). */
export function liftPlaintext(x: usize, from: usize, length: i32): void {
  setOne(x)
  for (let lane = 0; lane < 2; lane++) readBytes(limb(x, limbs), limbs, lane, from, length)
}

/**
 * product · inverse (unless that is 0) · factor · mask, out to where the two masks of `length` bytes stood at `io`.
 * scoring.ts keeps account of the powers of R.
 */
export function finish(io: usize, length: i32, product: usize, inverse: usize, factor: usize, work: usize): void {
  const x = work
  const y = work + (usize(limbs) << 5)
  const more = y + (usize(limbs) << 5)
  if (inverse) liftMultiply(product, product, inverse)
  load2(y, io, io + usize(length), length, more)
  liftMultiply(x, product, factor)
  liftMultiply(x, x, y)
  store2(io, io + usize(length), length, x, more)
}
