import type { Card } from '../core/card/card.ts'
import { unforeseen } from '../core/errors.ts'
import type { RowOffset } from './fileRows.ts'

/**
 * The encoded records that a check had in hand, each input in as few bytes as its range needs, so that the run after it need
 * not read and encode them again. Bounded: of a longer file the first ones are kept, and the place where the others begin.
 */

/** Bytes that are kept at most, and records at a time. */
const mostBytes = 48 * 2 ** 20
const segmentRecords = 1024
const fewestRecords = 64

type Integers = Uint8Array | Uint16Array | Uint32Array | Float64Array

interface Segment {
  readonly count: number
  /** Input by input, in the width of each. */
  readonly bytes: ArrayBuffer
  readonly rows: Uint32Array
}

export class KeptRecords {
  /** Where the next record is encoded to: integers[j · capacity + at]. */
  readonly integers: Float64Array
  readonly capacity: number
  readonly #maxima: readonly number[]
  /** Where an input's integers begin in a segment, in records' bytes. */
  readonly #offsets: readonly number[]
  readonly #widths: readonly number[]
  readonly #recordBytes: number
  readonly #most: number
  readonly #segments: Segment[] = []
  readonly #rows: Uint32Array
  #at = 0
  #records = 0
  #next: RowOffset | 'end' | null = null

  /** `most`: bytes that are kept. */
  constructor({ inputs }: Pick<Card, 'inputs'>, most = mostBytes) {
    this.#most = most
    this.#maxima = inputs.map(({ max }) => max)
    this.#widths = this.#maxima.map(widthOf)
    const offsets: number[] = []
    let bytes = 0
    for (const width of this.#widths) {
      offsets.push(bytes)
      bytes += width
    }
    this.#offsets = offsets
    this.#recordBytes = bytes
    // Of a model with very many inputs fewer at a time.
    const few = Math.max(1, Math.floor(2 ** 20 / Math.max(1, inputs.length)))
    const many = 2 ** (31 - Math.clz32(few))
    this.capacity = Math.max(fewestRecords, Math.min(segmentRecords, many))
    this.integers = new Float64Array(inputs.length * this.capacity)
    this.#rows = new Uint32Array(this.capacity)
  }

  get at(): number {
    return this.#at
  }

  /** How many records are kept. */
  get records(): number {
    return this.#records
  }

  /** Where the rows begin that were not looked at for this, or null where all of them were. */
  get next(): RowOffset | null {
    if (this.#next === null) unforeseen('records that are still being kept')
    return this.#next === 'end' ? null : this.#next
  }

  get isFull(): boolean {
    return this.#next !== null
  }

  /** The record that was just encoded is one to keep. */
  add(row: number): void {
    this.#rows[this.#at++] = row
    if (this.#at === this.capacity) this.#store()
  }

  /** All rows before `next` were looked at: keeps no more where there is too much already. */
  mark(next: RowOffset): void {
    if (this.isFull) return
    const bytes = (this.#recordBytes + 4) * (this.#records + this.#at)
    if (bytes > this.#most) this.#close(next)
  }

  /** The file has no more rows. */
  end(): void {
    if (!this.isFull) this.#close('end')
  }

  #close(next: RowOffset | 'end'): void {
    this.#store()
    this.#next = next
  }

  #store(): void {
    const count = this.#at
    if (count === 0) return
    const bytes = new ArrayBuffer(this.#recordBytes * this.capacity)
    for (let j = 0; j < this.#widths.length; j++) {
      const from = j * this.capacity
      const kept = this.#view(bytes, j)
      const given = this.integers.subarray(from, from + count)
      kept.set(given)
      // What an array of few bits cannot hold it changes silently.
      if (!given.every((x, i) => kept[i] === x)) unforeseen('an integer beyond its input’s range')
    }
    this.#segments.push({ count, bytes, rows: this.#rows.slice(0, count) })
    this.#records += count
    this.#at = 0
  }

  #view(bytes: ArrayBuffer, input: number): Integers {
    const [offset, length] = [(this.#offsets[input] as number) * this.capacity, this.capacity]
    switch (this.#widths[input]) {
      case 1:
        return new Uint8Array(bytes, offset, length)
      case 2:
        return new Uint16Array(bytes, offset, length)
      case 4:
        return new Uint32Array(bytes, offset, length)
      default:
        return new Float64Array(bytes, offset, length)
    }
  }

  /** Writes `count` records from the one numbered `from` on to a block's first places. */
  read(from: number, count: number, integers: Float64Array, capacity: number, rows: Uint32Array): void {
    let done = 0
    while (done < count) {
      // All segments but the last are full.
      const segment = this.#segments[Math.floor((from + done) / this.capacity)] as Segment
      const start = (from + done) % this.capacity
      const some = Math.min(segment.count - start, count - done)
      for (let j = 0; j < this.#widths.length; j++) {
        integers.set(this.#view(segment.bytes, j).subarray(start, start + some), j * capacity + done)
      }
      rows.set(segment.rows.subarray(start, start + some), done)
      done += some
    }
  }
}

/** Bytes that hold an input's integers from 0 to `max`. */
function widthOf(max: number): number {
  return max < 2 ** 8 ? 1 : max < 2 ** 16 ? 2 : max < 2 ** 32 ? 4 : 8
}
