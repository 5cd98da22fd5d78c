/** Unsigned big-endian numbers and byte strings, one after the other: what headers, blocks and trailers are made of. */

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

export class FieldWriter {
  readonly #parts: Uint8Array[] = []
  #length = 0

  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    this.#length += bytes.length
    return this
  }

  number(value: number, bytes: 1 | 2 | 4): this {
    return this.raw(Uint8Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 0xff))
  }

  /** Its length in so many bytes, then the bytes. */
  sized(value: Uint8Array, bytes: 1 | 2 | 4): this {
    return this.number(value.length, bytes).raw(value)
  }

  text(value: string): this {
    return this.sized(utf8(value), 2)
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#length)
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }
}

/** The inverse. What it hands out are views; where the bytes do not suffice it throws what `short` throws. */
export class FieldReader {
  readonly #bytes: Uint8Array
  readonly #short: () => never
  #at = 0

  constructor(bytes: Uint8Array, short: () => never) {
    this.#bytes = bytes
    this.#short = short
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  raw(length: number): Uint8Array {
    if (length > this.left) this.#short()
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  number(bytes: 1 | 2 | 4): number {
    return this.raw(bytes).reduce((value, byte) => value * 256 + byte, 0)
  }

  sized(bytes: 1 | 2 | 4): Uint8Array {
    return this.raw(this.number(bytes))
  }

  text(): string {
    const bytes = this.sized(2)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      return this.#short()
    }
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.raw(this.left)
  }

  /** Throws what `short` throws where something is left. */
  end(): void {
    if (this.left > 0) this.#short()
  }
}
