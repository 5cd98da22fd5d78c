import { widthOf } from './parameters.ts'

/** Whether every field of a polynomial is a residue: below its prime. */
export function residuesFit(primes: readonly number[], count: number, fields: Uint8Array): boolean {
  // Read by seven bytes at a time, beyond the end too.
  const padded = new Uint8Array(fields.length + 8)
  padded.set(fields)
  const view = new DataView(padded.buffer)
  let bit = 0
  for (const prime of primes) {
    const width = widthOf(prime)
    for (let i = 0; i < count; i++, bit += width) {
      const at = Math.floor(bit / 8)
      const shift = bit % 8
      // 24 bits and 32 more: of the first what is the field's, of the second as much as it still needs.
      const low = (view.getUint32(at, true) & 0xffffff) >>> shift
      const high = view.getUint32(at + 3, true) % 2 ** (width - 24 + shift)
      if (low + high * 2 ** (24 - shift) >= prime) return false
    }
  }
  return bit === 8 * fields.length
}
