import { allZero, atLeast, readBytes, writeBytes } from './bytes'
import { canonical, lift, liftAdd, liftMultiply, liftSquare, negate, plain, prepareLifted } from './lifted'
import { clearColumns, columns, integerAt, LIMB, limb, setInteger, spare } from './memory'
import {
  copyLane,
  limbs,
  modulus,
  modulusBytes,
  multiply,
  prepareModulus,
  r2,
  r3,
  setSmall,
  subtractOnce,
} from './modulus'
import { power, powerBytes } from './power'
import { addProduct, expectProduct, settle } from './product'
import { beginProduct, endProduct } from './table'

/*
 * The owner's half: lane 0 is p, lane 1 is q, and everything happens modulo p² and q² at once.
 *
 * Joining by the Chinese remainder theorem without a division: with A = x·q^-2 mod p² in lane 0 and B = x·p^-2 mod q² in
 * lane 1, x = A·q² + B·p² modulo n². Each lane multiplies by the other's square; then the lanes are added.
 *
 * Opening: c^(p-1) = 1 + p·L modulo p², and for g = n + 1 it is 1 + (p - 1)·m·n, so L = -m·q modulo p. In lifted form
 * (1, L): there is nothing to divide. The lanes hold m·q^-1 mod p = -L·q^-2 and m·p^-1 mod q; m = the sum of each times
 * the other prime, modulo n.
 */
let half: usize = 0
/** (q, p): the other lane's prime, h limbs. */
let other: usize = 0
/** (q², p²), 2h limbs. */
let otherSquare: usize = 0
/** (n·q, n·p), 3h limbs. */
let otherTriple: usize = 0
/** n and n² in both lanes, 2h and 4h limbs. */
let whole: usize = 0
let wholeSquare: usize = 0
/** q^-2 modulo p², p^-2 modulo q², lifted, plain. */
let joining: usize = 0
/** -q^-2 modulo p, -p^-2 modulo q, Montgomery form. */
let opening: usize = 0
/** 2^(16·length), half a ciphertext's bits, lifted, Montgomery form. */
let halfway: usize = 0
/** The exponents, big-endian, lane by lane: p - 1; p - 2. */
let exponentLess: usize = 0
let exponentTwoLess: usize = 0
let wholeSquareBytes: usize = 0
let primeBytes: i32 = 0
/** Three lifted numbers, then what `power` needs. */
let work: usize = 0

export function ownerBytes(length: i32): usize {
  const h = halfLimbs(length)
  return (
    modulusBytes(h) + usize(h) * LIMB * (1 + 2 + 3 + 2 + 4 + 2 + 2 + 2 + 10) + 16 * usize(length + 16) + powerBytes(h)
  )
}

function halfLimbs(length: i32): i32 {
  return (8 * length + 8 + 50) / 51
}

function place(at: usize, length: i32): void {
  const h = halfLimbs(length)
  half = at
  other = at + modulusBytes(h)
  otherSquare = limb(other, h)
  otherTriple = limb(otherSquare, 2 * h)
  whole = limb(otherTriple, 3 * h)
  wholeSquare = limb(whole, 2 * h)
  joining = limb(wholeSquare, 4 * h)
  opening = limb(joining, 2 * h)
  halfway = limb(opening, 2 * h)
  work = limb(halfway, 2 * h)
  exponentLess = limb(work, 10 * h) + powerBytes(h)
  exponentTwoLess = exponentLess + usize(2 * length)
  wholeSquareBytes = exponentTwoLess + usize(2 * length)
  primeBytes = length
}

/** Sets up a key at `at`, from p and q of `length` bytes each, one behind the other at `primes`. */
export function prepareOwner(at: usize, primes: usize, length: i32): void {
  place(at, length)
  const h = halfLimbs(length)
  for (let lane = 0; lane < 2; lane++) {
    readBytes(half + 32, h, lane, primes + usize(lane * length), length)
    readBytes(other, h, 1 - lane, primes + usize(lane * length), length)
  }
  prepareModulus(half, h)
  prepareLifted(8 * length)
  memory.copy(exponentLess, primes, usize(2 * length))
  memory.copy(exponentTwoLess, primes, usize(2 * length))
  for (let lane = 0; lane < 2; lane++) {
    const last = exponentLess + usize(lane * length + length - 1)
    store<u8>(last, load<u8>(last) - 1)
    takeTwo(exponentTwoLess + usize(lane * length), length)
  }
  wide(whole, modulus, h, other, h)
  wide(otherSquare, other, h, other, h)
  wide(otherTriple, whole, 2 * h, other, h)
  wide(wholeSquare, whole, 2 * h, whole, 2 * h)
  writeBytes(wholeSquareBytes, 4 * length, wholeSquare, 4 * h, 0)

  setSmall(halfway, 2 * h, 0)
  v128.store(limb(halfway, (16 * length) / 51), f64x2.splat(f64(i64(1) << ((16 * length) % 51))))
  lift(halfway, halfway)
  liftMultiply(halfway, halfway, r3)

  // q^-1 modulo p is q^(p-2): y. From x·y = q^(p-1) = 1 + p·e, the inverse modulo p² is y·(1 - p·e).
  const x = work
  const y = limb(x, 2 * h)
  const z = limb(y, 2 * h)
  const scratch = limb(work, 10 * h)
  memory.copy(x, other, usize(h) * LIMB)
  setSmall(limb(x, h), h, 0)
  liftMultiply(x, x, r2)
  power(y, x, exponentTwoLess, length, scratch)
  liftMultiply(z, x, y)
  plain(z, z, joining)
  negate(limb(z, h))
  liftMultiply(z, z, r2)
  liftMultiply(y, y, z)
  liftSquare(y, y)
  memory.copy(opening, y, usize(h) * LIMB)
  subtractOnce(opening, modulus, h, spare)
  negate(opening)
  plain(joining, y, z)
}

/** n in both lanes, at `at`, as preparePublic would make it. */
export function prepareWhole(at: usize): void {
  const n = (16 * primeBytes + 8 + 50) / 51
  // n's 2h limbs hold at least as many bits as n limbs do.
  memory.copy(at + 32, whole, usize(n) * LIMB)
  prepareModulus(at, n)
  prepareLifted(16 * primeBytes)
}

function takeTwo(number: usize, length: i32): void {
  let borrow = 2
  for (let at = number + usize(length) - 1; at >= number; at--) {
    const value = i32(load<u8>(at)) - borrow
    store<u8>(at, u8(value))
    if (value >= 0) return
    borrow = 1
  }
}

/** z = a·b in na + nb limbs. */
function wide(z: usize, a: usize, na: i32, b: usize, nb: i32): void {
  clearColumns(columns, na + nb)
  expectProduct(columns, na, nb)
  addProduct(columns, a, na, b, nb)
  settle(z, columns, na + nb)
}

/** Adds lane 1 to lane 0 and leaves the sum modulo m, which both were below about twice, in both lanes. */
function addLanes(x: usize, m: usize, count: i32): void {
  let carry: i64 = 0
  for (let k = 0; k < count; k++) {
    carry += integerAt(x, k, 0) + integerAt(x, k, 1)
    setInteger(x, k, 0, carry)
    setInteger(x, k, 1, carry)
    carry >>= 51
  }
  while (v128.any_true(subtractOnce(x, m, count, spare))) {}
}

/** The start of a residue: q^-2 modulo p² and p^-2 modulo q², so that its product is ready to be joined. */
export function beginResidue(x: usize): void {
  beginProduct(x, joining)
}

/** Writes A·q² + B·p² modulo n² for the product z = (A, B) of a table's entries; destroys z. */
export function joinResidue(to: usize, z: usize): void {
  const h = limbs
  endProduct(z, work)
  // (a + b·p)·q² = a·q² + b·(n·q): b below p keeps it below n²; q² has 2h limbs, n·q has 3h.
  const x = work
  clearColumns(columns, 4 * h)
  expectProduct(columns, h, 2 * h)
  expectProduct(columns, h, 3 * h)
  addProduct(columns, z, h, otherSquare, 2 * h)
  addProduct(columns, limb(z, h), h, otherTriple, 3 * h)
  settle(x, columns, 4 * h)
  addLanes(x, wholeSquare, 4 * h)
  writeBytes(to, 4 * primeBytes, x, 4 * h, 0)
}

/**
 * A base: r modulo p and modulo q from `length` bytes per lane (together below R·p), to z = r^p modulo p², and behind it
 * 1/r modulo p, n limbs; both in Montgomery form. False if an r is 0.
 * r^p = r^(p-2)·r², and r^(p-2) is 1/r = 1/r^p modulo p: one power gives both.
 */
export function base(z: usize, random: usize, length: i32): bool {
  const h = limbs
  const x = work
  const y = limb(x, 2 * h)
  for (let lane = 0; lane < 2; lane++) readBytes(x, 2 * h, lane, random + usize(lane * length), length)
  lift(x, x)
  canonical(x)
  for (let lane = 0; lane < 2; lane++) {
    let any: i64 = 0
    for (let k = 0; k < h; k++) any |= integerAt(x, k, lane)
    if (any == 0) return false
  }
  power(y, x, exponentTwoLess, primeBytes, limb(work, 10 * h))
  liftMultiply(z, y, x)
  liftMultiply(z, z, x)
  memory.copy(limb(z, 2 * h), y, usize(h) * LIMB)
  return true
}

/** Opens `count` ciphertexts; returns the index of the first that is not a unit, or -1. */
export function open(to: usize, from: usize, count: i32): i32 {
  const h = limbs
  const length = primeBytes
  const c = work
  const x = limb(c, 4 * h)
  const y = limb(x, 2 * h)
  const z = limb(y, 2 * h)
  for (let i = 0; i < count; i++, from += usize(4 * length), to += usize(2 * length)) {
    if (atLeast(from, wholeSquareBytes, 4 * length) || allZero(from, 4 * length)) return i
    // c = high·2^(16·length) + low, both below 4p² < R·p as lift requires, brought to Montgomery form c·R.
    readBytes(c, 2 * h, 0, from, 2 * length)
    copyLane(c, 1, c, 0, 2 * h)
    lift(x, c)
    liftMultiply(x, x, halfway)
    readBytes(c, 2 * h, 0, from + usize(2 * length), 2 * length)
    copyLane(c, 1, c, 0, 2 * h)
    lift(y, c)
    liftAdd(x, x, y)
    liftMultiply(x, x, r3)
    power(y, x, exponentLess, length, limb(work, 10 * h))
    plain(y, y, z)
    // (1, L) in both lanes, unless p or q divides c.
    if (!isOne(y, h)) return i
    multiply(z, limb(y, h), opening)
    subtractOnce(z, modulus, h, spare)
    wide(x, z, h, other, h)
    addLanes(x, whole, 2 * h)
    writeBytes(to, 2 * length, x, 2 * h, 0)
  }
  return -1
}

function isOne(x: usize, count: i32): bool {
  for (let lane = 0; lane < 2; lane++) {
    let rest: i64 = integerAt(x, 0, lane) ^ 1
    for (let k = 1; k < count; k++) rest |= integerAt(x, k, lane)
    if (rest != 0) return false
  }
  return true
}
