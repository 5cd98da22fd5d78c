import { memoryPages, modules, packed } from '../built/lattice.ts'
import { unpacked } from '../unpack.ts'

/** The lattice module's functions on raw addresses (assembly/index.ts); typed here, since the module carries no types. */
export interface LatticeFunctions {
  fused(): number
  begin(state: number, key: number, nonce: number): void
  blocks(to: number, state: number): void
  hchacha20(to: number, key: number, nonce: number): void
  uniform(to: number, count: number, state: number, bytes: number, width: number, p: number): void
  uniformTimes(
    z: number,
    y: number,
    count: number,
    state: number,
    bytes: number,
    width: number,
    p: number,
    inverse: number,
  ): void
  addUniform(
    sums: number,
    heads: number,
    x: number,
    count: number,
    state: number,
    bytes: number,
    width: number,
    p: number,
    inverse: number,
  ): void
  addFields(
    sums: number,
    heads: number,
    x: number,
    from: number,
    count: number,
    width: number,
    p: number,
    inverse: number,
  ): void
  ternary(to: number, count: number, state: number, bytes: number): void
  binomial(to: number, count: number, state: number, bytes: number): void
  flood(to: number, count: number, bits: number, state: number, bytes: number): void
  forward(values: number, table: number, degree: number, p: number, inverse: number): void
  backward(values: number, table: number, degree: number, p: number, inverse: number): void
  fillTable(table: number, degree: number, root: number, p: number, inverse: number): void
  product(z: number, x: number, y: number, count: number, p: number, inverse: number): void
  addScaled(z: number, x: number, c: number, count: number, p: number, inverse: number): void
  addProduct(z: number, x: number, y: number, count: number, p: number, inverse: number): void
  addTo(z: number, x: number, c: number, count: number): void
  centreAll(z: number, count: number, p: number, inverse: number): void
  divided(z: number, x: number, c: number, count: number, p: number, inverse: number): void
  addMessage: AddMessage
  addShortMessage: AddMessage
  addTinyMessage: AddMessage
  pack(to: number, values: number, count: number, width: number, p: number, inverse: number): void
  unpack(values: number, from: number, count: number, width: number): void
  beyond(from: number, count: number, width: number, p: bigint): number
  differ(one: number, other: number, bytes: number): number
  digit(
    z: number,
    digits: number,
    apart: number,
    before: number,
    products: number,
    c: number,
    count: number,
    p: number,
    inverse: number,
  ): void
  messages(
    to: number,
    length: number,
    digits: number,
    apart: number,
    primes: number,
    kept: number,
    count: number,
    bits: number,
    limit: number,
    work: number,
    limbs: number,
  ): number
}

type AddMessage = (
  z: number,
  e: number,
  x: number,
  factors: number,
  slots: number,
  count: number,
  p: number,
  inverse: number,
) => void

export interface LatticeModule {
  /** By which instructions: relaxed multiply-adds that are fused, or plain SIMD with Dekker's product. */
  readonly by: keyof typeof modules
  instantiate(): { readonly functions: LatticeFunctions; readonly memory: WebAssembly.Memory }
}

let loaded: LatticeModule | null | undefined

/** The fastest of the modules that this platform runs, compiled once a thread, without network or eval; null for none. */
export function loadLattice(): LatticeModule | null {
  if (loaded === undefined) loaded = compiled('fused') ?? compiled('plain')
  return loaded
}

/** For tests: the module that does not need fused multiply-adds. */
export function loadPlainLattice(): LatticeModule | null {
  return compiled('plain')
}

function compiled(by: keyof typeof modules): LatticeModule | null {
  const WASM = globalThis.WebAssembly
  if (typeof WASM !== 'object') return null
  const bytes = unpacked(packed, modules[by])
  if (!WASM.validate(bytes)) return null
  try {
    const module = new WebAssembly.Module(bytes)
    const instantiate = () => {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: memoryPages })
      const functions = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as LatticeFunctions
      return { functions, memory }
    }
    return instantiate().functions.fused() === 1 ? { by, instantiate } : null
  } catch {
    return null
  }
}
