import { unforeseen } from '../core/errors.ts'
import type { Functions } from './loader.ts'

const page = 65536
const alignment = 64
/** What `start` places: five buffers of 332 columns (assembly/memory.ts). */
const scratchBytes = 5 * 332 * 16

/** The part of a memory in which one instance of the module works, handed out from low to high. */
export class Region {
  readonly functions: Functions
  readonly memory: WebAssembly.Memory
  readonly #limit: number
  #next: number

  constructor(functions: Functions, memory: WebAssembly.Memory, base: number, limit = Number.POSITIVE_INFINITY) {
    this.functions = functions
    this.memory = memory
    this.#limit = limit
    this.#next = base
    this.take(scratchBytes)
    functions.start(base)
  }

  /** The address of `bytes` fresh bytes; the memory grows as needed. Views made before are stale. */
  take(bytes: number): number {
    const at = this.#next
    this.#next = Math.ceil((at + bytes) / alignment) * alignment
    if (this.#next > this.#limit) unforeseen('a call that outgrows its memory')
    reserve(this.memory, this.#next)
    return at
  }

  mark(): number {
    return this.#next
  }

  /** Gives back everything taken since the mark. */
  release(mark: number): void {
    this.#next = mark
  }

  view(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length)
  }

  write(at: number, bytes: Uint8Array): void {
    new Uint8Array(this.memory.buffer).set(bytes, at)
  }

  /** A copy, in memory of its own also where the region's is shared. */
  read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(length)
    copy.set(this.view(at, length))
    return copy
  }

  copy(to: number, from: number, length: number): void {
    new Uint8Array(this.memory.buffer).copyWithin(to, from, from + length)
  }
}

/** Grows a memory so that `bytes` fit. */
export function reserve(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / page))
}
