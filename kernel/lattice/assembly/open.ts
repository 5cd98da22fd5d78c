import { centre, multiply } from './lanes'

/*
 * From residues modulo the kept primes to messages: digits in mixed radix, the integer itself by Horner's rule in limbs of
 * 32 bits, and of it the message and the noise below.
 */

/**
 * The i-th digit: z := (r_i − (d_0 + d_1·p_0 + … ))·c, brought into [0, p_i), where the digits before it lie in rows of
 * `apart` bytes at `digits`, `products` has the products of the primes before each, modulo p_i and centred, and c is the
 * inverse of all of them.
 */
export function digit(
  z: usize,
  digits: usize,
  apart: usize,
  before: i32,
  products: usize,
  c: f64,
  count: i32,
  p: f64,
  inverse: f64,
): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  const factor = f64x2.splat(c)
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    let sum = v128.load(z + i)
    for (let k = 0; k < before; k++) {
      // A digit is below 2^49, another prime's size; the product is at most 2·p.
      const term = multiply(
        v128.load(digits + apart * k + i),
        v128.load64_splat(products + ((<usize>k) << 3)),
        prime,
        inverted,
      )
      sum = f64x2.sub(sum, term)
      if ((k & 3) == 3) sum = centre(sum, prime, inverted)
    }
    const result = centre(multiply(sum, factor, prime, inverted), prime, inverted)
    v128.store(z + i, f64x2.add(result, v128.and(prime, f64x2.lt(result, f64x2.splat(0.0)))))
  }
}

/**
 * Messages at `to`, `length` bytes each, big-endian, from the digits. `primes` holds the kept primes as 64-bit integers,
 * `work` is room for `limbs` words, which hold q and half a unit more. Returns the first coefficient whose message has more
 * than `bits` bits or whose noise is beyond `limit`, or −1.
 */
export function messages(
  to: usize,
  length: i32,
  digits: usize,
  apart: usize,
  primes: usize,
  kept: i32,
  count: i32,
  bits: i32,
  limit: i32,
  work: usize,
  limbs: i32,
): i32 {
  let spoiled = -1
  const most = apart * <usize>(kept - 1)
  for (let i = 0; i < count; i++) {
    const at = digits + ((<usize>i) << 3)
    for (let l = 0; l < limbs; l++) store<u32>(work + ((<usize>l) << 2), 0)
    const highest = <u64>f64.load(at + most)
    store<u64>(work, highest + (kept == 1 ? HALF : 0))
    for (let k = kept - 2; k >= 0; k--) {
      // Half a unit on top, so that the message is rounded: the noise is what is below it, less that half.
      const own = <u64>f64.load(at + apart * <usize>k) + (k == 0 ? HALF : 0)
      // Of so many primes below 2^49, the product and half a unit take so many words.
      timesAndPlus(work, min(limbs, (49 * (kept - k) + 32) >> 5), load<u64>(primes + ((<usize>k) << 3)), own)
    }
    const noise = <i32>(load<u32>(work) & 0xffff) - <i32>HALF
    if (spoiled < 0 && (noise > limit || -noise > limit || isLonger(work, limbs, bits + 16))) spoiled = i
    write(to + <usize>i * <usize>length, length, work)
  }
  return spoiled
}

/** Half of a message's unit. */
const HALF: u64 = 0x8000

/** The lowest `length` bytes of an integer without its lowest 16 bits, the highest first. */
// @ts-expect-error: decorator
@inline
function write(to: usize, length: i32, words: usize): void {
  let end = to + <usize>length
  let word = words
  for (; end >= to + 4; word += 4) {
    end -= 4
    store<u32>(end, bswap(<u32>(load<u64>(word) >> 16)))
  }
  for (let rest = load<u64>(word) >> 16; end > to; rest >>= 8) {
    end -= 1
    store<u8>(end, rest)
  }
}

/** x := x·factor + term, in 32-bit limbs, the lowest first. */
// @ts-expect-error: decorator
@inline
function timesAndPlus(x: usize, limbs: i32, factor: u64, term: u64): void {
  const low = factor & 0xffffffff
  const high = factor >> 32
  let carry = term
  let before: u64 = 0
  const end = x + ((<usize>limbs) << 2)
  for (let at = x; at < end; at += 4) {
    const limb = <u64>load<u32>(at)
    // limb·low + before·high + carry: below 2^64 + …, so in two sums.
    const first = limb * low + (carry & 0xffffffff)
    const second = before * high + (first & 0xffffffff)
    store<u32>(at, <u32>second)
    carry = (first >> 32) + (second >> 32) + (carry >> 32)
    before = limb
  }
}

/** Whether an integer has a bit at `bits` or above. */
function isLonger(x: usize, limbs: i32, bits: i32): bool {
  const from = bits >> 5
  for (let l = from + 1; l < limbs; l++) if (load<u32>(x + ((<usize>l) << 2)) != 0) return true
  return from < limbs && load<u32>(x + ((<usize>from) << 2)) >> (bits & 31) != 0
}
