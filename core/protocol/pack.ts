import { unforeseen } from '../errors.ts'

/**
 * Packing: K records share one plaintext, M = Σ_r x_r · 2^(T·r). Fields are unsigned, so packing is placing bits
 * and no borrow ever crosses a slot. Plaintexts are big-endian; slot 0 is the least significant.
 */

const twoTo32 = 2 ** 32

/**
 * Packs the values of one input for up to floor(8·length / T) records into a plaintext of `length` bytes.
 * Each value is an integer in [0, 2^min(T, 53)).
 */
export function pack(values: Float64Array, slotBits: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  packInto(values, slotBits, bytes)
  return bytes
}

/** {@link pack} into bytes that are all zero. */
export function packInto(values: Float64Array, slotBits: number, bytes: Uint8Array): void {
  if (values.length * slotBits > 8 * bytes.length) unforeseen('more slots than bits')
  for (let r = 0; r < values.length; r++) {
    const value = values[r] as number
    const bit = r * slotBits
    let at = bytes.length - 1 - (bit >>> 3)
    // Shifted by at most 7, the low half stays below 2^39 and the high one below 2^28: both exact as doubles.
    const shift = 2 ** (bit & 7)
    let low = (value % twoTo32) * shift
    let high = Math.floor(value / twoTo32) * shift + Math.floor(low / twoTo32)
    low %= twoTo32
    for (let i = 0; i < 4 && (low > 0 || high > 0); i++, at--) {
      bytes[at] = (bytes[at] as number) | (low & 0xff)
      low = Math.floor(low / 256)
    }
    for (; high > 0; at--) {
      bytes[at] = (bytes[at] as number) | (high % 256)
      high = Math.floor(high / 256)
    }
  }
}

/** A slot's content: an integer in [0, 2^T), as two halves because T may pass 53 bits. */
export interface Slots {
  /** slot = high · 2^32 + low. High is rounded to a double where T passes 85 bits. */
  readonly high: Float64Array
  readonly low: Float64Array
}

/**
 * The first `count` slots of a plaintext, and whether every bit above the `slots`-th slot is zero.
 * `count` is at most `slots`.
 */
export function unpack(
  plaintext: Uint8Array,
  slotBits: number,
  slots: number,
  count: number,
): Slots & { readonly clean: boolean } {
  const high = new Float64Array(count)
  const low = new Float64Array(count)
  for (let r = 0; r < count; r++) {
    low[r] = bitField(plaintext, r * slotBits, Math.min(slotBits, 32))
    for (let taken = 32; taken < slotBits; taken += 32) {
      const width = Math.min(32, slotBits - taken)
      high[r] = (high[r] as number) + bitField(plaintext, r * slotBits + taken, width) * 2 ** (taken - 32)
    }
  }
  let clean = true
  for (let bit = slots * slotBits; bit < 8 * plaintext.length && clean; bit += 32) {
    clean = bitField(plaintext, bit, Math.min(32, 8 * plaintext.length - bit)) === 0
  }
  return { high, low, clean }
}

/** `width` ≤ 32 bits from position `bit` (0 is the least significant). */
function bitField(bytes: Uint8Array, bit: number, width: number): number {
  const last = bytes.length - 1
  const from = bit >>> 3
  const to = (bit + width - 1) >>> 3
  let field = 0
  for (let i = to; i >= from; i--) field = field * 256 + (bytes[last - i] as number)
  // At most five bytes, so below 2^40: exact.
  return Math.floor(field / 2 ** (bit & 7)) % 2 ** width
}
