import type { EngineName } from '../core/protocol/scheme.ts'
import { memoryPages, modules, packed } from './built/module.ts'
import { unpacked } from './unpack.ts'

/** The module's functions on raw addresses (assembly/index.ts); typed here, since the module carries no types. */
export interface Functions {
  fused(scratch: number): number
  start(base: number): number
  select(modulus: number): void
  modulusBytes(limbs: number): number
  prepareModulus(at: number, limbs: number): void
  prepareLifted(bits: number): void
  multiply(z: number, a: number, b: number): void
  square(z: number, a: number): void
  reduce(z: number, x: number, limbs: number): void
  lift(z: number, x: number): void
  liftMultiply(z: number, x: number, y: number): void
  liftSquare(z: number, x: number): void
  canonical(x: number): void
  join(z: number, x: number): void
  readBytes(x: number, limbs: number, lane: number, from: number, length: number): void
  writeBytes(to: number, length: number, x: number, limbs: number, lane: number): void
  power(z: number, x: number, exponents: number, length: number, scratch: number): void
  powerBytes(limbs: number): number
  repeat(kind: number, z: number, x: number, y: number, count: number): void
  ownerBytes(length: number): number
  prepareOwner(at: number, primes: number, length: number): void
  prepareWhole(at: number): void
  base(z: number, random: number, length: number): number
  beginResidue(z: number): void
  joinResidue(to: number, z: number): void
  open(to: number, from: number, count: number): number
  fillRow(row: number, apart: number, base: number, inverse: number, entries: number, work: number): void
  beginProduct(x: number, start: number): void
  endProduct(x: number, work: number): void
  multiplyRow(x: number, count: number, row: number, apart: number, choice: number, mask: number, scratch: number): void
  multiplyRows(
    x: number,
    count: number,
    table: number,
    apart: number,
    rows: number,
    choice: number,
    mask: number,
    scratch: number,
  ): void
  sealBytes(limbs: number): number
  prepareSeal(work: number): void
  seal(to: number, plaintexts: number, residues: number, count: number, length: number, work: number): void
  preparePublic(at: number, from: number, length: number): void
  run(registers: number, program: number, count: number): void
  runModuloN(
    io: number,
    length: number,
    registers: number,
    program: number,
    count: number,
    result: number,
    work: number,
  ): void
  load2(z: number, first: number, second: number, length: number, work: number): void
  loadMany(z: number, first: number, second: number, length: number, count: number, work: number): void
  store2(first: number, second: number, length: number, x: number, work: number): void
  toMontgomery(x: number, times: 1 | 2): void
  fromMontgomery(x: number, work: number): void
  setOne(x: number): void
  setMontgomeryOne(x: number): void
  setPowerOfR(x: number, sign: 1 | -1): void
  liftPlaintext(x: number, from: number, length: number): void
  finish(io: number, length: number, product: number, inverse: number, factor: number, work: number): void
  productOf(to: number, from: number, count: number, length: number, work: number): void
  beginInversion(x: number, products: number, count: number, to: number, length: number, work: number): void
  endInversion(x: number, products: number, count: number, from: number, length: number, work: number): void
}

/** The module, compiled once a thread. It works on the memory it is given. */
export interface Kernel {
  /** A memory of its own, or one that other threads may share. Grows up to 64 MiB. */
  newMemory(shared: boolean): WebAssembly.Memory
  instantiate(memory: WebAssembly.Memory, shared: boolean): Functions
}

/**
 * Why the kernel serves as it does, or why it does not; `words/en/engine.ts` has the sentences. Without relaxed SIMD, or
 * where its multiply-add is not fused, it serves by plain SIMD.
 */
export type LoadReason = 'fused' | 'no-relaxed-simd' | 'not-fused' | 'no-webassembly' | 'no-simd' | 'not-compiled'

export type Loaded =
  | { readonly kernel: Kernel; readonly reason: LoadReason }
  | { readonly kernel: null; readonly reason: LoadReason }

/** Which engine a thread computes with, and why: for the page and the server's log. */
export interface EngineReport {
  readonly engine: EngineName
  readonly reason: LoadReason
}

export function reportOf({ kernel, reason }: Loaded): EngineReport {
  return { engine: kernel ? 'kernel' : 'reference', reason }
}

let loaded: Loaded | null = null

/** Compiles the embedded module, without network or eval. The same answer however often it is called. */
export function loadKernel(): Loaded {
  loaded ??= load()
  return loaded
}

function load(): Loaded {
  if (typeof globalThis.WebAssembly !== 'object') return { kernel: null, reason: 'no-webassembly' }
  const fused = compiled('fused')
  if (typeof fused === 'object') return { kernel: fused, reason: 'fused' }
  const plain = compiled('plain')
  if (typeof plain === 'object')
    return { kernel: plain, reason: fused === 'not-valid' ? 'no-relaxed-simd' : 'not-fused' }
  return { kernel: null, reason: plain === 'not-valid' ? 'no-simd' : 'not-compiled' }
}

/** One of the two modules, or why there is none. */
export function compiled(name: keyof typeof modules): Kernel | 'not-valid' | 'not-fused' | 'not-compiled' {
  const { memoryFlag } = modules[name]
  const bytes = unpacked(packed, modules[name])
  if (!WebAssembly.validate(bytes)) return 'not-valid'
  try {
    const kernel = compile(bytes, memoryFlag)
    // Run once, since compiling may be put off until then. The plain module, which needs no such thing, always says 1.
    return kernel.instantiate(kernel.newMemory(false), false).fused(0) === 1 ? kernel : 'not-fused'
  } catch {
    return 'not-compiled'
  }
}

function compile(bytes: Uint8Array<ArrayBuffer>, memoryFlag: number): Kernel {
  const own = new WebAssembly.Module(bytes)
  let sharing: WebAssembly.Module | null = null
  return {
    newMemory: (shared) => new WebAssembly.Memory({ initial: 1, maximum: memoryPages, shared }),
    instantiate: (memory, shared) => {
      if (shared && !sharing) {
        // A module states whether its memory is shared, in one byte; nothing else differs.
        const patched = bytes.slice()
        patched[memoryFlag] = 3
        sharing = new WebAssembly.Module(patched)
      }
      const instance = new WebAssembly.Instance(shared && sharing ? sharing : own, { env: { memory } })
      return instance.exports as unknown as Functions
    },
  }
}
