import type { Parameters } from './parameters.ts'

/**
 * Streams of pseudorandom bytes: XChaCha20 (draft-irtf-cfrg-xchacha-03; ChaCha20 as in RFC 8439) under a key of 32 bytes,
 * with a nonce that says what the bytes are for, under which parameters, and for which polynomial and prime. Two streams of
 * one key never begin alike unless all of that is the same.
 */

/** What bytes are for. The numbers are part of the scheme. */
export const purposes = {
  /** a_j from a request's seed; public. */
  expand: 1,
  /** a_0 from the seed of a key's mask; public. */
  expandMask: 2,
  /** From a key's secret: s, the errors of its mask, the seed of its mask, where a request's blanks lie. */
  secret: 3,
  maskError: 4,
  maskSeed: 5,
  blanks: 6,
  /** From fresh randomness: a request's errors. */
  error: 7,
  /** From fresh randomness: what masks an answer. */
  maskFactor: 8,
  factorError: 9,
  answerError: 10,
  flood: 11,
} as const
export type Purpose = (typeof purposes)[keyof typeof purposes]

/** The first 16 bytes of a nonce: the scheme, the purpose, and what all parameters follow from. */
export function nonceCode({ degree, slotBits, weightBits }: NonceParameters, purpose: Purpose): Uint8Array {
  const code = new Uint8Array(16)
  code.set([0x42, 0x53, 0x4c, 0x31, purpose, 31 - Math.clz32(degree), slotBits & 255, slotBits >> 8])
  code.set([weightBits & 255, weightBits >> 8], 8)
  return code
}

type NonceParameters = Pick<Parameters, 'degree' | 'slotBits' | 'weightBits'>

/** 32-bit words of a stream, or its bytes, one after the other. */
export class Stream {
  readonly #state: Uint32Array
  readonly #block = new Uint32Array(16)
  #at = 16
  #word = 0
  #left = 0

  constructor(key: Uint8Array, parameters: NonceParameters, purpose: Purpose, polynomial = 0, prime = 0) {
    const subkey = hchacha20(words(key), words(nonceCode(parameters, purpose)))
    this.#state = Uint32Array.of(...constants, ...subkey, 0, 0, polynomial, prime)
  }

  next(): number {
    if (this.#at === 16) {
      this.#block.set(this.#state)
      doubleRounds(this.#block)
      for (let i = 0; i < 16; i++) this.#block[i] = (this.#block[i] as number) + (this.#state[i] as number)
      this.#state[12] = (this.#state[12] as number) + 1
      this.#at = 0
    }
    return this.#block[this.#at++] as number
  }

  /** The next `count` bytes as one integer, the first as its lowest. */
  integer(count: number): bigint {
    let value = 0n
    for (let i = 0; i < count; i++) value |= BigInt(this.byte()) << BigInt(8 * i)
    return value
  }

  byte(): number {
    if (this.#left === 0) {
      this.#word = this.next()
      this.#left = 4
    }
    const byte = this.#word & 255
    this.#word >>>= 8
    this.#left -= 1
    return byte
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(count)
    for (let i = 0; i < count; i += 4) new DataView(bytes.buffer).setUint32(i, this.next(), true)
    return bytes
  }

  /** Uniform below `bound`, by rejection. */
  below(bound: number): number {
    const whole = Math.floor(2 ** 32 / bound) * bound
    for (;;) {
      const word = this.next()
      if (word < whole) return word % bound
    }
  }
}

/** A key from another and 32 bytes: where one key makes a stream for each of many seeds. */
export function mixedKey(key: Uint8Array, seed: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = hchacha20(words(key), words(seed.subarray(0, 16)))
  return bytesOf(hchacha20(half, words(seed.subarray(16, 32))))
}

/** "expand 32-byte k" */
const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const

function hchacha20(key: Uint32Array, nonce: Uint32Array): Uint32Array {
  const state = Uint32Array.of(...constants, ...key, ...nonce)
  doubleRounds(state)
  return Uint32Array.of(...state.subarray(0, 4), ...state.subarray(12, 16))
}

function doubleRounds(x: Uint32Array): void {
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) quarterRound(x, i, 4 + i, 8 + i, 12 + i)
    for (let i = 0; i < 4; i++) quarterRound(x, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4))
  }
}

function quarterRound(x: Uint32Array, a: number, b: number, c: number, d: number): void {
  const mix = (to: number, from: number, other: number, bits: number): void => {
    x[to] = (x[to] as number) + (x[from] as number)
    const turned = (x[other] as number) ^ (x[to] as number)
    x[other] = (turned << bits) | (turned >>> (32 - bits))
  }
  mix(a, b, d, 16)
  mix(c, d, b, 12)
  mix(a, b, d, 8)
  mix(c, d, b, 7)
}

function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true))
}

function bytesOf(values: Uint32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true)
  return bytes
}
