import { randomBytes } from 'node:crypto'
import type { Arithmetic, PublicArithmetic } from '../core/arithmetic.ts'
import { concat } from '../core/bytes.ts'
import { fail } from '../core/errors.ts'
import type { Head } from '../core/headroom.ts'
import { checkKey } from '../core/key.ts'
import { offsetPlaintext } from '../core/score.ts'
import { sha256, sha256Hex } from './digest.ts'
import { LruMap } from './lru.ts'

/** What a compute thread knows of a model. */
export interface ModelWeights {
  readonly id: string
  readonly slotBits: number
  readonly heads: readonly Head[]
}

export interface ScoreRequest {
  readonly n: Uint8Array
  readonly model: string
  readonly blocks: number
  /** blocks × inputs ciphertexts, block by block. */
  readonly ciphertexts: Uint8Array
  /** At most blocks × heads residues made ahead, none used before; the missing ones are made here. */
  readonly masks: Uint8Array
}

/** Keys whose prepared arithmetic one thread keeps. */
const keysPerThread = 32
/** From here on the engine's table pays (see {@link PublicArithmetic.prepareMasks}). */
const masksBeforeTable = 128

/** The work of a compute thread, and what it keeps between tasks. Blocks its thread while it computes. */
export class Tasks {
  readonly #engine: Arithmetic
  readonly #models: ReadonlyMap<string, ModelWeights>
  readonly #keys = new LruMap<string, KeyState>(keysPerThread)
  readonly #offsets = new Map<string, readonly Uint8Array[]>()

  constructor(engine: Arithmetic, models: readonly ModelWeights[]) {
    this.#engine = engine
    this.#models = new Map(models.map((model) => [model.id, model]))
  }

  /** See `checkKey` of core. */
  checkKey(n: Uint8Array, proof: Uint8Array): Promise<void> {
    return checkKey(n, proof, sha256)
  }

  /** `count` fresh masks r^n mod n², L/4 bytes each. */
  masks(n: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
    const key = this.#key(n)
    if (key.made >= masksBeforeTable && !key.prepared) {
      key.arithmetic.prepareMasks(randomBytes)
      key.prepared = true
    }
    key.made += count
    return key.arithmetic.masks(count, randomBytes)
  }

  /**
   * blocks × heads masked ciphertexts. Throws `request/ciphertext`, with its index, when one of the request's is not
   * a unit modulo n²; then nothing has been computed with any of them.
   */
  score({ n, model: id, blocks, ciphertexts, masks }: ScoreRequest): Uint8Array<ArrayBuffer> {
    const model = this.#models.get(id) ?? fail('internal', 'A compute thread does not hold the model.')
    const { arithmetic } = this.#key(n)
    const invalid = arithmetic.firstInvalid(ciphertexts)
    if (invalid >= 0) fail('request/ciphertext', 'A ciphertext is not a unit modulo n².', { index: invalid })
    const missing = blocks * model.heads.length - masks.length / (2 * n.length)
    return arithmetic.score({
      ciphertexts,
      blocks,
      weights: model.heads.map((head) => head.weights),
      offsets: this.#offsetsOf(model, arithmetic.bits),
      masks: missing > 0 ? concat([masks, arithmetic.masks(missing, randomBytes)]) : masks,
    })
  }

  #key(n: Uint8Array): KeyState {
    const fingerprint = sha256Hex(n)
    let key = this.#keys.get(fingerprint)
    if (key === undefined) {
      key = { arithmetic: this.#engine.publicKey(n), made: 0, prepared: false }
      this.#keys.set(fingerprint, key)
    }
    return key
  }

  #offsetsOf(model: ModelWeights, keyBits: number): readonly Uint8Array[] {
    const name = `${keyBits} ${model.id}`
    let offsets = this.#offsets.get(name)
    if (offsets === undefined) {
      offsets = model.heads.map((head) => offsetPlaintext(head, model.slotBits, keyBits))
      this.#offsets.set(name, offsets)
    }
    return offsets
  }
}

interface KeyState {
  readonly arithmetic: PublicArithmetic
  made: number
  prepared: boolean
}
