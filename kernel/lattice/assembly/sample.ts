import { BLOCKS, blocks } from './chacha'
import { unpack } from './fields'
import { asSum, ofSum } from './lanes'
import { addScaled, product } from './polynomial'

/*
 * What is drawn from streams, as core/protocol/lattice/sample.ts draws it: the same words make the same values. Values are
 * doubles. `bytes` is room for a piece of a stream: 16 KB.
 */

/**
 * Values that are drawn, and then worked on, at a time: few enough to stay in the nearest cache, and so many that a piece
 * takes whole calls of `blocks`, whatever the bytes of a value.
 */
export const PIECE: i32 = 512
/** The same for floods, of which a value takes three words for each limb. */
const FLOODS: i32 = 128

/**
 * Uniform residues modulo p of `width` bits, ⌈width/8⌉ bytes each. The first `left` bytes of their stream lie at `bytes`
 * already; returns how many are left there for what is drawn after these.
 */
function draw(to: usize, count: i32, left: usize, state: usize, bytes: usize, width: i32, p: i64): usize {
  const size = (<usize>width + 7) >> 3
  const mask = i64x2.splat(((<i64>1) << width) - 1)
  const bound = asSum(i64x2.splat(p))
  // Two fields of `size` bytes into two words; what is beyond a field is masked.
  const places = i64x2(0x0706050403020100, 0x0706050403020100 + <i64>size * 0x0101010101010101)
  const end = to + ((<usize>count) << 3)
  let at = to
  let from = bytes
  let until = bytes + left
  while (at < end) {
    const wanted = from + ((end - at) >> 3) * size
    while (until < wanted) {
      blocks(until, state)
      until += BLOCKS
    }
    while (at < end && from + size <= until) {
      // Eight at once, as long as none of them is refused.
      const eights = min((end - at) >> 6, (until - from) / (size << 3))
      for (const last = at + (eights << 6); at < last; at += 64, from += size << 3) {
        const first = asSum(v128.and(v128.swizzle(v128.load(from), places), mask))
        const second = asSum(v128.and(v128.swizzle(v128.load(from + (size << 1)), places), mask))
        const third = asSum(v128.and(v128.swizzle(v128.load(from + (size << 2)), places), mask))
        const fourth = asSum(v128.and(v128.swizzle(v128.load(from + size * 6), places), mask))
        const largest = f64x2.pmax(f64x2.pmax(first, second), f64x2.pmax(third, fourth))
        if (v128.any_true(f64x2.ge(largest, bound))) break
        v128.store(at, ofSum(first))
        v128.store(at, ofSum(second), 16)
        v128.store(at, ofSum(third), 32)
        v128.store(at, ofSum(fourth), 48)
      }
      if (at >= end || from + size > until) break
      // One at a time: for most primes less than one in a hundred.
      const one = i64x2.extract_lane(v128.and(v128.load(from), mask), 0)
      from += size
      if (one < p) {
        f64.store(at, <f64>one)
        at += 8
      }
    }
    // Where some were refused, what is left of the last blocks goes before the next ones.
    left = until - from
    memory.copy(bytes, from, left)
    from = bytes
    until = bytes + left
  }
  return left
}

// @ts-expect-error: decorator
@inline
function least(a: i32, b: i32): i32 {
  return a < b ? a : b
}

/** Uniform residues modulo p. */
export function uniform(to: usize, count: i32, state: usize, bytes: usize, width: i32, p: f64): void {
  let left: usize = 0
  for (let i = 0; i < count; i += PIECE) {
    left = draw(to + ((<usize>i) << 3), least(PIECE, count - i), left, state, bytes, width, <i64>p)
  }
}

/** z := x·y, place by place, with x uniform residues modulo p, and y centred. */
export function uniformTimes(
  z: usize,
  y: usize,
  count: i32,
  state: usize,
  bytes: usize,
  width: i32,
  p: f64,
  inverse: f64,
): void {
  let left: usize = 0
  for (let i = 0; i < count; i += PIECE) {
    const some = least(PIECE, count - i)
    const at = (<usize>i) << 3
    left = draw(z + at, some, left, state, bytes, width, <i64>p)
    product(z + at, z + at, y + at, some, p, inverse)
  }
}

/** Adds to each of some sums its factor times the same uniform residues modulo p, for which x is room: see `addToEach`. */
export function addUniform(
  sums: usize,
  heads: i32,
  x: usize,
  count: i32,
  state: usize,
  bytes: usize,
  width: i32,
  p: f64,
  inverse: f64,
): void {
  let left: usize = 0
  for (let i = 0; i < count; i += PIECE) {
    const some = least(PIECE, count - i)
    left = draw(x, some, left, state, bytes, width, <i64>p)
    addToEach(sums, heads, (<usize>i) << 3, x, some, p, inverse)
  }
}

/** The same with residues from the fields at `from`; bytes up to seven beyond their end may be read. */
export function addFields(
  sums: usize,
  heads: i32,
  x: usize,
  from: usize,
  count: i32,
  width: i32,
  p: f64,
  inverse: f64,
): void {
  for (let i = 0; i < count; i += PIECE) {
    const some = least(PIECE, count - i)
    unpack(x, from + <usize>((i >> 3) * width), some, width)
    addToEach(sums, heads, (<usize>i) << 3, x, some, p, inverse)
  }
}

/** Sums lie at `sums` as pairs of doubles: where one is, and its factor. `offset` bytes into each, x is added. */
function addToEach(sums: usize, heads: i32, offset: usize, x: usize, count: i32, p: f64, inverse: f64): void {
  const end = sums + ((<usize>heads) << 4)
  for (let at = sums; at < end; at += 16) {
    addScaled(<usize>f64.load(at) + offset, x, f64.load(at, 8), count, p, inverse)
  }
}

/** −1, 0 or 1. What is drawn again depends on bits that are then thrown away. */
export function ternary(to: usize, count: i32, state: usize, bytes: usize): void {
  const end = to + ((<usize>count) << 3)
  let at = to
  while (at < end) {
    blocks(bytes, state)
    for (let from = bytes; from < bytes + BLOCKS && at < end; from += 4) {
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
 * The count is even.
 */
export function binomial(to: usize, count: i32, state: usize, bytes: usize): void {
  const mask = i8x16(-1, -1, 31, 0, -1, -1, 31, 0, -1, -1, 31, 0, -1, -1, 31, 0)
  const places = i8x16(0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11)
  let at = to
  for (let i = 0; i < count; i += PIECE) {
    const end = bytes + <usize>least(PIECE, count - i) * 6
    for (let from = bytes; from < end; from += BLOCKS) blocks(from, state)
    for (let from = bytes; from < end; from += 12, at += 16) {
      const fields = v128.and(v128.swizzle(v128.load(from), places), mask)
      const ones = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(fields)))
      const plus = v128.shuffle<i32>(ones, ones, 0, 2, 0, 2)
      const minus = v128.shuffle<i32>(ones, ones, 1, 3, 1, 3)
      v128.store(at, f64x2.convert_low_i32x4_s(i32x4.sub(plus, minus)))
    }
  }
}

/**
 * Floods, limb by limb: `limbs` rows of `count` doubles each at `to`, the sums of the limbs of three uniforms of so many
 * bits, at most 256, below 3·2^32. Their offset, 3·2^(bits−1), is not taken away yet.
 */
export function flood(to: usize, count: i32, bits: i32, state: usize, bytes: usize): void {
  const limbs = (<usize>bits + 31) >> 5
  const rest = bits & 31
  const topMask: i64 = rest ? ((<i64>1) << rest) - 1 : 0xffffffff
  const row = (<usize>count) << 3
  const term = limbs << 2
  // Limbs two at a time; where their number is odd, the last has none beside it.
  const masks = i64x2.splat(0xffffffff)
  const lastMasks = limbs & 1 ? i64x2(topMask, 0) : i64x2(0xffffffff, topMask)
  for (let i = 0; i < count; i += FLOODS) {
    const end = bytes + <usize>least(FLOODS, count - i) * term * 3
    for (let from = bytes; from < end; from += BLOCKS) blocks(from, state)
    let at = to + ((<usize>i) << 3)
    for (let from = bytes; from < end; from += term * 3, at += 8) {
      for (let limb: usize = 0; limb < term; limb += 8) {
        const word = from + limb
        const mask = limb + 8 < term ? masks : lastMasks
        const first = v128.and(i64x2.extend_low_i32x4_u(v128.load64_splat(word)), mask)
        const second = v128.and(i64x2.extend_low_i32x4_u(v128.load64_splat(word + term)), mask)
        const third = v128.and(i64x2.extend_low_i32x4_u(v128.load64_splat(word + (term << 1))), mask)
        const sums = ofSum(asSum(i64x2.add(i64x2.add(first, second), third)))
        const place = at + row * (limb >> 2)
        f64.store(place, f64x2.extract_lane(sums, 0))
        if (limb + 4 < term) f64.store(place + row, f64x2.extract_lane(sums, 1))
      }
    }
  }
}
