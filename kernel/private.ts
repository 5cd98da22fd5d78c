import { unforeseen } from '../core/errors.ts'
import { fail } from '../core/faults.ts'
import { equalBytes } from '../core/number/bytes.ts'
import type { RandomBytes } from '../core/number/random.ts'
import type { OwnerArithmetic, PrivateArithmetic, ResidueTable } from '../core/private/paillier/arithmetic.ts'
import { batch, Held, tableAt } from './held.ts'
import type { Kernel } from './loader.ts'
import { reserve } from './region.ts'
import { entryBytes, liftedBytes, limbsFor, productBytes, type TableShape, tableShape } from './sizes.ts'
import { claimSlot } from './slots.ts'

export type { EngineReport, Kernel, Loaded, LoadReason } from './loader.ts'
export { loadKernel, reportOf } from './loader.ts'

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
export function kernelOwnerArithmetic(kernel: Kernel, options: OwnerOptions = {}): KernelOwnerArithmetic {
  const tableBytes = options.tableBytes ?? 51 * 2 ** 20
  const shared = options.shared ?? typeof SharedArrayBuffer === 'function'
  return {
    engine: 'kernel',
    tableAtOnce: true,
    privateKey: (p, q) => new OwnerKernel(kernel, p, q, tableBytes, shared),
  }
}

const leastBases = 130

class OwnerKernel implements KernelOwner {
  readonly bits: number
  readonly #kernel: Kernel
  readonly #primeLength: number
  readonly #shape: TableShape
  readonly #shared: boolean
  #held: Held | null
  #table: { readonly at: number; readonly shape: TableShape } | null = null

  constructor(kernel: Kernel, p: Uint8Array, q: Uint8Array, tableBytes: number, shared: boolean) {
    if (equalBytes(p, q)) fail('key/invalid', 'primesNotDistinct')
    this.bits = 16 * p.length
    this.#kernel = kernel
    this.#primeLength = p.length
    this.#shared = shared
    this.#shape = tableShape(8 * p.length + 128, leastBases, limbsFor(8 * p.length), 2, tableBytes)
    const memory = kernel.newMemory(false)
    this.#held = new Held(kernel, memory, false, 0, p, q)
  }

  makeTable(random: RandomBytes): KernelTable {
    const shape = this.#shape
    if (this.#shared) this.#move(this.#kernel.newMemory(true), true)
    const held = this.#owner()
    const at = tableAt(held)
    reserve(held.region.memory, at + shape.bytes)
    const size = liftedBytes(held.half)
    const apart = shape.entries * entryBytes(held.half)
    // 128 bits more than p has make the bias of a remainder 2^-128; a toy p leaves room for less (assembly/lifted.ts, lift).
    const room = Math.floor((51 * held.half + 8 * this.#primeLength - 1) / 8)
    const length = Math.min(this.#primeLength + 16, room)
    held.selectHalf()
    held.call((region) => {
      const random2 = region.take(2 * length)
      const base = region.take(2 * size)
      const work = region.take(5 * size)
      const inverse = base + size
      for (let i = 0; i < shape.bases; i++) {
        do region.write(random2, random(2 * length))
        while (!region.functions.base(base, random2, length))
        for (let row = i; row < shape.rows; row += shape.bases) {
          region.functions.fillRow(at + 2 * row * apart, apart, base, inverse, shape.entries, work)
          for (let k = 0; k < shape.windowBits; k++) {
            region.functions.liftSquare(base, base)
            region.functions.square(inverse, inverse)
          }
        }
      }
    })
    this.#table = { at, shape }
    const entries = new Uint8Array(held.region.memory.buffer, at, shape.bytes)
    const table = { engine: 'kernel', windowBits: shape.windowBits, entries } as const
    return this.#shared ? { ...table, memory: held.region.memory } : table
  }

  useTable(table: ResidueTable): void {
    const shape = tableShape(
      8 * this.#primeLength + 128,
      leastBases,
      limbsFor(8 * this.#primeLength),
      2,
      table.entries.length,
    )
    const { bytes, windowBits } = shape
    if (table.engine !== 'kernel' || table.entries.length !== bytes || table.windowBits !== windowBits) {
      unforeseen('a table of another engine')
    }
    const { memory } = table as KernelTable
    if (memory && memory !== this.#owner().region.memory && this.#move(memory, true)) {
      this.#table = { at: table.entries.byteOffset, shape }
      return
    }
    if (memory && memory === this.#owner().region.memory) return
    if (this.#owner().shared) this.#move(this.#kernel.newMemory(false), false)
    const held = this.#owner()
    const at = tableAt(held)
    reserve(held.region.memory, at + bytes)
    held.region.write(at, table.entries)
    this.#table = { at, shape }
  }

  residues(count: number, random: RandomBytes): Uint8Array<ArrayBuffer> {
    if (!this.#table) this.makeTable(random)
    const { at, shape } = this.#table as { at: number; shape: TableShape }
    const held = this.#owner()
    const width = 4 * this.#primeLength
    const size = productBytes(held.half)
    const apart = shape.entries * entryBytes(held.half)
    const residues = new Uint8Array(count * width)
    held.selectHalf()
    held.call((region) => {
      const { functions } = region
      const products = region.take(batch * size)
      const scratch = region.take(liftedBytes(held.half))
      const choice = region.take(2 * batch * shape.rows)
      const output = region.take(width)
      for (let first = 0; first < count; first += batch) {
        const some = Math.min(batch, count - first)
        for (let k = 0; k < some; k++) functions.beginResidue(products + k * size)
        region.write(choice, random(2 * some * shape.rows))
        functions.multiplyRows(products, some, at, apart, shape.rows, choice, shape.entries - 1, scratch)
        for (let k = 0; k < some; k++) {
          functions.joinResidue(output, products + k * size)
          residues.set(region.view(output, width), (first + k) * width)
        }
      }
    })
    return residues
  }

  encrypt(plaintexts: Uint8Array, residues: Uint8Array): Uint8Array<ArrayBuffer> {
    const width = 4 * this.#primeLength
    const count = whole(plaintexts, width / 2)
    if (whole(residues, width) !== count) unforeseen('other than one residue per plaintext')
    const held = this.#owner()
    const sealed = new Uint8Array(count * width)
    held.selectWhole()
    held.call((region) => {
      const messages = region.take((batch * width) / 2)
      const rhos = region.take(batch * width)
      const output = region.take(batch * width)
      for (let first = 0; first < count; first += batch) {
        const some = Math.min(batch, count - first)
        region.write(messages, plaintexts.subarray((first * width) / 2, ((first + some) * width) / 2))
        region.write(rhos, residues.subarray(first * width, (first + some) * width))
        region.functions.seal(output, messages, rhos, some, width / 2, held.sealWork)
        sealed.set(region.view(output, some * width), first * width)
      }
    })
    return sealed
  }

  decrypt(ciphertexts: Uint8Array): Uint8Array<ArrayBuffer> {
    const width = 4 * this.#primeLength
    const count = whole(ciphertexts, width)
    const held = this.#owner()
    const plaintexts = new Uint8Array((count * width) / 2)
    held.selectHalf()
    held.call((region) => {
      const input = region.take(batch * width)
      const output = region.take((batch * width) / 2)
      for (let first = 0; first < count; first += batch) {
        const some = Math.min(batch, count - first)
        region.write(input, ciphertexts.subarray(first * width, (first + some) * width))
        const bad = region.functions.open(output, input, some)
        if (bad >= 0) fail('result/ciphertext', 'returnedCiphertext', {}, { index: first + bad })
        plaintexts.set(region.view(output, (some * width) / 2), (first * width) / 2)
      }
    })
    return plaintexts
  }

  dispose(): void {
    this.#held?.forget(this.#table)
    this.#held = null
    this.#table = null
  }

  #owner(): Held {
    return this.#held ?? fail('key/locked', 'keyLetGo')
  }

  /** Sets the key up in another memory and forgets it in the present one; false when that memory has no room. */
  #move(memory: WebAssembly.Memory, shared: boolean): boolean {
    const held = this.#owner()
    const slot = shared ? claimSlot(memory) : 0
    if (slot < 0) return false
    const [p, q] = held.primes()
    const next = new Held(this.#kernel, memory, shared, slot, p, q)
    p.fill(0)
    q.fill(0)
    held.forget(this.#table)
    this.#held = next
    this.#table = null
    return true
  }
}

function whole(bytes: Uint8Array, width: number): number {
  if (bytes.length % width !== 0) unforeseen('a batch of broken items')
  return bytes.length / width
}
