import { integerAt, setInteger } from './memory'

/** Reads `length` big-endian bytes into one lane of `count` limbs; bytes beyond 51·count bits are not read. */
export function readBytes(x: usize, count: i32, lane: i32, from: usize, length: i32): void {
  for (let k = 0; k < count; k++) setInteger(x, k, lane, bitsAt(from, length, 51 * k))
}

/** The 51 bits from bit `bit` on of a big-endian number, 0 beyond its end. */
function bitsAt(from: usize, length: i32, bit: i32): i64 {
  const low = bit >> 3
  const shift = i64(bit & 7)
  // 7 + 51 bits fit 8 bytes.
  if (low + 8 <= length)
    return i64((bswap<u64>(load<u64>(from + usize(length - low - 8))) >> u64(shift)) & 0x7ffffffffffff)
  let word: u64 = 0
  for (let at = low; at < length; at++) word |= u64(load<u8>(from + usize(length - 1 - at))) << u64((at - low) << 3)
  return i64((word >> u64(shift)) & 0x7ffffffffffff)
}

/** Writes the low 8·length bits of one lane of `count` limbs as big-endian bytes. */
export function writeBytes(to: usize, length: i32, x: usize, count: i32, lane: i32): void {
  let held: u64 = 0
  let bits = 0
  let k = 0
  let at = to + usize(length)
  while (at > to) {
    // A limb that straddles two words is read for each of them.
    let word = held
    let have = bits
    let next: u64 = 0
    while (have < 64 && k < count) {
      next = u64(integerAt(x, k++, lane))
      word |= next << u64(have)
      have += 51
    }
    if (have > 64) {
      bits = have - 64
      held = next >> u64(51 - bits)
    } else {
      bits = 0
      held = 0
    }
    if (at - to >= 8) {
      at -= 8
      store<u64>(at, bswap<u64>(word))
    } else {
      while (at > to) {
        store<u8>(--at, u8(word))
        word >>= 8
      }
    }
  }
}

/** Whether the big-endian number at a is at least the one at b. */
export function atLeast(a: usize, b: usize, length: i32): bool {
  for (let i = 0; i < length; i++) {
    const x = load<u8>(a + usize(i))
    const y = load<u8>(b + usize(i))
    if (x != y) return x > y
  }
  return true
}

export function allZero(a: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (load<u8>(a + usize(i)) != 0) return false
  return true
}
