import type { Kernel } from './loader.ts'
import { Region, reserve } from './region.ts'
import { liftedBytes, limbsFor, productBytes, type TableShape } from './sizes.ts'
import { releaseSlot, slotCount, slotsFrom, slotsInUse } from './slots.ts'

/** Items a call of the module gets at once. */
export const batch = 32

/** A key set up in a region of a memory: p|q in the lanes for residues and opening, n for sealing. */
export class Held {
  readonly region: Region
  readonly shared: boolean
  /** Limbs of p and q. */
  readonly half: number
  readonly sealWork: number
  readonly slotBytes: number
  readonly #slot: number
  readonly #halfAt: number
  readonly #wholeAt: number
  readonly #primesAt: number
  readonly #primeLength: number
  readonly #free: number

  constructor(kernel: Kernel, memory: WebAssembly.Memory, shared: boolean, slot: number, p: Uint8Array, q: Uint8Array) {
    const length = p.length
    this.slotBytes = slotBytes(length)
    const base = slotsFrom + slot * this.slotBytes
    this.shared = shared
    this.#slot = slot
    this.#primeLength = length
    reserve(memory, base + this.slotBytes)
    const functions = kernel.instantiate(memory, shared)
    const region = new Region(functions, memory, base, base + this.slotBytes)
    this.region = region
    this.half = limbsFor(8 * length)
    const whole = limbsFor(16 * length)
    this.#primesAt = region.take(2 * length)
    this.#halfAt = region.take(functions.ownerBytes(length))
    this.#wholeAt = region.take(functions.modulusBytes(whole))
    this.sealWork = region.take(functions.sealBytes(whole))
    this.#free = region.mark()
    region.write(this.#primesAt, p)
    region.write(this.#primesAt + length, q)
    functions.prepareOwner(this.#halfAt, this.#primesAt, length)
    functions.prepareWhole(this.#wholeAt)
    functions.prepareSeal(this.sealWork)
  }

  selectHalf(): void {
    this.region.functions.select(this.#halfAt)
  }

  selectWhole(): void {
    this.region.functions.select(this.#wholeAt)
  }

  /** Runs one call; what it takes is free again after it. */
  call(run: (region: Region) => void): void {
    this.region.release(this.#free)
    run(this.region)
  }

  primes(): readonly [Uint8Array, Uint8Array] {
    const length = this.#primeLength
    return [this.region.read(this.#primesAt, length), this.region.read(this.#primesAt + length, length)]
  }

  forget(table: { readonly at: number; readonly shape: TableShape } | null): void {
    this.region.view(slotsFrom + this.#slot * this.slotBytes, this.slotBytes).fill(0)
    if (this.shared) releaseSlot(this.region.memory, this.#slot)
    if (table && !(this.shared && slotsInUse(this.region.memory))) this.region.view(table.at, table.shape.bytes).fill(0)
  }
}

/** What a key needs beside the table: scratch, contexts, and the buffers of a call. */
function slotBytes(primeLength: number): number {
  const half = limbsFor(8 * primeLength)
  const whole = limbsFor(16 * primeLength)
  const contexts = 336 * half + 16 * 31 * half + 32 * 33 * half + 16 * 19 * whole + 16 * 7 * whole
  // At most one base a bit of p and 128 more, two digits a sample each.
  const digits = 2 * batch * (8 * primeLength + 130)
  const buffers = digits + batch * productBytes(half) + batch * 10 * primeLength + 8 * liftedBytes(half)
  return Math.ceil((contexts + buffers + 40 * primeLength + (1 << 15) + 4096) / 4096) * 4096
}

/** Where the residue table begins: behind all slots. */
export function tableAt(held: Held): number {
  return slotsFrom + (held.shared ? slotCount : 1) * held.slotBytes
}
