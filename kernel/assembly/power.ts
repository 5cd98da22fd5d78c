import { liftMultiply, liftSquare } from './lifted'
import { limb } from './memory'
import { limbs, r1 } from './modulus'

/*
 * x^e modulo N² with another exponent in each lane (p - 1 and q - 1): fixed windows of five bits, the same schedule for
 * both, each lane taking its own entry. 32 entries of two primes of 1536 bits are 62 KB: the widest window that stays
 * close to the cache.
 */
const WINDOW: i32 = 5
const ENTRIES: i32 = 1 << WINDOW

/** Scratch that `power` needs. */
export function powerBytes(n: i32): usize {
  return (usize(n) << 5) * usize(ENTRIES + 1)
}

/** z = x^e, Montgomery form in and out; e in big-endian bytes, `length` bytes per lane, lane 1 behind lane 0. */
export function power(z: usize, x: usize, e: usize, length: i32, scratch: usize): void {
  const size = usize(limbs) << 5
  const entry = scratch + size * usize(ENTRIES)
  memory.copy(scratch, r1, size)
  memory.copy(scratch + size, x, size)
  for (let v = 2; v < ENTRIES; v++) {
    if (v & 1) liftMultiply(scratch + usize(v) * size, scratch + usize(v - 1) * size, scratch + size)
    else liftSquare(scratch + usize(v) * size, scratch + usize(v >> 1) * size)
  }
  memory.copy(z, r1, size)
  for (let bit = ((8 * length + WINDOW - 1) / WINDOW - 1) * WINDOW; bit >= 0; bit -= WINDOW) {
    for (let k = 0; k < WINDOW; k++) liftSquare(z, z)
    gather(
      entry,
      scratch + usize(windowAt(e, length, bit)) * size,
      scratch + usize(windowAt(e + usize(length), length, bit)) * size + 8,
      2 * limbs,
      16,
    )
    liftMultiply(z, z, entry)
  }
}

function windowAt(e: usize, length: i32, bit: i32): i32 {
  const low = bit >> 3
  let word = i32(load<u8>(e + usize(length - 1 - low)))
  if (low + 1 < length) word |= i32(load<u8>(e + usize(length - 2 - low))) << 8
  return (word >> (bit & 7)) & (ENTRIES - 1)
}

/** Joins the limbs at `first` and at `second`, `stride` bytes apart, into the two lanes of z. */
// @ts-expect-error: decorator
@inline
export function gather(z: usize, first: usize, second: usize, count: i32, stride: usize): void {
  for (const end = limb(z, count); z < end; z += 16, first += stride, second += stride) {
    v128.store(z, v128.load64_lane(second, v128.load64_zero(first), 1))
  }
}
