import type { CardBody } from '../card/card.ts'
import type { Sha256 } from '../number/digest.ts'
import type { RandomBytes } from '../number/random.ts'
import type { Head } from './scoring.ts'

/**
 * What an encryption scheme is to the rest of the house: how records lie in what crosses the line, and what a server can
 * do with a public key. The owner's port is `../private/owner.ts`. Cards, encoding, the session and the routes know no
 * scheme by name; what is special to one stays behind its ports.
 */

/** Who computes: the WebAssembly kernel, or the reference in BigInt that specifies it. For people to read; what an engine can do is asked of it. */
export type EngineName = 'kernel' | 'reference'

/** What of a card decides how a model's records lie in ciphertexts. A card is one. */
export type ModelShape = Pick<CardBody, 'slotBits' | 'inputs' | 'heads'>

/** A card's shape and nothing else of it. */
export function shapeOf({ slotBits, inputs, heads }: ModelShape): ModelShape {
  return { slotBits, inputs, heads }
}

/**
 * How one model's records lie in requests and answers under one parameter set. A request is the requests of its blocks one
 * after the other, and its answer their answers, so that who scores may take some blocks at a time.
 */
export interface Layout {
  /** K, the records that one plaintext carries. */
  readonly slots: number
  /** The records that are sealed and scored together; a request holds whole blocks, the last one padded. */
  readonly blockRecords: number
  /** Bytes of a plaintext: its slots from the least significant bit on, big-endian, and zeros above the last one. */
  readonly plaintextBytes: number
  /** Ciphertexts and bytes of a request with so many records, and of its answer. */
  requestCiphertexts(records: number): number
  answerCiphertexts(records: number): number
  requestBytes(records: number): number
  answerBytes(records: number): number
  /** Where the ciphertext of one input in one block lies among those of a request with so many records. */
  ciphertextAt(records: number, block: number, input: number): { readonly offset: number; readonly bytes: number }
  /** Items made ahead (see {@link Ahead}) that sealing, and scoring, so many records use up. */
  sealingItems(records: number): number
  scoringItems(records: number): number
}

/** One strength of a scheme. A key belongs to exactly one. */
export interface ParameterSet {
  /** Stable; stands in requests, backups and receipts. */
  readonly id: string
  readonly scheme: string
  /** What it is called by its size, in bits. */
  readonly bits: number
}

/** The public half of a scheme, whichever engine computes it. */
export interface Scheme {
  readonly name: string
  /** From the smallest to the largest. */
  readonly parameterSets: readonly ParameterSet[]
  /** Whether scoring uses up items that are made ahead. */
  readonly scoresWithItems: boolean
  /** Null where no record of the model fits. */
  layout(set: ParameterSet, model: ModelShape): Layout | null
  /** The parameter set of a public key, by its form alone. Throws the codes `key/…`. */
  parameterSetOf(publicKey: Uint8Array): ParameterSet
  /** Steps of a key's check: see `ScoringEngine.checkKeyStep`. */
  readonly keyCheckSteps: number
}

/**
 * What a key can have made before there are records: items that are used once each and never kept, and a table that makes
 * them cheaper. None of it depends on records.
 */
export interface Ahead {
  /** Bytes of an item. */
  readonly itemBytes: number
  /** `count` fresh items one after the other: from the table where there is one. */
  make(count: number, random: RandomBytes): Uint8Array<ArrayBuffer>
}

/** The scoring side's things made ahead. */
export interface ScoringAhead extends Ahead {
  /** Null where the engine has no table. */
  readonly table: ScoringTable | null
}

export interface ScoringTable {
  /**
   * Works on the table: `steps` steps, each as long as two items without it take, or all that are missing. True once
   * items are drawn from it.
   */
  grow(random: RandomBytes, steps?: number): boolean
  /**
   * Keeps the table in `memory`, where it is what threads that share the memory have made of it so far: all of them may
   * draw items from it, one at a time may grow it. What the memory held of another key is overwritten. Null: none.
   */
  keepIn(memory: ArrayBufferLike | null): void
}

/** The arithmetic of one scheme on the server, by one engine. */
export interface ScoringEngine {
  readonly scheme: Scheme
  /** Whether keys can draw what they make ahead from a table. */
  readonly hasTables: boolean
  /**
   * One step, in order, of whether a server may rely on a public key that it did not make: resolves, or rejects with one
   * of the codes `key/…`. Cheap ones come first, and none is long, so that other work finds room between them.
   */
  checkKeyStep(step: number, publicKey: Uint8Array, proof: Uint8Array, sha256: Sha256): Promise<void>
  /** Everything that needs the public key alone. The key passed all steps of its check. */
  key(publicKey: Uint8Array): ScoringKey
}

/** The whole check of a key. */
export async function checkKey(
  engine: ScoringEngine,
  publicKey: Uint8Array,
  proof: Uint8Array,
  sha256: Sha256,
): Promise<void> {
  const { keyCheckSteps } = engine.scheme
  for (let step = 0; step < keyCheckSteps; step++) await engine.checkKeyStep(step, publicKey, proof, sha256)
}

export interface ScoringKey {
  readonly set: ParameterSet
  /** Null where nothing is made ahead. */
  readonly ahead: ScoringAhead | null
  /** The index of the first ciphertext that is not valid, or −1. `ciphertexts` is any number of whole ones. */
  firstInvalid(ciphertexts: Uint8Array): number
  /** The encrypted linear predictors of a request's records, such that they say nothing of the weights beside their values. */
  score(task: ScoreTask): Uint8Array<ArrayBuffer>
}

export interface ScoreTask {
  readonly shape: ModelShape
  /** One per head of the shape. */
  readonly heads: readonly Head[]
  readonly records: number
  /** `requestBytes(records)` bytes, all of them valid. */
  readonly ciphertexts: Uint8Array
  /** `scoringItems(records)` items, none used before. Empty where nothing is made ahead. */
  readonly items: Uint8Array
}

/** What names a key: public, and the same everywhere the key appears. */
export interface KeyName {
  /** The id of its parameter set. */
  readonly set: string
  /** Hexadecimal SHA-256 of the public key's bytes. */
  readonly fingerprint: string
}

/** What leaves a key's owner towards a server: nothing secret. */
export interface PublicKey extends KeyName {
  readonly bytes: Uint8Array
  readonly proof: Uint8Array
}

/** A key's fingerprint, as bytes. */
export function keyFingerprint(publicKey: Uint8Array, sha256: Sha256): Promise<Uint8Array> {
  return sha256(publicKey)
}
