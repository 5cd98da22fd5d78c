import { randomBytes } from 'node:crypto'
import type { Arithmetic, PublicArithmetic } from '../core/arithmetic.ts'
import { concat } from '../core/bytes.ts'
import { fail } from '../core/errors.ts'
import type { Head } from '../core/headroom.ts'
import { checkKey } from '../core/key.ts'
import { offsetPlaintext } from '../core/score.ts'
import { sha256, sha256Hex } from './digest.ts'
import { LruMap } from './lru.ts'
import { threadMs } from './thread.ts'

/** What a compute thread knows of a model. */
export interface ModelWeights {
  readonly id: string
  readonly slotBits: number
  readonly heads: readonly Head[]
}

export interface MaskRequest {
  readonly n: Uint8Array
  readonly count: number
  /** The memory of the key's table, when that is ready. */
  readonly table: SharedArrayBuffer | null
}

export interface TableRequest {
  readonly n: Uint8Array
  readonly memory: SharedArrayBuffer
  /** See `prepareMasks` of core. */
  readonly steps: number
}

export interface ScoreRequest {
  readonly n: Uint8Array
  readonly model: string
  readonly blocks: number
  /** blocks × inputs ciphertexts, block by block. */
  readonly ciphertexts: Uint8Array
  /** At most blocks × heads residues made ahead, none used before; the missing ones are made here. */
  readonly masks: Uint8Array
  /** The memory of the key's table of masks, when that is ready. */
  readonly table: SharedArrayBuffer | null
}

export const works = ['check', 'score', 'mask', 'table'] as const
export type Work = (typeof works)[number]

/** What a task took of its thread, and the masks that it made. */
export interface Spent {
  /** Milliseconds by kind of work (see {@link threadMs}). */
  readonly ms: Readonly<Partial<Record<Work, number>>>
  readonly direct: number
  readonly byTable: number
}

export type Made<T> = T & { readonly spent: Spent }

/** Keys whose prepared arithmetic one thread keeps. */
const keysPerThread = 32

/** The work of a compute thread, and what it keeps between tasks. Blocks its thread while it computes. */
export class Tasks {
  readonly #engine: Arithmetic
  readonly #models: ReadonlyMap<string, ModelWeights>
  readonly #keys = new LruMap<string, PublicArithmetic>(keysPerThread)
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
  masks({ n, count, table }: MaskRequest): Made<{ masks: Uint8Array<ArrayBuffer> }> {
    const meter = new Meter()
    const masks = meter.run('mask', () => drawMasks(this.#key(n), count, table))
    return { masks, spent: meter.spent(count, table) }
  }

  /** Works on a key's table; `ready` once masks can be drawn from it. One thread at a time does so for a memory. */
  growTable({ n, memory, steps }: TableRequest): Made<{ ready: boolean }> {
    const meter = new Meter()
    const key = this.#key(n)
    const ready = meter.run('table', () => withMemory(key, memory, () => key.prepareMasks(randomBytes, steps)))
    return { ready, spent: meter.spent() }
  }

  /**
   * blocks × heads masked ciphertexts. Throws `request/ciphertext`, with its index, when one of the request's is not
   * a unit modulo n²; then nothing has been computed with any of them.
   */
  score(request: ScoreRequest): Made<{ ciphertexts: Uint8Array<ArrayBuffer> }> {
    const { n, blocks, ciphertexts, masks, table } = request
    const model = this.#models.get(request.model) ?? fail('internal', 'A compute thread does not hold the model.')
    const meter = new Meter()
    const key = meter.run('score', () => this.#key(n))
    const invalid = meter.run('check', () => key.firstInvalid(ciphertexts))
    if (invalid >= 0) fail('request/ciphertext', 'A ciphertext is not a unit modulo n².', { index: invalid })
    const missing = Math.max(0, blocks * model.heads.length - masks.length / (2 * n.length))
    const all = missing > 0 ? meter.run('mask', () => concat([masks, drawMasks(key, missing, table)])) : masks
    const scored = meter.run('score', () =>
      key.score({
        ciphertexts,
        blocks,
        weights: model.heads.map((head) => head.weights),
        offsets: this.#offsetsOf(model, key.bits),
        masks: all,
      }),
    )
    return { ciphertexts: scored, spent: meter.spent(missing, table) }
  }

  #key(n: Uint8Array): PublicArithmetic {
    const fingerprint = sha256Hex(n)
    let key = this.#keys.get(fingerprint)
    if (key === undefined) {
      key = this.#engine.publicKey(n)
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

function drawMasks(key: PublicArithmetic, count: number, table: SharedArrayBuffer | null): Uint8Array<ArrayBuffer> {
  return withMemory(key, table, () => key.masks(count, randomBytes))
}

/** The memory is the key's only for the call: a thread keeps none that may be another key's by its next task. */
function withMemory<T>(key: PublicArithmetic, memory: SharedArrayBuffer | null, work: () => T): T {
  key.useMaskMemory(memory)
  try {
    return work()
  } finally {
    key.useMaskMemory(null)
  }
}

class Meter {
  readonly #ms: Partial<Record<Work, number>> = {}

  run<T>(work: Work, compute: () => T): T {
    const started = threadMs()
    const result = compute()
    // Never negative, however the clock is rounded: counters refuse that.
    this.#ms[work] = (this.#ms[work] ?? 0) + Math.max(0, threadMs() - started)
    return result
  }

  spent(masks = 0, table: SharedArrayBuffer | null = null): Spent {
    return { ms: this.#ms, direct: table === null ? masks : 0, byTable: table === null ? 0 : masks }
  }
}
