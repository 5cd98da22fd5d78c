/*
 * Two lanes, one limb: a v128 holds the same limb of two independent numbers, as two f64 integers in [0, 2^51).
 *
 * The split of a product. For integers 0 <= a·b <= 2^103 - 2^51:
 *   high = fma(a, b, 2^103) lies in [2^103, 2^104), where doubles are 2^51 apart, so it is 2^103 + k·2^51 with
 *          k = round(a·b / 2^51) <= 2^52 - 1: the exponent is always that of 2^103 and the mantissa bits are k.
 *   2^103 + 3·2^51 - high = (3 - k)·2^51 is exact: k - 3 has at most 52 bits.
 *   low  = fma(a, b, (3 - k)·2^51) = 3·2^51 + r with r = a·b - k·2^51, |r| <= 2^50: an integer between 2^52 and 2^53,
 *          where doubles are 1 apart, so it is exact and its mantissa bits are 2^51 + r.
 * As 64-bit integers, bits(high) = HIGH + k and bits(low) = LOW + r, with the constants below; a·b = k·2^51 + r.
 * Limbs are below 2^51, so a·b < 2^102, and one of the two factors may be doubled (2·limb <= 2^52 - 2): the product is
 * then at most (2^52 - 2)(2^51 - 1) < 2^103 - 2^51.
 */
export const LIMB_BITS: i32 = 51
export const LIMB_MASK: i64 = 0x7ffffffffffff
/** bits(2^103) */
export const HIGH: i64 = 0x4660000000000000
/** bits(3·2^51) */
export const LOW: i64 = 0x4338000000000000
/** 2^103 */
export const HIGH_BASE: f64 = 10141204801825835211973625643008.0
/** 2^103 + 3·2^51 */
export const LOW_BASE: f64 = 10141204801825841967373066698752.0
/** bits(2^52): or-ed onto an integer below 2^52 it gives the double 2^52 + integer. */
const INTEGER: i64 = 0x4330000000000000
const INTEGER_BASE: f64 = 4503599627370496.0

/** Of a·b: HIGH + k. */
// @ts-expect-error: decorator
@inline
export function high(a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, f64x2.splat(HIGH_BASE))
  return f64x2.add(f64x2.mul(a, b), f64x2.splat(HIGH_BASE))
}

/** Of a·b: LOW + r, from the high half. */
// @ts-expect-error: decorator
@inline
export function low(a: v128, b: v128, highPart: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, f64x2.sub(f64x2.splat(LOW_BASE), highPart))
  return add(rest(a, b, highPart), i64x2.splat(LOW))
}

/*
 * Two products of one column: highOnto(c, d, high(a, b)) = fma(c, d, 2^103 + k·2^51) = 2^103 + (k + k')·2^51. With all
 * four factors below 2^51, k and k' are at most 2^51 - 1, so the sum is below 2^104 and the same holds as above: HIGH +
 * k + k' in one addition, c·d = k'·2^51 + r' with |r'| <= 2^50. The difference of the two highs, -k'·2^51, is exact, and
 * lowPlain = r'. low + lowPlain as doubles is 3·2^51 + r + r', still between 2^52 and 2^53: exact, bits LOW + r + r'.
 * One of the products then costs one integer addition less. LOW and HIGH are collected once for the two.
 */
// @ts-expect-error: decorator
@inline
export function highOnto(a: v128, b: v128, below: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, below)
  return f64x2.add(f64x2.mul(a, b), below)
}

// @ts-expect-error: decorator
@inline
export function lowPlain(a: v128, b: v128, below: v128, highPart: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, f64x2.sub(below, highPart))
  return rest(a, b, i64x2.sub(highPart, below))
}

/** LOW + r + r' of two products in one column, from low and lowPlain. */
// @ts-expect-error: decorator
@inline
export function lows(first: v128, second: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.add(first, second)
  return add(first, second)
}

/*
 * Without a fused multiply-add the product is rounded before it is split: p = a·b (1 + e), |e| <= 2^-53, so it is off by at
 * most 2^49, and k = round(p / 2^51) leaves |r| <= 2^50 + 2^49. That is still far from what a column holds (memory.ts: with
 * 3/2·2^50 in place of 2^50 it is below 2^62), and p stays so far below 2^103 that the exponent is as it was. r is exact as
 * an integer modulo 2^64: a·b - k·2^51, of which shifting bits(high) by 51 leaves k·2^51 alone.
 */
// @ts-expect-error: decorator
@inline
function rest(a: v128, b: v128, highPart: v128): v128 {
  return i64x2.sub(i64x2.mul(toIntegers(a), toIntegers(b)), i64x2.shl(highPart, LIMB_BITS))
}

/** Integers in [0, 2^51) as doubles. */
// @ts-expect-error: decorator
@inline
export function toDoubles(integers: v128): v128 {
  return f64x2.sub(v128.or(integers, i64x2.splat(INTEGER)), f64x2.splat(INTEGER_BASE))
}

/** Doubles that are integers in [0, 2^52) as integers. */
// @ts-expect-error: decorator
@inline
export function toIntegers(doubles: v128): v128 {
  return v128.xor(f64x2.add(doubles, f64x2.splat(INTEGER_BASE)), i64x2.splat(INTEGER))
}

// @ts-expect-error: decorator
@inline
export function add(a: v128, b: v128): v128 {
  return i64x2.add(a, b)
}

/** The bits of a biased column above its limb: see columns.ts. */
// @ts-expect-error: decorator
@inline
export function carryOf(column: v128): v128 {
  return i64x2.shr_u(column, LIMB_BITS)
}

/** The low 51 bits of each lane. */
// @ts-expect-error: decorator
@inline
export function limbOf(column: v128): v128 {
  return v128.and(column, i64x2.splat(LIMB_MASK))
}

/**
 * 1 when relaxed_madd rounds once, 0 when it rounds twice: (2^27 + 1)² = 2^54 + 2^28 + 1 needs 55 bits.
 * The operands go through memory at `scratch`, so that the compiler cannot work it out beforehand.
 */
export function fused(scratch: usize): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return 1
  v128.store(scratch, f64x2.splat(134217729.0))
  v128.store(scratch + 16, f64x2.splat(-18014398777917440.0))
  const a = v128.load(scratch)
  const r = f64x2.relaxed_madd(a, a, v128.load(scratch + 16))
  return i32(f64x2.extract_lane(r, 0) == 1.0 && f64x2.extract_lane(r, 1) == 1.0)
}
