
/*
 * Two residues modulo a prime p < 2^49, as doubles that are integers. They are kept anywhere near zero and brought into
 * [-p/2, p/2] or [0, p) only where it matters; every sum below stays under 2^53, where integers are doubles.
 *
 * The product. For integers |a| <= 2^53 and |w| <= p/2 (w is a table's entry, centred):
 *   h = round(a·w), l = a·w - h exactly (one fused operation, or Dekker's seventeen).
 *   q = nearest(h·(1/p)): with the roundings of h, of 1/p and of their product, |q - a·w/p| <= 1/2 + 3·2^-53·|a||w|/p.
 *   h - q·p is an integer of magnitude below 2^51, so it is a double, and one fused operation gives it without error.
 *   The result h - q·p + l is a·w - q·p: an integer, congruent to a·w, and
 *   |result| <= (1/2 + 3·2^-53·|a||w|/p)·p <= (1/2 + 1.5·2^-53·|a|)·p.
 * With |a| <= 16·p < 2^53 that is at most 2·p; with |a| <= p, at most 0.6·p.
 */

/** Whether a few turns of the innermost loops are written out: Dekker's product leaves no room for that in 16 KB. */
export const WRITTEN_OUT: bool = ASC_FEATURE_RELAXED_SIMD

/** The nearest multiple of p taken away: |x| < 2^53 to at most p/2 and a hair (2^-53·|x|, less than one). */
// @ts-expect-error: decorator
@inline
export function centre(x: v128, p: v128, inverse: v128): v128 {
  return subtractProduct(x, f64x2.nearest(f64x2.mul(x, inverse)), p)
}

/** x - q·p, where it is an integer below 2^53. */
// @ts-expect-error: decorator
@inline
function subtractProduct(x: v128, q: v128, p: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_nmadd(q, p, x)
  const high = f64x2.mul(q, p)
  return f64x2.sub(f64x2.sub(x, high), lowOf(q, p, high))
}

/** a·w modulo p: see above. */
// @ts-expect-error: decorator
@inline
export function multiply(a: v128, w: v128, p: v128, inverse: v128): v128 {
  const high = f64x2.mul(a, w)
  const rest = subtractProduct(high, f64x2.nearest(f64x2.mul(high, inverse)), p)
  // h − a·w is −l, and needs no sign turned.
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.sub(rest, f64x2.relaxed_nmadd(a, w, high))
  return f64x2.add(rest, lowOf(a, w, high))
}

/** a·b - round(a·b) (Dekker 1971, with Veltkamp's splitting): exact for |a|, |b| <= 2^53. */
// @ts-expect-error: decorator
@inline
function lowOf(a: v128, b: v128, product: v128): v128 {
  const splitter = f64x2.splat(134217729.0)
  const scaledA = f64x2.mul(a, splitter)
  const highA = f64x2.sub(scaledA, f64x2.sub(scaledA, a))
  const lowA = f64x2.sub(a, highA)
  const scaledB = f64x2.mul(b, splitter)
  const highB = f64x2.sub(scaledB, f64x2.sub(scaledB, b))
  const lowB = f64x2.sub(b, highB)
  const first = f64x2.sub(f64x2.mul(highA, highB), product)
  return f64x2.add(
    f64x2.add(f64x2.add(first, f64x2.mul(highA, lowB)), f64x2.mul(lowA, highB)),
    f64x2.mul(lowA, lowB),
  )
}

/** From anywhere below 2^53 into [0, p). */
// @ts-expect-error: decorator
@inline
export function canonical(x: v128, p: v128, inverse: v128): v128 {
  // Centred it is in [-p/2 - 1, p/2 + 1]; an integer below zero gets p added.
  const centred = centre(x, p, inverse)
  return f64x2.add(centred, v128.and(p, f64x2.lt(centred, f64x2.splat(0.0))))
}

/** bits(2^52): or-ed onto an integer below 2^52 it gives the double 2^52 + integer. */
const INTEGER: i64 = 0x4330000000000000
const INTEGER_BASE: f64 = 4503599627370496.0

/** Integers in [0, 2^52) as the doubles 2^52 + integer, which have their order. */
// @ts-expect-error: decorator
@inline
export function asSum(integers: v128): v128 {
  return v128.or(integers, i64x2.splat(INTEGER))
}

/** The integers of such sums, as doubles. */
// @ts-expect-error: decorator
@inline
export function ofSum(sums: v128): v128 {
  return f64x2.sub(sums, f64x2.splat(INTEGER_BASE))
}

/**
 * Integers in [0, 2^63) as doubles, exactly where 53 bits are enough for them. The upper half h of each is taken as
 * 2^84 + 2^32·h, the lower half l as 2^52 + l; what is subtracted from the first leaves 2^32·h − 2^52, and only the sum rounds.
 */
// @ts-expect-error: decorator
@inline
export function fromLong(integers: v128): v128 {
  const lower = v128.shuffle<i32>(integers, i64x2.splat(INTEGER), 0, 5, 2, 7)
  const upper = v128.or(i64x2.shr_u(integers, 32), i64x2.splat(0x4530000000000000))
  return f64x2.add(f64x2.sub(upper, f64x2.splat(19342813118337666422669312.0)), lower)
}

/** Doubles that are integers in [0, 2^52) as integers. */
// @ts-expect-error: decorator
@inline
export function toIntegers(doubles: v128): v128 {
  return v128.xor(f64x2.add(doubles, f64x2.splat(INTEGER_BASE)), i64x2.splat(INTEGER))
}

/** 1 when multiply-adds round once, as everything here needs them to; else 0. Without them, always 1. */
export function fused(): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return 1
  // (2^27 + 1)^2 = 2^54 + 2^28 + 1, and its last bit is lost where the product is rounded by itself.
  const a = f64x2.splat(134217729.0)
  const low = f64x2.relaxed_madd(a, a, f64x2.neg(f64x2.mul(a, a)))
  const lost = f64x2.relaxed_nmadd(a, a, f64x2.mul(a, a))
  return i32(f64x2.extract_lane(low, 0) == 1.0 && f64x2.extract_lane(low, 1) == 1.0 && f64x2.extract_lane(lost, 0) == -1.0)
}
