import type { RandomBytes } from '../../number/random.ts'
import type { EngineName } from '../scheme.ts'

/**
 * A key's modulus has no prime factor below 2^20, so at most L/20 of them: an adversary's may have that many, and as many
 * small subgroups of each order, all of which a mask must cover ({@link basesOfMasks}).
 */
export const leastFactorBits = 20

/**
 * How many bases a table of masks has, an even number of them, for n of `bits` bits whose prime factors have more than
 * {@link leastFactorBits}.
 *
 * A digit string's collisions decide (leftover hash lemma, core/private/paillier/residues.ts): two samples with digits α and α'
 * agree with probability |G[g]| / |G|, where G are the n-th residues, g is what divides all α_i − α'_i, and G[g] are the
 * elements that g kills. G is a product of at most k = bits/20 cyclic groups, one for each prime of n, so |G[g]| ≤ g^k,
 * and g divides all D differences with probability about g^-D; nothing but α = α' is left beyond the digits' range. So
 * the samples are within ½·√(2^(k − D) + 3^(k − D) + … + 2^-128) of uniform: with D = k + 130 that is 2^-64. An owner's
 * honest n has two primes, yet nothing proves that here. The lemma holds for who knows the bases as well: that nobody else chose
 * them is all that it asks of them.
 */
export const basesOfMasks = (bits: number): number => 2 * Math.ceil((Math.floor(bits / leastFactorBits) + 130) / 2)

/**
 * The arithmetic on ciphertexts, in batches of fixed-width bytes. Two engines implement it: the BigInt
 * reference (`reference.ts`), which is the specification, and the WebAssembly kernel, which equals it, refusals included.
 *
 * Widths, for a key of L bits: n and plaintexts L/8 bytes, ciphertexts and residues L/4 bytes, all big-endian.
 * A batch is the items one after the other, nothing between them.
 */
export interface Arithmetic {
  readonly engine: EngineName
  /** Whether `prepareMasks` makes a table. */
  readonly hasMaskTables: boolean
  /**
   * Everything that needs the public key alone. `n` is L/8 bytes with its top bit set and odd; for masks from a table
   * it has no prime factor of {@link leastFactorBits} bits or fewer, as `checkKeyStep` sees to.
   */
  publicKey(n: Uint8Array): PublicArithmetic
  /**
   * base^exponent modulo n for a batch of bases below n, L/8 bytes each. `n` is that of a key which has not passed its
   * check: of a size that keys have, its top bit set, odd, and nothing else is known of it.
   */
  powers(n: Uint8Array, bases: Uint8Array, exponent: Uint8Array): Uint8Array<ArrayBuffer>
}

export interface PublicArithmetic {
  /** L, the bits of n. */
  readonly bits: number
  /**
   * The index of the first ciphertext that is not a unit modulo n² (0, n² or above, or sharing a factor with n),
   * or −1 when all of them are. `ciphertexts` is any number of whole ciphertexts.
   */
  firstInvalid(ciphertexts: Uint8Array): number
  /**
   * `count` fresh, uniform n-th residues modulo n²: r^n with r uniform in the units modulo n,
   * or within 2^−64 of that from a table (see {@link prepareMasks}).
   */
  masks(count: number, random: RandomBytes): Uint8Array<ArrayBuffer>
  /**
   * Works on the table that makes later masks cheaper: `steps` steps, each as long as two masks without it take, or
   * all that are missing. True once the table is there. An engine that has no table has nothing to do: true.
   * `bases`: {@link basesOfMasks} masks that were made without a table and are used for nothing else, of which it is made;
   * a step then takes a tenth of that. They may be used for the same key's tables elsewhere.
   */
  prepareMasks(random: RandomBytes, steps?: number, bases?: Uint8Array | null): boolean
  /**
   * Keeps the table in `memory`, where it is what threads that share the memory have made of it so far: all of them
   * may draw masks from it, one at a time may prepare it. What the memory held of another key is overwritten.
   * Null: no table, until `prepareMasks` begins one in memory of its own.
   */
  useMaskMemory(memory: ArrayBufferLike | null): void
  /**
   * The encrypted linear predictors of whole blocks, masked.
   * For block b and head h: offset_h · ∏_j c_{b,j}^{W_{h,j}} · mask_{b,h} mod n².
   */
  score(task: ScoreTask): Uint8Array<ArrayBuffer>
}

export interface ScoreTask {
  /** blocks × inputs ciphertexts, block by block; every one a unit modulo n². */
  readonly ciphertexts: Uint8Array
  readonly blocks: number
  /** Per head one signed integer weight per input, |W| < 2^53. */
  readonly weights: readonly Float64Array[]
  /** Per head a plaintext in [0, n), L/8 bytes, added to every block's predictor. */
  readonly offsets: readonly Uint8Array[]
  /** blocks × heads residues, block by block, none used before. */
  readonly masks: Uint8Array
}

/**
 * ∏ c_i^{w_i} modulo n², L/4 bytes, for weights that are used once: what multiplies plaintexts by them and adds all up. `n` as in
 * {@link Arithmetic.publicKey}; one weight for each ciphertext, an integer in [0, 2^53). `onDone` hears which part is multiplied, from 0 to 1.
 */
export type WeightedProduct = (
  n: Uint8Array,
  ciphertexts: Uint8Array,
  weights: Float64Array,
  onDone?: (part: number) => void,
) => Uint8Array<ArrayBuffer>
