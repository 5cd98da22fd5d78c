import { blocks } from './chacha'
import { toDoubles } from './lanes'

/*
 * What is drawn from streams, as core/protocol/lattice/sample.ts draws it: the same words make the same values. Values are
 * doubles. `bytes` is room for 256 bytes, where nothing else is said.
 */

/**
 * Uniform residues modulo p of `width` bits, `size` = ⌈width/8⌉ bytes each. `bytes` has room for all of them and 512 more:
 * a whole stream is made there and then taken apart, two residues at a time.
 */
export function uniform(to: usize, count: i32, state: usize, bytes: usize, width: i32, p: i64): void {
  const size = (width + 7) >> 3
  const mask = i64x2.splat(((<i64>1) << width) - 1)
  const bound = i64x2.splat(p)
  // Two fields of `size` bytes into two words; what is beyond a field is masked.
  const places = i64x2(0x0706050403020100, 0x0706050403020100 + <i64>size * 0x0101010101010101)
  const end = to + ((<usize>count) << 3)
  let at = to
  let from = bytes
  let until = bytes
  while (at < end) {
    // What is left of the last blocks goes before the next ones.
    const left = until - from
    for (let i: usize = 0; i < left; i++) store<u8>(bytes + i, load<u8>(from + i))
    from = bytes
    until = bytes + left
    const wanted = until + ((end - at) >> 3) * size
    while (until < wanted) {
      blocks(until, state)
      until += 256
    }
    while (at < end && from + (size << 1) <= until) {
      const pair = v128.and(v128.swizzle(v128.load(from), places), mask)
      if (v128.any_true(i64x2.ge_s(pair, bound)) || end - at < 16) {
        // One at a time: for most primes less than one pair in a hundred.
        const first = i64x2.extract_lane(pair, 0)
        from += size
        if (first < p) {
          f64.store(at, <f64>first)
          at += 8
        }
      } else {
        v128.store(at, toDoubles(pair))
        at += 16
        from += size << 1
      }
    }
  }
}

/** −1, 0 or 1. What is drawn again depends on bits that are then thrown away. */
export function ternary(to: usize, count: i32, state: usize, bytes: usize): void {
  const end = to + ((<usize>count) << 3)
  let at = to
  while (at < end) {
    blocks(bytes, state)
    for (let from = bytes; from < bytes + 256 && at < end; from += 4) {
      let word = i32.load(from)
      for (let pair = 0; pair < 16 && at < end; pair++) {
        const value = word & 3
        word = word >>> 2
        if (value != 3) {
          f64.store(at, <f64>(value - 1))
          at += 8
        }
      }
    }
  }
}

/**
 * Centred binomials of 2·21 bits, each of six bytes: the ones of the lowest 21 bits of three less those of the other three.
 * The count is even; `bytes` has room for the whole stream.
 */
export function binomial(to: usize, count: i32, state: usize, bytes: usize): void {
  const mask = i8x16(-1, -1, 31, 0, -1, -1, 31, 0, -1, -1, 31, 0, -1, -1, 31, 0)
  const places = i8x16(0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11)
  const end = bytes + <usize>count * 6
  for (let at = bytes; at < end; at += 256) blocks(at, state)
  let at = to
  for (let from = bytes; from < end; from += 12, at += 16) {
    const fields = v128.and(v128.swizzle(v128.load(from), places), mask)
    const ones = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(fields)))
    const plus = v128.shuffle<i32>(ones, ones, 0, 2, 0, 2)
    const minus = v128.shuffle<i32>(ones, ones, 1, 3, 1, 3)
    v128.store(at, f64x2.convert_low_i32x4_s(i32x4.sub(plus, minus)))
  }
}

/**
 * Floods, limb by limb: `limbs` rows of `count` doubles each at `to`, the sums of the limbs of three uniforms of so many
 * bits, below 3·2^32. Their offset, 3·2^(bits−1), is not taken away yet.
 */
export function flood(to: usize, count: i32, bits: i32, state: usize, bytes: usize): void {
  const limbs = (bits + 31) >> 5
  const last = bits & 31
  const topMask: u32 = last ? ((<u32>1) << last) - 1 : 0xffffffff
  const row = (<usize>count) << 3
  let from: usize = 256
  for (let i = 0; i < count; i++) {
    const at = to + ((<usize>i) << 3)
    for (let limb = 0; limb < limbs; limb++) f64.store(at + row * limb, 0.0)
    for (let term = 0; term < 3; term++) {
      for (let limb = 0; limb < limbs; limb++) {
        if (from == 256) {
          blocks(bytes, state)
          from = 0
        }
        let word = load<u32>(bytes + from)
        from += 4
        if (limb == limbs - 1) word &= topMask
        const place = at + row * limb
        f64.store(place, f64.load(place) + <f64>word)
      }
    }
  }
}
