import type { Kernel } from './loader.ts'
import { Region } from './region.ts'
import type { Program } from './schedule.ts'
import { liftedBytes, limbsFor } from './sizes.ts'

/** One instance of the module for all public keys of a thread. The key in use has its modulus at a fixed place. */
export class Workspace {
  readonly region: Region
  readonly #modulusAt: number
  #user: PublicModulus | null = null

  constructor(kernel: Kernel) {
    const memory = kernel.newMemory(false)
    this.region = new Region(kernel.instantiate(memory, false), memory, 0)
    this.#modulusAt = this.region.mark()
  }

  /** Starts a call for `user`: everything but the scratch is free, its modulus is in place and selected. */
  enter(user: PublicModulus): void {
    const at = this.#start(user.image.length)
    if (this.#user !== user) {
      this.region.write(at, user.image)
      this.region.functions.select(at)
      this.#user = user
    }
  }

  /** Sets up a modulus; returns its bytes, to be put back whenever it is used again. */
  prepare(n: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
    const at = this.#start(bytes)
    this.#user = null
    const input = this.region.take(n.length)
    this.region.write(input, n)
    this.region.functions.preparePublic(at, input, n.length)
    return this.region.read(at, bytes)
  }

  #start(bytes: number): number {
    this.region.release(this.#modulusAt)
    return this.region.take(bytes)
  }
}

/** n, twice in the lanes. */
export class PublicModulus {
  readonly limbs: number
  /** Bytes of a lifted number. */
  readonly size: number
  readonly image: Uint8Array<ArrayBuffer>
  readonly #workspace: Workspace

  constructor(workspace: Workspace, n: Uint8Array) {
    this.limbs = limbsFor(8 * n.length)
    this.size = liftedBytes(this.limbs)
    this.#workspace = workspace
    this.image = workspace.prepare(n, workspace.region.functions.modulusBytes(this.limbs))
  }

  /** Runs one call: `work` has room for six lifted numbers. What the call takes is free again after it. */
  use<T>(call: (region: Region, work: number) => T): T {
    this.#workspace.enter(this)
    const { region } = this.#workspace
    return call(region, region.take(6 * this.size))
  }

  /** Two numbers below n, in Montgomery form in register 0, and the program run; returns the registers' address. */
  powers(region: Region, program: Program, first: Uint8Array, second: Uint8Array, work: number): number {
    const { functions } = region
    const input = region.take(2 * first.length)
    const steps = region.take(4 * program.steps.length)
    const registers = region.take(program.registers * this.size)
    region.write(input, first)
    region.write(input + first.length, second)
    region.write(steps, new Uint8Array(program.steps.buffer))
    functions.load2(registers, input, input + first.length, first.length, work)
    functions.toMontgomery(registers, 2)
    functions.run(registers, steps, program.steps.length / 3)
    return registers
  }

  /** Writes the two numbers below n² that x stands for in Montgomery form. */
  writePlain(region: Region, first: number, second: number, x: number, width: number, work: number): void {
    region.functions.fromMontgomery(x, work)
    region.functions.store2(first, second, width, x, work)
  }
}
