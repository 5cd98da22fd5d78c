import type { Parameters } from '../../protocol/lattice/parameters.ts'

/** The arithmetic of the lattice scheme for a key's owner, whichever engine computes it. */
export interface LatticeOwnerArithmetic {
  key(parameters: Parameters, secret: Uint8Array): LatticeKey
}

export interface LatticeKey {
  /** The seed of a_0 and the fields of b_0 = −a_0·s + e_0. */
  maskKey(): Uint8Array<ArrayBuffer>
  /**
   * Writes b_j = −a_j·s + e_j + Δ·M_j, one after the other: n fields of each prime. The message of a coefficient is
   * Σ x_r·2^(T·r) over its K slots. Neither seed may have been used before.
   */
  encrypt(request: LatticeRequest, to: Uint8Array): void
  /**
   * Writes what one head's answer holds, per coefficient ⌈T·K/8⌉ bytes, big-endian. Returns the first coefficient whose
   * message or noise is beyond what an honest answer has, or −1.
   */
  decrypt(coefficients: number, answer: Uint8Array, to: Uint8Array): number
  /** Overwrites what holds the key. */
  dispose(): void
}

export interface LatticeRequest {
  /** 32 bytes each: public, for the a_j; fresh, for the errors. */
  readonly seed: Uint8Array
  readonly errorSeed: Uint8Array
  readonly coefficients: number
  /** X_j: the most that an input's values are, one per input. */
  readonly maxima: readonly number[]
  /** Puts an input's integers into K rows of n each, a row per slot; what it leaves alone is zero. */
  readonly place: (input: number, rows: Float64Array) => void
}
