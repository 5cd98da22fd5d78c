import { unforeseen } from '../../core/errors.ts'
import { toHex } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import type { OwnerEngine, OwnerKey } from '../../core/private/owner.ts'
import type { ModelShape } from '../../core/protocol/scheme.ts'
import { layoutOf, parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import type { RunHeader } from '../block.ts'
import { errorOf, fail } from '../faults.ts'
import type { OpenedChunk, SealedChunk } from '../score.ts'
import type { KeyMessage } from './keyMessage.ts'
import { PrecomputedPool } from './precomputedPool.ts'
import { type EncodedChunk, openAnswer, sealRecords } from './seal.ts'

interface Held {
  readonly fingerprint: string
  readonly key: OwnerKey
  readonly pool: PrecomputedPool | null
  /** The one run that the key is for, once something of it was sealed; null for a key of many. */
  run: string | null
}

/** How long a sealer waits for its key, in milliseconds. Who holds it answers within a few, unless it is gone. */
const patience = 10_000

/** Seals and opens with a key that comes over a port, in a worker that has nothing else to do. */
export class Sealer {
  readonly #engines: Promise<readonly OwnerEngine[]>
  readonly #random: RandomBytes
  /** The key that outlives runs, and those that were made for one run or file each, by fingerprint. */
  #held: Held | null = null
  readonly #ofRuns = new Map<string, Held>()
  readonly #waiting = new Set<() => void>()
  #wanted = 0
  #run = ''

  constructor(engines: Promise<readonly OwnerEngine[]>, random: RandomBytes) {
    this.#engines = engines
    this.#random = random
  }

  /** Takes the end of a channel whose other end the key's holder has. */
  connect(port: Pick<MessagePort, 'onmessage'>): void {
    let turn: Promise<void> = Promise.resolve()
    port.onmessage = ({ data }: MessageEvent<KeyMessage>) => {
      turn = turn.then(() => this.hear(data))
    }
  }

  async hear(message: KeyMessage): Promise<void> {
    if (message.kind === 'table') {
      this.#held?.key.ahead?.useTable(message.table)
      return
    }
    if (message.kind === 'forget') return this.#forget(message.ofRun)
    const set = parameterSet(message.set)
    const { keyPerRun } = schemeOf(set)
    this.#forget(keyPerRun ? message.fingerprint : null)
    const engine = (await this.#engines).find(({ owner }) => owner.scheme.name === set.scheme)
    const key = engine?.key(set, message.secret) ?? unforeseen('no engine for the scheme')
    if (message.table) key.ahead?.useTable(message.table)
    const pool = key.ahead && new PrecomputedPool(key.ahead, this.#random)
    pool?.want(this.#wanted)
    const held = { fingerprint: message.fingerprint, key, pool, run: null }
    if (keyPerRun) this.#ofRuns.set(message.fingerprint, held)
    else this.#held = held
    for (const look of this.#waiting) look()
  }

  #forget(ofRun: string | null): void {
    const held = ofRun === null ? this.#held : this.#ofRuns.get(ofRun)
    held?.pool?.clear()
    held?.key.dispose()
    if (ofRun === null) this.#held = null
    else this.#ofRuns.delete(ofRun)
  }

  #find(fingerprint: string): Held | null {
    return this.#held?.fingerprint === fingerprint ? this.#held : (this.#ofRuns.get(fingerprint) ?? null)
  }

  /**
   * Resolves when the key of that fingerprint is here: a sealer that was only just started, or a key that was only
   * just made, is known to the page before the two have met. Throws `key/locked` when it does not come.
   */
  async ready(fingerprint: string): Promise<void> {
    if (this.#find(fingerprint)) return
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (this.#find(fingerprint)) settle(resolve)
      }
      const settle = (how: () => void): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        how()
      }
      const timer = setTimeout(() => settle(() => reject(errorOf('key/locked', 'sealerWithoutKey'))), patience)
      this.#waiting.add(look)
    })
  }

  /** Sets how many items to make ahead, now or when the key arrives. Returns how many there are. */
  prepare(items: number): number {
    this.#wanted = items
    this.#held?.pool?.want(items)
    return this.#held?.pool?.size ?? 0
  }

  /**
   * Milliseconds that a unit of a layout's work takes here under a set: of sealing as little as can be, with a key that is
   * gone after it or, where things are made ahead, of making some of them with the present key. Null where there is none.
   */
  async pace(id: string, card: ModelShape): Promise<number | null> {
    const set = parameterSet(id)
    const layout = layoutOf(id, card)
    const { blockRecords: records } = layout
    const timed = (work: () => void, units: number): number => {
      // The first time is that of a beginner.
      work()
      const started = performance.now()
      work()
      return (performance.now() - started) / units
    }
    if (layout.sealingItems(1) > 0) {
      const ahead = this.#held?.key.set.id === id ? this.#held.key.ahead : null
      const perItem = layout.sealingWork(1) / layout.sealingItems(1)
      return ahead ? timed(() => void ahead.make(2, this.#random), 2 * perItem) : null
    }
    const engine = (await this.#engines).find(({ owner }) => owner.scheme.name === set.scheme)
    const key = engine?.key(set, Uint8Array.from(this.#random(engine.owner.secretBytes(set))))
    if (!key) return null
    const integers = new Float64Array(card.inputs.length * records)
    const task = { shape: card, records, integers, capacity: records, items: none.items, random: this.#random }
    const pace = timed(() => void key.encrypt(task), layout.sealingWork(records))
    key.dispose()
    return pace
  }

  /** Packs and encrypts a chunk. Throws `key/locked` without a key, and for one that was made for another run. */
  seal(header: RunHeader, chunk: EncodedChunk): SealedChunk {
    const started = performance.now()
    const held = this.#open(header.fingerprint)
    const { key, pool } = held
    const layout = layoutOf(key.set.id, header.card)
    // What was made before a run began is not the run's work.
    const spent = pool?.takeSpent() ?? 0
    const ahead = this.#run === toHex(header.run) ? spent : 0
    this.#run = toHex(header.run)
    if (schemeOf(key.set).keyPerRun) {
      held.run ??= this.#run
      if (held.run !== this.#run) fail('key/locked', 'keyOfAnotherRun')
    }
    const { items, precomputed } = pool?.take(layout.sealingItems(chunk.records)) ?? none
    const body = sealRecords(key, header, chunk, items, this.#random)
    const ciphertexts = layout.requestCiphertexts(chunk.records)
    return { body, ciphertexts, precomputed, took: performance.now() - started, ahead }
  }

  /** Opens a chunk's answer. Throws what {@link openAnswer} throws, and `key/locked` without a key. */
  open(header: RunHeader, chunk: number, records: number, answer: Uint8Array): OpenedChunk {
    const started = performance.now()
    const predictors = openAnswer(this.#open(header.fingerprint).key, header, { chunk, records }, answer)
    return { predictors, took: performance.now() - started }
  }

  #open(fingerprint: string): Held {
    return this.#find(fingerprint) ?? fail('key/locked', 'sealerWithoutKey')
  }
}

const none = { items: new Uint8Array(), precomputed: 0 } as const
