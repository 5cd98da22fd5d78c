import type { Functions } from './loader.ts'
/** The part of a memory in which one instance of the module works, handed out from low to high. */
export declare class Region {
  #private
  readonly functions: Functions
  readonly memory: WebAssembly.Memory
  constructor(functions: Functions, memory: WebAssembly.Memory, base: number, limit?: number)
  /** The address of `bytes` fresh bytes; the memory grows as needed. Views made before are stale. */
  take(bytes: number): number
  mark(): number
  /** Gives back everything taken since the mark. */
  release(mark: number): void
  view(at: number, length: number): Uint8Array
  write(at: number, bytes: Uint8Array): void
  /** A copy, in memory of its own also where the region's is shared. */
  read(at: number, length: number): Uint8Array<ArrayBuffer>
  copy(to: number, from: number, length: number): void
}
/** Grows a memory so that `bytes` fit. */
export declare function reserve(memory: WebAssembly.Memory, bytes: number): void
