import type { Sha256 } from '../number/digest.ts'
import type { RandomBytes } from '../number/random.ts'
import type { Ahead, ModelShape, ParameterSet, Scheme } from '../protocol/scheme.ts'

/** The owner's port of an encryption scheme: what only who holds the secret can do. */

/** What the making of a secret takes from the platform. */
export interface Platform {
  readonly random: RandomBytes
  readonly sha256: Sha256
  /** Two primes of half so many bits each whose product has exactly so many, from an audited source. */
  readonly primes: (bits: number) => Promise<readonly [bigint, bigint]>
}

/** The secret half of a scheme, whichever engine computes it. A secret is bytes: what a backup holds, sealed. */
export interface OwnerScheme {
  readonly scheme: Scheme
  /** Bytes of a secret. */
  secretBytes(set: ParameterSet): number
  generate(set: ParameterSet, platform: Platform): Promise<Uint8Array<ArrayBuffer>>
  /** Throws `key/invalid` for a secret that was not made as {@link generate} makes it, whoever wrote it. */
  checkSecret(set: ParameterSet, secret: Uint8Array, random: RandomBytes): void
  publicKey(set: ParameterSet, secret: Uint8Array): Uint8Array<ArrayBuffer>
  /** What `checkKeyStep` of a scoring engine asks for. */
  prove(set: ParameterSet, secret: Uint8Array, sha256: Sha256): Promise<Uint8Array<ArrayBuffer>>
}

/** The arithmetic of one scheme for a key's owner, by one engine. */
export interface OwnerEngine {
  readonly owner: OwnerScheme
  /**
   * Whether a key's table is made in less time than the key itself, so that it goes out with the key; else it follows.
   * Null where there are no tables.
   */
  readonly table: 'at once' | 'later' | null
  key(set: ParameterSet, secret: Uint8Array): OwnerKey
}

export interface OwnerKey {
  readonly set: ParameterSet
  /** Null where nothing is made ahead. */
  readonly ahead: OwnerAhead | null
  /**
   * The ciphertexts of a request, `requestBytes(records)` of the layout, in `to` where there is one. Deterministic where
   * things are made ahead.
   */
  encrypt(task: EncryptTask): Uint8Array<ArrayBuffer>
  /**
   * The plaintexts of an answer to so many records, `plaintextBytes` of the layout each: for the i-th K records and head
   * h at place i · heads + h. Throws `result/ciphertext`, with the index, for one that no honest server returns.
   */
  decrypt(shape: ModelShape, ciphertexts: Uint8Array, records: number): Uint8Array<ArrayBuffer>
  /** Lets go of the key and overwrites what held it, as far as the engine can. Later calls throw `key/locked`. */
  dispose(): void
}

export interface EncryptTask {
  readonly shape: ModelShape
  readonly records: number
  /** inputs × capacity integers, input by input, records in order; those after `records` are zero. */
  readonly integers: Float64Array
  /** A multiple of the layout's `blockRecords`. */
  readonly capacity: number
  /** `sealingItems(records)` items, none used before. Empty where nothing is made ahead. */
  readonly items: Uint8Array
  readonly random: RandomBytes
  /** Room for the ciphertexts, which are megabytes: what is made where it is needed is not copied, nor is room made anew. */
  readonly to?: Uint8Array<ArrayBuffer>
}

/** The owner's things made ahead. Without a table they are made all the same, only slower. */
export interface OwnerAhead extends Ahead {
  /** The secret table from fresh randomness. Another holder of the same secret may use it; it is as secret as that. */
  makeTable(random: RandomBytes): OwnerTable
  useTable(table: OwnerTable): void
}

/** Opaque outside the engine that made it. Plain data: it may cross a port between workers. */
export interface OwnerTable {
  /** Names the engine, so that another one refuses it. */
  readonly engine: string
  /** Engine-specific layout; a SharedArrayBuffer view where the platform shares memory. */
  readonly entries: Uint8Array
}
