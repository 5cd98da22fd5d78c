import { unforeseen } from '../core/errors.ts'
import { equalBytes } from '../core/number/bytes.ts'
import { PublicModulus, type Workspace } from './modulus.ts'
import { planPower } from './schedule.ts'

const windowBits = 6

/** Powers modulo n alone, as a key's check wants them: two bases in the lanes, numbers of half the length of n². */
export class Powers {
  readonly #workspace: Workspace
  /** Steps of one check come one after the other. */
  #last: { readonly n: Uint8Array; readonly modulus: PublicModulus } | null = null

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** See `Arithmetic.powers` of core. */
  of(n: Uint8Array, bases: Uint8Array, exponent: Uint8Array): Uint8Array<ArrayBuffer> {
    const width = n.length
    if (bases.length % width !== 0) unforeseen('a batch of broken items')
    const powers = bases.slice()
    if (bases.length === 0) return powers
    const modulus = this.#modulusOf(n)
    const { program, result } = planPower(exponent, windowBits)
    const register = modulus.size / 2
    modulus.use((region, work) => {
      const steps = region.take(4 * program.steps.length)
      const registers = region.take(program.registers * register)
      const io = region.take(2 * width)
      region.write(steps, new Uint8Array(program.steps.buffer))
      for (let at = 0; at < bases.length; at += 2 * width) {
        const pair = bases.subarray(at, at + 2 * width)
        region.write(io, pair)
        // Where there is no second base, the second lane computes with whatever is there.
        const to = registers + result * register
        region.functions.runModuloN(io, width, registers, steps, program.steps.length / 3, to, work)
        powers.set(region.view(io, pair.length), at)
      }
    })
    return powers
  }

  #modulusOf(n: Uint8Array): PublicModulus {
    if (this.#last === null || !equalBytes(this.#last.n, n)) {
      this.#last = { n: n.slice(), modulus: new PublicModulus(this.#workspace, n) }
    }
    return this.#last.modulus
  }
}
