import { type Outcome, unforeseen } from '../../core/errors.ts'
import { concat, toHex } from '../../core/number/bytes.ts'
import type { CombineTask, ModelShape, ParameterSet, ScoringEngine, ScoringKey } from '../../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import type { Head } from '../../core/protocol/scoring.ts'
import { sha256 } from '../../platform/digest.ts'
import { secureRandom } from '../../platform/random.ts'
import { sha256Hex } from '../digest.ts'
import { fail } from '../faults.ts'
import { LruMap } from '../state/lru.ts'
import { planNumbers } from './planNumbers.ts'

/** What a compute thread knows of a model. */
export interface ModelWeights {
  /** Of its card: another one for each version of a model. */
  readonly hash: string
  readonly shape: ModelShape
  readonly heads: readonly Head[]
}

/** A public key, and whose it is. */
export interface SchemeKey {
  /** The id of its parameter set. */
  readonly set: string
  readonly publicKey: Uint8Array
  /** SHA-256 of the public key, in hexadecimal, where it is known already: a lattice key is long. */
  readonly fingerprint?: string
}

/** One step of a key's check. */
export interface KeyCheckRequest {
  readonly key: SchemeKey
  /** Null for a key that comes without one. */
  readonly proof: Uint8Array | null
  readonly step: number
}

/** For masks: what a key's scoring makes ahead, where its scheme has such a thing. */
export interface MaskRequest {
  readonly key: SchemeKey
  readonly count: number
  /** The memory of the key's table, when that is ready. */
  readonly table: SharedArrayBuffer | null
}

export interface TableRequest {
  readonly key: SchemeKey
  readonly memory: SharedArrayBuffer
  /** See `ScoringTable` of core. */
  readonly steps: number
  readonly bases: Uint8Array | null
}

/** Some ciphertexts of a request, whole ones: all of them where its blocks are not apart. */
export interface CheckRequest {
  readonly key: SchemeKey
  /** The hash of its card. */
  readonly model: string
  /** The model's, for a thread that does not hold them yet: see {@link modelIsMissing}. */
  readonly weights?: ModelWeights
  readonly records: number
  readonly ciphertexts: Uint8Array
}

export interface ScoreRequest {
  readonly key: SchemeKey
  readonly model: string
  readonly weights?: ModelWeights
  readonly records: number
  /** `requestBytes(records)` of the layout, all of them valid. */
  readonly ciphertexts: Uint8Array
  /** At most `scoringItems(records)` masks made ahead, none used before; the missing ones are made here. */
  readonly masks: Uint8Array
  /** The memory of the key's table of masks, when that is ready. */
  readonly table: SharedArrayBuffer | null
}

/** Sums of ciphertexts that were made elsewhere, all of them valid: see `ScoringKey.combine`. */
export interface CombineRequest {
  readonly key: SchemeKey
  readonly task: Omit<CombineTask, 'items'>
}

export const works = ['check', 'score', 'mask', 'table'] as const
export type Work = (typeof works)[number]

/** What a task took of its thread, and the masks that it made. */
export interface Spent {
  /** Milliseconds by kind of work on the thread's own clock. */
  readonly ms: Readonly<Partial<Record<Work, number>>>
  readonly direct: number
  readonly byTable: number
}

export const spentNothing: Spent = { ms: {}, direct: 0, byTable: 0 }

export function addSpent(a: Spent, b: Spent): Spent {
  const ms: Partial<Record<Work, number>> = { ...a.ms }
  for (const work of works) if (b.ms[work] !== undefined) ms[work] = (ms[work] ?? 0) + b.ms[work]
  return { ms, direct: a.direct + b.direct, byTable: a.byTable + b.byTable }
}

export type Made<T> = T & { readonly spent: Spent }

/** Keys whose prepared arithmetic one thread keeps, and models. */
const keysPerThread = 32
const modelsPerThread = 256

/** Whether a thread refused a task because it does not hold the model (any more). */
export function modelIsMissing(outcome: Outcome<unknown>): boolean {
  return 'error' in outcome && outcome.error.fault === 'modelNotHeld'
}

/** The work of a compute thread, and what it keeps between tasks. Blocks its thread while it computes. */
export class Tasks {
  readonly #engines: readonly ScoringEngine[]
  readonly #threadMs: () => number
  readonly #models: LruMap<string, ModelWeights>
  readonly #keys = new LruMap<string, ScoringKey>(keysPerThread)

  /** `threadMs`: milliseconds of the thread's own time, where the platform tells; differences alone mean something. */
  constructor(engines: readonly ScoringEngine[], models: readonly ModelWeights[], threadMs = () => performance.now()) {
    this.#engines = engines
    this.#threadMs = threadMs
    this.#models = new LruMap(Math.max(modelsPerThread, models.length))
    for (const model of models) this.#models.set(model.hash, model)
  }

  /** See `ScoringEngine` of core. */
  checkKeyStep({ key, proof, step }: KeyCheckRequest): Promise<void> {
    const set = parameterSet(key.set)
    return this.#engineOf(set).checkKeyStep(step, set, key.publicKey, proof, sha256)
  }

  /** `count` fresh masks. */
  masks({ key, count, table }: MaskRequest): Made<{ masks: Uint8Array<ArrayBuffer> }> {
    const meter = new Meter(this.#threadMs)
    const masks = meter.run('mask', () => drawMasks(this.#key(key), count, table))
    return { masks, spent: meter.spent(count, table) }
  }

  /** Works on a key's table; `ready` once masks can be drawn from it. One thread at a time does so for a memory. */
  growTable({ key, memory, steps, bases }: TableRequest): Made<{ ready: boolean }> {
    const meter = new Meter(this.#threadMs)
    const held = this.#key(key)
    const table = held.ahead?.table
    const ready = meter.run('table', () =>
      withMemory(held, memory, () => table?.grow(secureRandom, steps, bases) ?? true),
    )
    return { ready, spent: meter.spent() }
  }

  /** The index of the first ciphertext that is not valid, or −1; and the digest of all. */
  async check(request: CheckRequest): Promise<Made<{ invalid: number; digest: string }>> {
    const { records, ciphertexts } = request
    const { shape } = this.#model(request)
    const meter = new Meter(this.#threadMs)
    const invalid = meter.run('check', () => this.#key(request.key).firstInvalid(shape, records, ciphertexts))
    return { invalid, digest: toHex(await sha256(ciphertexts)), spent: meter.spent() }
  }

  /** The encrypted predictors of a request whose ciphertexts were checked. */
  score(request: ScoreRequest): Made<{ ciphertexts: Uint8Array<ArrayBuffer> }> {
    const { records, ciphertexts, masks, table } = request
    const model = this.#model(request)
    const meter = new Meter(this.#threadMs)
    const key = meter.run('score', () => this.#key(request.key))
    const layout =
      schemeOf(key.set).layout(key.set, model.shape) ?? fail('key/size', 'recordFitsNot', { bits: key.set.bits })
    const { itemBytes } = key.ahead ?? { itemBytes: 1 }
    const missing = Math.max(0, layout.scoringItems(records) - masks.length / itemBytes)
    const all = missing > 0 ? meter.run('mask', () => concat([masks, drawMasks(key, missing, table)])) : masks
    const scored = meter.run('score', () =>
      key.score({ shape: model.shape, heads: model.heads, records, ciphertexts, items: all, random: secureRandom }),
    )
    return { ciphertexts: scored, spent: meter.spent(missing, table) }
  }

  /** Masked sums, under a key of a scheme that has them. */
  combine({ key: of, task }: CombineRequest): Made<{ ciphertexts: Uint8Array<ArrayBuffer> }> {
    const meter = new Meter(this.#threadMs)
    const key = meter.run('score', () => this.#key(of))
    const count = task.records * task.weights.length
    const items = meter.run('mask', () => drawMasks(key, count, null))
    const ciphertexts = meter.run('score', () => key.combine?.({ ...task, items }))
    return { ciphertexts: ciphertexts ?? unforeseen('a scheme without sums'), spent: meter.spent(count, null) }
  }

  /** A body of numbers that were encrypted elsewhere: most of its time it takes to read them. */
  readonly plan = planNumbers

  #model({ model, weights }: Pick<ScoreRequest, 'model' | 'weights'>): ModelWeights {
    const held = weights ?? this.#models.get(model) ?? fail('model/unknown', 'modelNotHeld')
    if (weights) this.#models.set(model, weights)
    return held
  }

  #key({ set: id, publicKey, fingerprint }: SchemeKey): ScoringKey {
    const name = `${id} ${fingerprint ?? sha256Hex(publicKey)}`
    let key = this.#keys.get(name)
    if (key === undefined) {
      const set = parameterSet(id)
      key = this.#engineOf(set).key(set, publicKey)
      this.#keys.set(name, key)
    }
    return key
  }

  #engineOf(set: ParameterSet): ScoringEngine {
    const engine = this.#engines.find(({ scheme }) => scheme.name === set.scheme)
    return engine ?? unforeseen('no engine for the scheme')
  }
}

function drawMasks(key: ScoringKey, count: number, table: SharedArrayBuffer | null): Uint8Array<ArrayBuffer> {
  return withMemory(key, table, () => key.ahead?.make(count, secureRandom) ?? new Uint8Array(0))
}

/** The memory is the key's only for the call: a thread keeps none that may be another key's by its next task. */
function withMemory<T>({ ahead }: ScoringKey, memory: SharedArrayBuffer | null, work: () => T): T {
  ahead?.table?.keepIn(memory)
  try {
    return work()
  } finally {
    ahead?.table?.keepIn(null)
  }
}

class Meter {
  readonly #threadMs: () => number
  readonly #ms: Partial<Record<Work, number>> = {}

  constructor(threadMs: () => number) {
    this.#threadMs = threadMs
  }

  run<T>(work: Work, compute: () => T): T {
    const started = this.#threadMs()
    const result = compute()
    // Never negative, however the clock is rounded: counters refuse that.
    this.#ms[work] = (this.#ms[work] ?? 0) + Math.max(0, this.#threadMs() - started)
    return result
  }

  spent(masks = 0, table: SharedArrayBuffer | null = null): Spent {
    return { ms: this.#ms, direct: table === null ? masks : 0, byTable: table === null ? 0 : masks }
  }
}
