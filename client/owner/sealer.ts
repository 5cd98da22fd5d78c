import { unforeseen } from '../../core/errors.ts'
import { toHex } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import type { OwnerEngine, OwnerKey } from '../../core/private/owner.ts'
import { layoutOf, parameterSet } from '../../core/protocol/schemes.ts'
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
}

/** How long a sealer waits for its key, in milliseconds. Who holds it answers within a few, unless it is gone. */
const patience = 10_000

/** Seals and opens with a key that comes over a port, in a worker that has nothing else to do. */
export class Sealer {
  readonly #engines: Promise<readonly OwnerEngine[]>
  readonly #random: RandomBytes
  #held: Held | null = null
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
    this.#held?.pool?.clear()
    this.#held?.key.dispose()
    this.#held = null
    if (message.kind === 'forget') return
    const set = parameterSet(message.set)
    const engine = (await this.#engines).find(({ owner }) => owner.scheme.name === set.scheme)
    const key = engine?.key(set, message.secret) ?? unforeseen('no engine for the scheme')
    if (message.table) key.ahead?.useTable(message.table)
    const pool = key.ahead && new PrecomputedPool(key.ahead, this.#random)
    pool?.want(this.#wanted)
    this.#held = { fingerprint: message.fingerprint, key, pool }
    for (const look of this.#waiting) look()
  }

  /**
   * Resolves when the key of that fingerprint is here: a sealer that was only just started, or a key that was only
   * just made, is known to the page before the two have met. Throws `key/locked` when it does not come.
   */
  async ready(fingerprint: string): Promise<void> {
    if (this.#held?.fingerprint === fingerprint) return
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (this.#held?.fingerprint === fingerprint) settle(resolve)
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

  /** Packs and encrypts a chunk. Throws `key/locked` without a key. */
  seal(header: RunHeader, chunk: EncodedChunk): SealedChunk {
    const started = performance.now()
    const { key, pool } = this.#open()
    const layout = layoutOf(key.set.id, header.card)
    // What was made before a run began is not the run's work.
    const spent = pool?.takeSpent() ?? 0
    const ahead = this.#run === toHex(header.run) ? spent : 0
    this.#run = toHex(header.run)
    const { items, precomputed } = pool?.take(layout.sealingItems(chunk.records)) ?? none
    const body = sealRecords(key, header, chunk, items, this.#random)
    const ciphertexts = layout.requestCiphertexts(chunk.records)
    return { body, ciphertexts, precomputed, took: performance.now() - started, ahead }
  }

  /** Opens a chunk's answer. Throws what {@link openAnswer} throws, and `key/locked` without a key. */
  open(header: RunHeader, chunk: number, records: number, answer: Uint8Array): OpenedChunk {
    const started = performance.now()
    const predictors = openAnswer(this.#open().key, header, { chunk, records }, answer)
    return { predictors, took: performance.now() - started }
  }

  #open(): Held {
    return this.#held ?? fail('key/locked', 'sealerWithoutKey')
  }
}

const none = { items: new Uint8Array(), precomputed: 0 } as const
