import { HIGH, LIMB_BITS, LIMB_MASK, LOW } from './lanes'

/*
 * The module owns no memory: it works in a region that `open` is told of, so that several instances may share one memory
 * and each keep to its own region. Nothing is ever placed by the compiler (no data segment, no heap).
 *
 * Columns. A product or a Montgomery reduction collects its halves in 64-bit columns, column k weighing 2^(51k).
 * What a column collects beyond its value is known beforehand (HIGH and LOW, as often as high and low are added: lanes.ts),
 * so it starts at minus that, modulo 2^64. It also starts with a bias that makes every shift a logical one: with +2^62 in each
 * column, the logical shift of a column by 51 gives its true carry plus 2^11, and -2^11 in the next column takes that
 * back. HIGH, LOW and 2^62 are multiples of 2^51, so the low 51 bits of a column are right even before it has
 * collected everything.
 *
 * Why no column overflows. Column k collects at most n low halves (|r| <= 2^50) and n high halves (0 <= k' <= 2^51, or
 * 2^52 for a doubled factor) of each of at most three products, one integer below 2^53, and a carry. With n <= 161 (8192
 * bits): 3·161·(2^50 + 2^52) + 2^53 + carry < 2^62. So value + 2^62 stays within (0, 2^63).
 */
export const BIAS: i64 = 0x4000000000000000
const CARRY_BIAS: i64 = 0x800

/** Bytes of a limb of both lanes. */
export const LIMB: usize = 16
/** The widest modulus is 8192 bits = 161 limbs; the widest number is four halves of one of 4096 = 2·81 + 2 limbs. */
const MAX_LIMBS: usize = 166
const BUFFER: usize = 2 * MAX_LIMBS * LIMB

/** Columns of the product at hand. */
export let columns: usize = 0
/** Columns of the product's second component (lifted.ts). */
export let columns2: usize = 0
/** Montgomery's digits of the last reduction, as integers. */
export let digits: usize = 0
/** Numbers of up to 2 · 166 limbs, for whoever runs: never kept across calls of another function that names it. */
export let spare: usize = 0
export let spare2: usize = 0

/** Places the scratch at `base` (a multiple of 16); returns the first free byte behind it. */
export function start(base: usize): usize {
  columns = base
  columns2 = columns + BUFFER
  digits = columns2 + BUFFER
  spare = digits + BUFFER
  spare2 = spare + BUFFER
  return spare2 + BUFFER
}

// @ts-expect-error: decorator
@inline
export function limb(base: usize, index: i32): usize {
  return base + (usize(index) << 4)
}

/** `count` columns that have collected nothing. */
export function clearColumns(t: usize, count: i32): void {
  v128.store(t, i64x2.splat(BIAS))
  const rest = i64x2.splat(BIAS - CARRY_BIAS)
  for (let k = 1; k < count; k++) v128.store(limb(t, k), rest)
}

/**
 * Minus `times` pairs of halves in each of `count` columns from `from` on: LOW there, HIGH in the column above.
 * Every routine that fills columns has a companion that says, in these terms, what it leaves behind.
 */
export function expectHalves(t: usize, from: i32, count: i32, times: i64): void {
  const lows = i64x2.splat(-times * LOW)
  const highs = i64x2.splat(-times * HIGH)
  for (let at = limb(t, from), end = limb(at, count); at < end; at += LIMB) {
    v128.store(at, i64x2.add(v128.load(at), lows))
    v128.store(at, i64x2.add(v128.load(at, 16), highs), 16)
  }
}

/** One lane of a limb, as an integer. */
// @ts-expect-error: decorator
@inline
export function integerAt(base: usize, index: i32, lane: i32): i64 {
  return i64(load<f64>(limb(base, index) + (usize(lane) << 3)))
}

// @ts-expect-error: decorator
@inline
export function setInteger(base: usize, index: i32, lane: i32, value: i64): void {
  store<f64>(limb(base, index) + (usize(lane) << 3), f64(value & LIMB_MASK))
}

/** Limbs that hold `bits` bits. */
export function limbsFor(bits: i32): i32 {
  return (bits + LIMB_BITS - 1) / LIMB_BITS
}
