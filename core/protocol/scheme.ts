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
 * How one model's records lie in requests and answers under one parameter set.
 */
export interface Layout {
  /** K, the records that one plaintext carries. */
  readonly slots: number
  /** The records that are sealed and scored together; a request holds whole blocks, the last one padded. */
  readonly blockRecords: number
  /**
   * Whether a request is the requests of its blocks one after the other, and its answer their answers, so that who scores
   * may take some blocks at a time.
   */
  readonly apart: boolean
  /** The most records that one request can hold, whatever its bytes. */
  readonly mostRecords: number
  /** Bytes of a plaintext: its slots from the least significant bit on, big-endian, and zeros above the last one. */
  readonly plaintextBytes: number
  /** Bytes before the first ciphertext of a request, and of its answer: what all of them share. */
  readonly prefixBytes: number
  /** Ciphertexts and bytes of a request with so many records, and of its answer; all ciphertexts of one are as long. */
  requestCiphertexts(records: number): number
  answerCiphertexts(records: number): number
  requestBytes(records: number): number
  answerBytes(records: number): number
  /** Where the ciphertext of one input in one block lies among those of a request with so many records. */
  ciphertextAt(records: number, block: number, input: number): { readonly offset: number; readonly bytes: number }
  /** The slots that an answer has a value for, whatever was in them: what a client learns from so many records at most. */
  answeredSlots(records: number): number
  /**
   * Work in units of an eighth of a millisecond of a thread, masks aside: of sealing and opening so many records, of a
   * request's check, and of its scores.
   */
  sealingWork(records: number): number
  openingWork(records: number): number
  checkingWork(records: number): number
  scoringWork(records: number): number
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
  /** The sets of keys that outlive a run and serve any model, from the smallest to the largest; none where keys do not. */
  readonly parameterSets: readonly ParameterSet[]
  /** The set of that id, or null where this scheme has none. */
  parameterSet(id: string): ParameterSet | null
  /** The sets that hold this model's records, from the smallest to the largest. */
  setsFor(model: ModelShape): readonly ParameterSet[]
  /** Whether scoring uses up items that are made ahead. */
  readonly scoresWithItems: boolean
  /** Null where no record of the model fits. */
  layout(set: ParameterSet, model: ModelShape): Layout | null
  /** Bytes of a public key of that set. */
  publicKeyBytes(set: ParameterSet): number
  /**
   * The slots, over all heads and answers of a model's life, up to which its weights stay hidden as the scheme says; null
   * where that adds up to nothing over any number.
   */
  readonly mostAnsweredSlots: number | null
  /** Whether a key is for one run: made for it, and never for sealing again. */
  readonly keyPerRun: boolean
  /**
   * Whether scores leave who opened them rounded to the card's tolerance: exact ones of an answer that was forged would tell
   * of the key.
   */
  readonly roundsScores: boolean
  /** Steps of a key's check: see `ScoringEngine.checkKeyStep`; and the work of one, in the units of a layout. */
  readonly keyCheckSteps: number
  keyCheckWork(set: ParameterSet): number
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
   *
   * `bases`: all that the table is made of, items that were made without one and are used for nothing else; a step then takes a tenth of
   * that. Null: they are made here.
   */
  grow(random: RandomBytes, steps?: number, bases?: Uint8Array | null): boolean
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
   * of the codes `key/…`. Cheap ones come first, and none is long, so that other work finds room between them. Without a
   * proof, all that the key itself shows.
   */
  checkKeyStep(
    step: number,
    set: ParameterSet,
    publicKey: Uint8Array,
    proof: Uint8Array | null,
    sha256: Sha256,
  ): Promise<void>
  /** Everything that needs the public key alone. The key passed all steps of its check. */
  key(set: ParameterSet, publicKey: Uint8Array): ScoringKey
}

/** The whole check of a key. */
export async function checkKey(
  engine: ScoringEngine,
  set: ParameterSet,
  publicKey: Uint8Array,
  proof: Uint8Array,
  sha256: Sha256,
): Promise<void> {
  const { keyCheckSteps } = engine.scheme
  for (let step = 0; step < keyCheckSteps; step++) await engine.checkKeyStep(step, set, publicKey, proof, sha256)
}

export interface ScoringKey {
  readonly set: ParameterSet
  /** Null where nothing is made ahead. */
  readonly ahead: ScoringAhead | null
  /**
   * The index of the first ciphertext that is not valid, or −1, of a request of `requestBytes(records)` bytes; where blocks
   * are apart, of any of its ciphertexts.
   */
  firstInvalid(shape: ModelShape, records: number, ciphertexts: Uint8Array): number
  /** The encrypted linear predictors of a request's records, such that they say nothing of the weights beside their values. */
  score(task: ScoreTask): Uint8Array<ArrayBuffer>
  /**
   * Sums of ciphertexts that were made elsewhere, one value each, by weights of any size: records × heads ciphertexts, masked
   * as scores are. Null where a scheme has no such ciphertexts.
   */
  readonly combine: ((task: CombineTask) => Uint8Array<ArrayBuffer>) | null
}

export interface CombineTask {
  /** records × inputs ciphertexts, record by record, all of them valid. */
  readonly ciphertexts: Uint8Array
  readonly records: number
  /** Per head a weight for each input. */
  readonly weights: readonly (readonly bigint[])[]
  /** Per head a plaintext that is added to every sum. */
  readonly offsets: readonly Uint8Array[]
  /** records × heads items, none used before. */
  readonly items: Uint8Array
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
  readonly random: RandomBytes
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
