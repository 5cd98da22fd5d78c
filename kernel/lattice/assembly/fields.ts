import { canonical, toDoubles, toIntegers } from './lanes'

/*
 * Residues in fields of their prime's width, from the least significant bit on: eight fields take as many bytes as a field
 * has bits. The count is a multiple of 8.
 */

/** Fields from doubles anywhere below 2^53, brought into [0, p). */
export function pack(to: usize, values: usize, count: i32, width: i32, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  let bits: i32 = 0
  let pending: u64 = 0
  let out = to
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    const pair = toIntegers(canonical(v128.load(values + i), prime, inverted))
    for (let lane = 0; lane < 2; lane++) {
      const field: u64 = lane == 0 ? i64x2.extract_lane(pair, 0) : i64x2.extract_lane(pair, 1)
      pending |= field << bits
      bits += width
      if (bits >= 64) {
        store<u64>(out, pending)
        out += 8
        bits -= 64
        pending = bits ? field >> (width - bits) : 0
      }
    }
  }
  // A group of eight fields ends at a byte; what is left is less than a word.
  for (; bits > 0; bits -= 8, out++, pending >>= 8) store<u8>(out, <u8>pending)
}

/** Doubles from fields; the bytes at `from` may be read up to seven beyond their end. Returns 1 when a field is not below p. */
export function unpack(values: usize, from: usize, count: i32, width: i32, p: i64): i32 {
  const mask: u64 = ((<u64>1) << width) - 1
  const bound = i64x2.splat(p)
  let beyond = i64x2.splat(0)
  let bit: usize = 0
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    const first = (load<u64>(from + (bit >> 3)) >> (bit & 7)) & mask
    bit += width
    const second = (load<u64>(from + (bit >> 3)) >> (bit & 7)) & mask
    bit += width
    const pair = i64x2(first, second)
    beyond = v128.or(beyond, i64x2.ge_s(pair, bound))
    v128.store(values + i, toDoubles(pair))
  }
  return i32(v128.any_true(beyond))
}
