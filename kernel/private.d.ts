import type { OwnerArithmetic, PrivateArithmetic, ResidueTable } from '../core/private/arithmetic.ts'
import type { RandomBytes } from '../core/random.ts'
import type { Kernel } from './loader.ts'

export type { Kernel, Loaded } from './loader.ts'
export { loadKernel } from './loader.ts'
export interface OwnerOptions {
  /** The most that a residue table may take; 51 MiB unless told. Smaller tables have narrower windows: slower residues. */
  readonly tableBytes?: number
  /** Whether makeTable places the table in shared memory; where the platform has it, unless told. */
  readonly shared?: boolean
}
/** A table that other workers can use where it is, when `memory` is there; else they copy the entries. */
export interface KernelTable extends ResidueTable {
  readonly memory?: WebAssembly.Memory
}
/** The kernel's private arithmetic can be told to forget its key. Every later call throws `key/locked`. */
export interface KernelOwner extends PrivateArithmetic {
  makeTable(random: RandomBytes): KernelTable
  useTable(table: ResidueTable): void
  /** Zeroes the memory that held p, q and what follows from them, and the table when nobody else uses it. */
  dispose(): void
}
export interface KernelOwnerArithmetic extends OwnerArithmetic {
  privateKey(p: Uint8Array, q: Uint8Array): KernelOwner
}
/** The arithmetic of core/private/arithmetic.ts by the kernel. Every key has an instance of the module of its own. */
export declare function kernelOwnerArithmetic(kernel: Kernel, options?: OwnerOptions): KernelOwnerArithmetic
