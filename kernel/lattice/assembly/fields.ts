import { canonical, fromLong, toIntegers } from './lanes'

/*
 * Residues in fields of their prime's width, from the least significant bit on: eight fields take as many bytes as a field
 * has bits. The count is a multiple of 8.
 */

/**
 * Fields from doubles anywhere below 2^53, brought into [0, p). Whole words are written, each over the one before from the
 * byte on where a field begins: up to seven bytes beyond the end, too.
 */
export function pack(to: usize, values: usize, count: i32, width: i32, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  let out = to
  // Less than a byte that is not written yet; with a field of at most 49 bits, less than a word.
  let bits: i32 = 0
  let pending: u64 = 0
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    const pair = toIntegers(canonical(v128.load(values + i), prime, inverted))
    pending |= <u64>i64x2.extract_lane(pair, 0) << bits
    store<u64>(out, pending)
    bits += width
    out += bits >> 3
    pending >>= bits & 56
    bits &= 7
    pending |= <u64>i64x2.extract_lane(pair, 1) << bits
    store<u64>(out, pending)
    bits += width
    out += bits >> 3
    pending >>= bits & 56
    bits &= 7
  }
}

/*
 * Fields are taken apart in pairs: the same pair of every eight fields after each other, since it stands there at the same
 * bits. Sixteen bytes are loaded from the byte where a pair begins, of which a swizzle brings the eight from where each field
 * begins into its lane. There the field is up to seven bits above the lowest, with others' bits around it, which are masked.
 */

/** Fields of which all pairs are taken before the next ones, so that they stay in the nearest cache. */
const SOME: i32 = 512

/** Where the bytes of a pair's lanes are, whose second field begins `second` bits behind the pair's first byte. */
// @ts-expect-error: decorator
@inline
function lanesOf(second: i32): v128 {
  const first: i64 = 0x0706050403020100
  return i64x2(first, first + 0x0101010101010101 * <i64>(second >> 3))
}

/** An integer as high in both lanes as their fields are. */
// @ts-expect-error: decorator
@inline
function raised(value: i64, first: i32, second: i32): v128 {
  return i64x2(value << first, value << (second & 7))
}

// @ts-expect-error: decorator
@inline
function pairAt(from: usize, lanes: v128, mask: v128): v128 {
  return v128.and(v128.swizzle(v128.load(from), lanes), mask)
}

/** Doubles from fields; the bytes at `from` may be read up to ten beyond their end. */
export function unpack(values: usize, from: usize, count: i32, width: i32): void {
  const ones = ((<i64>1) << width) - 1
  for (let i = 0; i < count; i += SOME) {
    const at = values + ((<usize>i) << 3)
    const end = at + ((<usize>min(SOME, count - i)) << 3)
    for (let pair = 0; pair < 4; pair++) {
      const bits = 2 * pair * width
      const first = bits & 7
      const second = first + width
      const lanes = lanesOf(second)
      const mask = raised(ones, first, second)
      // Powers of two that bring the fields down.
      const share = i64x2.sub(i64x2.splat(0x3ff0000000000000), i64x2((<i64>first) << 52, (<i64>(second & 7)) << 52))
      let source = from + <usize>((i >> 3) * width + (bits >> 3))
      let to = at + ((<usize>pair) << 4)
      for (const last = end - 64; to < last; to += 128, source += width << 1) {
        const one = pairAt(source, lanes, mask)
        const next = pairAt(source + width, lanes, mask)
        v128.store(to, f64x2.mul(fromLong(one), share))
        v128.store(to, f64x2.mul(fromLong(next), share), 64)
      }
      if (to < end) v128.store(to, f64x2.mul(fromLong(pairAt(source, lanes, mask)), share))
    }
  }
}

/** 1 when one of the fields at `from` is not below p, else 0; bytes up to ten beyond their end may be read. */
export function beyond(from: usize, count: i32, width: i32, p: i64): i32 {
  const ones = ((<i64>1) << width) - 1
  let found = i64x2.splat(0)
  for (let i = 0; i < count; i += SOME) {
    const start = from + <usize>((i >> 3) * width)
    const bytes = <usize>((min(SOME, count - i) >> 3) * width)
    for (let pair = 0; pair < 4; pair++) {
      const bits = 2 * pair * width
      const first = bits & 7
      const second = first + width
      const lanes = lanesOf(second)
      const mask = raised(ones, first, second)
      const most = raised(p - 1, first, second)
      let source = start + <usize>(bits >> 3)
      const end = source + bytes
      for (const last = end - width; source < last; source += width << 1) {
        const one = i64x2.gt_s(pairAt(source, lanes, mask), most)
        const next = i64x2.gt_s(pairAt(source + width, lanes, mask), most)
        found = v128.or(found, v128.or(one, next))
      }
      if (source < end) found = v128.or(found, i64x2.gt_s(pairAt(source, lanes, mask), most))
    }
  }
  return <i32>v128.any_true(found)
}

/** 1 when so many bytes are not the same at two places, else 0. The count is a multiple of 16. */
export function differ(one: usize, other: usize, bytes: usize): i32 {
  let difference = v128.splat<i32>(0)
  for (let i: usize = 0; i < bytes; i += 16) {
    difference = v128.or(difference, v128.xor(v128.load(one + i), v128.load(other + i)))
  }
  return <i32>v128.any_true(difference)
}
