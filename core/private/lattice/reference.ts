import { concat, toBytes } from '../../number/bytes.ts'
import { inverse, mod, productOf } from '../../number/integers.ts'
import { seedBytes } from '../../protocol/lattice/arithmetic.ts'
import { fieldBytes, noiseBits, noiseLimit, type Parameters } from '../../protocol/lattice/parameters.ts'
import { primesOf, scaleOf, splitFields } from '../../protocol/lattice/reference.ts'
import { fromValues, multiply, packFields } from '../../protocol/lattice/ring.ts'
import { binomial, expand, ternary } from '../../protocol/lattice/sample.ts'
import { purposes, Stream } from '../../protocol/lattice/stream.ts'
import type { LatticeKey, LatticeOwnerArithmetic, LatticeRequest } from './arithmetic.ts'

/** The owner's half of the lattice scheme in BigInt: what the kernel must equal to the last byte. */
export const latticeOwnerReference: LatticeOwnerArithmetic = {
  key: (parameters, secret) => new ReferenceKey(parameters, secret),
}

class ReferenceKey implements LatticeKey {
  readonly #parameters: Parameters
  readonly #secret: Uint8Array
  /** s. */
  readonly #s: bigint[]

  constructor(parameters: Parameters, secret: Uint8Array) {
    this.#parameters = parameters
    this.#secret = secret.slice()
    this.#s = ternary(new Stream(secret, parameters, purposes.secret), parameters.degree)
  }

  maskKey(): Uint8Array<ArrayBuffer> {
    const parameters = this.#parameters
    const seed = new Stream(this.#secret, parameters, purposes.maskSeed).bytes(seedBytes)
    const e0 = binomial(new Stream(this.#secret, parameters, purposes.maskError), parameters.degree)
    const fields = primesOf(parameters).map((prime, i) =>
      packFields(this.#hidden(expand(parameters, seed, purposes.expandMask, 0, i), prime, e0), prime),
    )
    return concat([seed, ...fields])
  }

  encrypt({ seed, errorSeed, coefficients, maxima, place }: LatticeRequest, to: Uint8Array): void {
    const parameters = this.#parameters
    const { slots, slotBits } = parameters
    const scale = scaleOf(parameters)
    const polynomials: Uint8Array[] = []
    for (let j = 0; j < maxima.length; j++) {
      const rows = new Float64Array(slots * coefficients)
      place(j, rows)
      const e = binomial(new Stream(errorSeed, parameters, purposes.error, j), coefficients)
      const scaled = e.map((error, i) => {
        let message = 0n
        for (let r = slots - 1; r >= 0; r--) {
          message = (message << BigInt(slotBits)) | BigInt(rows[r * coefficients + i] as number)
        }
        return error + scale * message
      })
      for (const [i, prime] of primesOf(parameters).entries()) {
        polynomials.push(
          packFields(this.#hidden(expand(parameters, seed, purposes.expand, j, i), prime, scaled), prime),
        )
      }
    }
    to.set(concat(polynomials))
  }

  /** −a·s + x modulo a prime, as far as x goes. */
  #hidden(values: readonly bigint[], prime: number, x: readonly bigint[]): bigint[] {
    const product = multiply(fromValues(values, prime), this.#s, prime)
    return x.map((value, k) => mod(value - (product[k] as bigint), BigInt(prime)))
  }

  decrypt(coefficients: number, answer: Uint8Array, to: Uint8Array): number {
    const { kept, degree, slots, slotBits } = this.#parameters
    const bytesOfA = fieldBytes(kept, degree)
    const a = splitFields(kept, degree, answer.subarray(0, bytesOfA))
    const b = splitFields(kept, coefficients, answer.subarray(bytesOfA))
    const masks = kept.map((prime, i) => multiply(a[i] as bigint[], this.#s, prime))
    const q = productOf(kept.map(BigInt))
    const unit = 1n << BigInt(noiseBits)
    const limit = BigInt(noiseLimit(degree))
    const plaintextBytes = Math.ceil((slotBits * slots) / 8)
    let spoiled = -1
    for (let k = 0; k < coefficients; k++) {
      let phase = 0n
      for (const [i, prime] of kept.entries()) {
        const p = BigInt(prime)
        const others = q / p
        const residue = mod((b[i]?.[k] as bigint) + (masks[i]?.[k] as bigint), p)
        phase += ((residue * (inverse(others, p) as bigint)) % p) * others
      }
      phase %= q
      const message = (phase + unit / 2n) / unit
      const noise = phase - message * unit
      const fits = message < 1n << BigInt(slotBits * slots)
      if (spoiled < 0 && (!fits || noise > limit || -noise > limit)) spoiled = k
      to.set(fits ? toBytes(message, plaintextBytes) : new Uint8Array(plaintextBytes), k * plaintextBytes)
    }
    return spoiled
  }

  dispose(): void {
    this.#secret.fill(0)
    this.#s.fill(0n)
  }
}
