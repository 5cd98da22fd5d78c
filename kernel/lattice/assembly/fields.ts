import { canonical, toDoubles, toIntegers } from './lanes'

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

/** Doubles from fields; the bytes at `from` may be read up to seven beyond their end. */
export function unpack(values: usize, from: usize, count: i32, width: i32): void {
  const mask: u64 = ((<u64>1) << width) - 1
  let bit: usize = 0
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    const first = (load<u64>(from + (bit >> 3)) >> (bit & 7)) & mask
    bit += width
    const second = (load<u64>(from + (bit >> 3)) >> (bit & 7)) & mask
    bit += width
    v128.store(values + i, toDoubles(i64x2(first, second)))
  }
}

/** 1 when one of the fields at `from` is not below p, else 0; bytes up to seven beyond their end may be read. */
export function beyond(from: usize, count: i32, width: i32, p: i64): i32 {
  const mask: u64 = ((<u64>1) << width) - 1
  const last: u64 = p - 1
  let bit: usize = 0
  let found: u64 = 0
  for (let i = 0; i < count; i++) {
    // Below zero, and so with a highest bit, where it is.
    found |= last - ((load<u64>(from + (bit >> 3)) >> (bit & 7)) & mask)
    bit += width
  }
  return <i32>(found >> 63)
}

/** 1 when so many bytes are not the same at two places, else 0. The count is a multiple of 16. */
export function differ(one: usize, other: usize, bytes: usize): i32 {
  let difference = v128.splat<i32>(0)
  for (let i: usize = 0; i < bytes; i += 16) {
    difference = v128.or(difference, v128.xor(v128.load(one + i), v128.load(other + i)))
  }
  return <i32>v128.any_true(difference)
}
