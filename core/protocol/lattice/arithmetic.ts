import type { Parameters } from './parameters.ts'

/** The arithmetic of the lattice scheme that needs no secret, whichever engine computes it. */
export interface LatticeArithmetic {
  /** Of a request's polynomials, the first with a field that no residue has, or −1. */
  firstInvalid(parameters: Parameters, coefficients: number, polynomials: Uint8Array): number
  /**
   * Writes per head A, as `degree` fields of each kept prime, and after it B, as `coefficients` fields of each: the masked answer,
   * with the dropped primes divided away.
   */
  score(task: LatticeScoreTask, to: Uint8Array): void
}

export interface LatticeScoreTask {
  readonly parameters: Parameters
  /** 32 bytes: what the a_j are expanded from. */
  readonly seed: Uint8Array
  /** n: how many coefficients of each b_j were sent. */
  readonly coefficients: number
  /** One b_j after the other: n fields of each prime, the kept ones first. All of them residues. */
  readonly polynomials: Uint8Array
  /** The seed of a_0 and the fields of b_0. */
  readonly maskKey: Uint8Array
  readonly heads: readonly LatticeHead[]
  /** 32 fresh random bytes: the mask and the flood. Never used twice. */
  readonly randomness: Uint8Array
}

export interface LatticeHead {
  /** W_j; 0 for every input that is always 0. */
  readonly weights: Float64Array
  /** What is added to the message of every coefficient. */
  readonly offset: bigint
}

/** Bytes of a seed. */
export const seedBytes = 32
