import type { RandomBytes } from '../../number/random.ts'
import type { EngineName } from '../../protocol/scheme.ts'

/**
 * The arithmetic that only the key's owner can do, modulo p² and q² instead of n².
 * Widths and batches are those of `../../protocol/paillier/arithmetic.ts`.
 */
export interface OwnerArithmetic {
  readonly engine: EngineName
  /** Whether making a key's table takes less time than the key itself. */
  readonly tableAtOnce: boolean
  /** `p` and `q` are distinct primes of L/16 bytes each with the top bit set, n = p·q of exactly L bits. */
  privateKey(p: Uint8Array, q: Uint8Array): PrivateArithmetic
}

export interface PrivateArithmetic {
  /** L, the bits of n. */
  readonly bits: number
  /**
   * The secret table from which residues are drawn, made from fresh randomness.
   * Another holder of the same key may use it through {@link useTable}; it is as secret as p and q.
   */
  makeTable(random: RandomBytes): ResidueTable
  useTable(table: ResidueTable): void
  /**
   * `count` fresh n-th residues modulo n²: drawn from the table where there is one (within 2^−64 of uniform),
   * by exponentiation where there is none. A residue is used for one ciphertext and never kept.
   */
  residues(count: number, random: RandomBytes): Uint8Array<ArrayBuffer>
  /**
   * The ciphertexts (1 + m·n)·ρ mod n² of a batch of plaintexts m in [0, n) with as many residues ρ.
   * Deterministic: all randomness is in the residues.
   */
  encrypt(plaintexts: Uint8Array, residues: Uint8Array): Uint8Array<ArrayBuffer>
  /** The plaintexts, in [0, n), of a batch of ciphertexts. Throws `result/ciphertext` for one that is not a unit. */
  decrypt(ciphertexts: Uint8Array): Uint8Array<ArrayBuffer>
  /** Lets go of the key and overwrites what held it, as far as the engine can. Nothing may be called afterwards. */
  dispose(): void
}

/** Opaque outside the engine that made it. Plain data: it may cross a port between workers. */
export interface ResidueTable {
  readonly engine: EngineName
  readonly windowBits: number
  /** Engine-specific layout; a SharedArrayBuffer view where the platform shares memory. */
  readonly entries: Uint8Array
}
