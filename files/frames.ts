import { concat, equalBytes } from '../core/number/bytes.ts'
import { sha256 } from '../platform/digest.ts'
import { type Damage, damage, type FramePart, fail } from './faults.ts'
import { isSigned, type Signer, signatureBytes } from './signature.ts'

/**
 * A sealed file is its first eight bytes and then frames: a header, blocks from 0 on, a trailer.
 *
 *   89 42 4C 44 0D 0A 1A 0A   the file's first bytes: not text, and damaged by whoever takes it for text
 *   frame                     kind (1 byte: H, B, T) ‖ length (4) ‖ payload ‖ seal
 *
 * chain = SHA-256(chain before ‖ kind ‖ length ‖ payload), and SHA-256 of the first bytes before the header. A seal is the
 * signature of the chain (64 bytes), or the chain itself (32) in the answer of a vendor without a key. So each seal vouches for
 * all of the file up to its frame, in this order, and a reader refuses what is wrong where it stands.
 */

export const firstBytes = Uint8Array.from([0x89, 0x42, 0x4c, 0x44, 0x0d, 0x0a, 0x1a, 0x0a])
const headBytes = 5
export const chainBytes = 32

/** No frame is longer, whatever it says. */
export const mostFrameBytes = 64 * 1024 * 1024

const kinds = { header: 0x48, block: 0x42, trailer: 0x54 } as const satisfies Record<FramePart, number>

/** The bytes of a frame besides its payload. */
export function frameOverhead(signed: boolean): number {
  return headBytes + (signed ? signatureBytes : chainBytes)
}

/** Where a file stands between two frames, for who goes on there. */
export interface FileState {
  /** Bytes up to here. */
  readonly at: number
  readonly chain: Uint8Array
}

function headOf(part: FramePart, length: number): Uint8Array {
  const head = new Uint8Array(headBytes)
  head[0] = kinds[part]
  new DataView(head.buffer).setUint32(1, length)
  return head
}

/** Makes frames, each of which goes on from the one before. */
export class FrameWriter {
  readonly #signer: Signer | null
  #chain: Uint8Array | null

  /** Without a signer frames end with the chain. `from` is what was written before, where there is something. */
  constructor(signer: Signer | null, from: FileState | null = null) {
    this.#signer = signer
    this.#chain = from?.chain ?? null
  }

  /** The bytes of the next frame, with the file's first bytes where it is the first. */
  async frame(part: FramePart, payload: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const first = this.#chain === null
    const head = headOf(part, payload.length)
    const chain = await sha256(concat([this.#chain ?? (await sha256(firstBytes)), head, payload]))
    const seal = this.#signer ? await this.#signer.sign(chain) : chain
    this.#chain = chain
    return concat([...(first ? [firstBytes] : []), head, payload, seal])
  }
}

/** Takes a stream of pieces apart, as many bytes at a time as are asked for. */
class Pieces {
  readonly #iterator: AsyncIterator<Uint8Array>
  #held: Uint8Array[] = []
  #bytes = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]()
  }

  /** The next `length` bytes, or as many as there are. */
  async take(length: number): Promise<Uint8Array> {
    while (this.#bytes < length) {
      const { done, value } = await this.#iterator.next()
      if (done) break
      // Node's own kind of bytes shares what it slices, which no library counts on.
      this.#held.push(new Uint8Array(value.buffer, value.byteOffset, value.length))
      this.#bytes += value.length
    }
    const whole = this.#held.length === 1 ? (this.#held[0] as Uint8Array) : concat(this.#held)
    const taken = whole.subarray(0, length)
    this.#held = taken.length < whole.length ? [whole.subarray(taken.length)] : []
    this.#bytes = whole.length - taken.length
    return taken
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}

/** One frame as it was read. */
export interface Frame {
  readonly payload: Uint8Array
  /** Where it begins in the file. */
  readonly at: number
  /** All of its bytes. */
  readonly bytes: Uint8Array
}

/** Reads frames one by one and holds each against its seal before it gives it out. Memory: one frame. */
export class FrameReader {
  readonly #pieces: Pieces
  #at = 0
  #chain: Uint8Array | null = null

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = new Pieces(source)
  }

  get state(): FileState {
    return { at: this.#at, chain: this.#chain ?? new Uint8Array() }
  }

  close(): Promise<void> {
    return this.#pieces.close()
  }

  /**
   * The header. Who signed the file stands in it, so `read` takes it apart, and says who did, before its seal is looked at. Throws
   * `sealed/format` for what is no sealed file, and `sealed/damaged`.
   */
  async header<T extends { readonly signer: Uint8Array | null }>(
    read: (payload: Uint8Array) => T,
  ): Promise<T & { readonly frame: Frame }> {
    const first = await this.#pieces.take(firstBytes.length)
    if (!equalBytes(first, firstBytes)) {
      fail('sealed/format', 'notASealedFile')
    }
    this.#at = firstBytes.length
    this.#chain = await sha256(firstBytes)
    const { head, payload } = await this.#body(['header'], mostFrameBytes, null)
    const told = read(payload)
    return { ...told, frame: await this.#sealed('header', head, payload, told.signer, null) }
  }

  /** The next block or the trailer. `most` bounds a block's payload. */
  async next(
    signer: Uint8Array | null,
    block: number,
    most: number,
  ): Promise<Frame & { readonly part: 'block' | 'trailer' }> {
    const { part, head, payload } = await this.#body(['block', 'trailer'], most, block)
    const frame = await this.#sealed(part, head, payload, signer, block)
    return { ...frame, part: part as 'block' | 'trailer' }
  }

  /** Throws where the file goes on. */
  async end(): Promise<void> {
    if ((await this.#pieces.take(1)).length > 0) this.#damaged('trailing', 'trailer', null)
  }

  /** Throws `sealed/damaged` with the place of the frame that comes next. */
  #damaged(what: Damage, part: FramePart, block: number | null): never {
    throw damage(what, part, block, this.#at)
  }

  async #body(parts: readonly FramePart[], most: number, block: number | null) {
    const expected = parts[0] as FramePart
    const head = (await this.#pieces.take(headBytes)).slice()
    if (head.length < headBytes) this.#damaged('ends', expected, block)
    const part = parts.find((each) => kinds[each] === head[0]) ?? this.#damaged('altered', expected, block)
    const length = new DataView(head.buffer).getUint32(1)
    if (length > most) this.#damaged('altered', part, block)
    const payload = await this.#pieces.take(length)
    if (payload.length < length) this.#damaged('ends', part, block)
    return { part, head, payload }
  }

  async #sealed(
    part: FramePart,
    head: Uint8Array,
    payload: Uint8Array,
    signer: Uint8Array | null,
    block: number | null,
  ): Promise<Frame> {
    const place = part === 'block' ? block : null
    const length = signer ? signatureBytes : chainBytes
    const seal = await this.#pieces.take(length)
    if (seal.length < length) this.#damaged('ends', part, place)
    const bytes = concat([head, payload, seal])
    const chain = await sha256(concat([this.#chain as Uint8Array, head, payload]))
    const good = signer ? isSigned(seal, chain, signer) : equalBytes(seal, chain)
    if (!good) this.#damaged('altered', part, place)
    const at = this.#at
    this.#at += bytes.length
    this.#chain = chain
    return { payload: bytes.subarray(headBytes, headBytes + payload.length), at, bytes }
  }
}
