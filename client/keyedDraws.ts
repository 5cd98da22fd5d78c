/** Random draws that follow from a secret: whoever has it makes the same ones again, and nobody else can guess them. */
export interface KeyedDraws {
  /** The next draw: a whole number below `limit`, which is below 2^32. */
  readonly below: (limit: number) => number
  /** One of the bits, by its place. */
  readonly bits: (at: number) => boolean
}

const drawBytes = 6

/**
 * Draws of one number, `stream`, of a seed of 32 bytes: `draws` numbers and `bits` bits, from AES-256 in counter mode. A
 * number is 48 bits modulo its limit, within 2^−16 of uniform for any limit below 2^32 and 2^−32 for those below 2^16.
 */
export async function keyedDraws(
  seed: Uint8Array<ArrayBuffer>,
  stream: number,
  draws: number,
  bits: number,
): Promise<KeyedDraws> {
  const zeros = new Uint8Array(draws * drawBytes + Math.ceil(bits / 8))
  const counter = new Uint8Array(16)
  new DataView(counter.buffer).setUint32(0, stream)
  const key = await crypto.subtle.importKey('raw', seed, 'AES-CTR', false, ['encrypt'])
  const bytes = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CTR', counter, length: 64 }, key, zeros))
  const view = new DataView(bytes.buffer)
  let at = 0
  return {
    below(limit) {
      if (at + drawBytes > draws * drawBytes) throw new RangeError('no draws are left')
      const value = view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2)
      at += drawBytes
      return value % limit
    },
    bits: (place) => (((bytes[draws * drawBytes + (place >> 3)] as number) >> (place & 7)) & 1) === 1,
  }
}
