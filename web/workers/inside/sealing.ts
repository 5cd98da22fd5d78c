import { fromHex, toHex } from '../../../core/bytes.ts'
import { type Card, slotsPerCiphertext } from '../../../core/card.ts'
import { BlindscoreError, fail } from '../../../core/errors.ts'
import { packInto } from '../../../core/pack.ts'
import type { OwnerArithmetic, PrivateArithmetic } from '../../../core/private/arithmetic.ts'
import { readPredictors } from '../../../core/score.ts'
import { decodeChunk, encodeChunk } from '../../../core/wire.ts'
import { secureRandom } from './random.ts'
import type { VaultMessage } from './secretLink.ts'
import { ResidueStock } from './stock.ts'

/** What stands on every chunk of a run. */
export interface RunHeader {
  readonly card: Card
  readonly fingerprint: string
  readonly run: Uint8Array
}

/** Some blocks' integers to seal: `readBlocks` made them, with a capacity of whole blocks. */
export interface SealTask {
  readonly chunk: number
  readonly records: number
  readonly capacity: number
  readonly integers: Float64Array
}

export interface Sealed {
  /** The request's body. */
  readonly body: Uint8Array<ArrayBuffer>
  readonly ciphertexts: number
  /** How many of them used a residue that was already there. */
  readonly stocked: number
  /** Milliseconds that this took in the worker. */
  readonly took: number
  /** Milliseconds that this worker spent, since the run's last chunk, on residues for chunks to come. */
  readonly ahead: number
}

export interface Opened {
  /** records × heads linear predictors. */
  readonly predictors: Float64Array<ArrayBuffer>
  readonly took: number
}

/** How long a sealer waits for its key, in milliseconds. The vault answers within a few, unless it is gone. */
const patience = 10_000

/** Seals and opens with a key that came from the vault. */
export class Sealer {
  readonly #engine: Promise<OwnerArithmetic>
  #arithmetic: PrivateArithmetic | null = null
  #stock: ResidueStock | null = null
  #fingerprint = ''
  readonly #waiting = new Set<() => void>()
  #wanted = 0
  #run = ''

  constructor(engine: Promise<OwnerArithmetic>) {
    this.#engine = engine
  }

  /** Takes the end of a channel whose other end the vault holds. */
  connect(port: MessagePort): void {
    let turn: Promise<void> = Promise.resolve()
    port.onmessage = ({ data }: MessageEvent<VaultMessage>) => {
      turn = turn.then(() => this.#hear(data))
    }
  }

  async #hear(message: VaultMessage): Promise<void> {
    if (message.kind === 'table') {
      this.#arithmetic?.useTable(message.table)
      return
    }
    this.#stock?.clear()
    this.#stock = null
    this.#arithmetic?.dispose()
    this.#arithmetic = null
    this.#fingerprint = ''
    if (message.kind === 'forget') return
    this.#arithmetic = (await this.#engine).privateKey(message.p, message.q)
    if (message.table) this.#arithmetic.useTable(message.table)
    this.#stock = new ResidueStock(this.#arithmetic, secureRandom)
    this.#stock.want(this.#wanted)
    this.#fingerprint = message.fingerprint
    for (const look of this.#waiting) look()
  }

  /**
   * Resolves when the key of that fingerprint is here: a sealer that was only just started, or a key that was only
   * just made, is known to the page before the two have met. Throws `key/locked` when it does not come.
   */
  async ready(fingerprint: string): Promise<void> {
    if (this.#fingerprint === fingerprint) return
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (this.#fingerprint === fingerprint) settle(resolve)
      }
      const settle = (how: () => void): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        how()
      }
      const timer = setTimeout(
        () => settle(() => reject(new BlindscoreError('key/locked', 'There is no key to seal or open with.'))),
        patience,
      )
      this.#waiting.add(look)
    })
  }

  /** Sets how many residues to make ahead, now or when the key arrives. Returns how many there are. */
  prepare(residues: number): number {
    this.#wanted = residues
    this.#stock?.want(residues)
    return this.#stock?.size ?? 0
  }

  /** Packs and encrypts a chunk. Throws `key/locked` without a key. */
  seal(header: RunHeader, task: SealTask): Sealed {
    const started = performance.now()
    const { arithmetic, stock } = this.#keys()
    const { card } = header
    const inputs = card.inputs.length
    const slots = slotsPerCiphertext(card.slotBits, arithmetic.bits)
    const blocks = Math.ceil(task.records / slots)
    const width = arithmetic.bits / 8
    const plaintexts = new Uint8Array(blocks * inputs * width)
    for (let b = 0; b < blocks; b++) {
      for (let j = 0; j < inputs; j++) {
        const from = j * task.capacity + b * slots
        const values = task.integers.subarray(from, Math.min(from + slots, (j + 1) * task.capacity))
        const at = (b * inputs + j) * width
        packInto(values, card.slotBits, plaintexts.subarray(at, at + width))
      }
    }
    // What was made before a run began is not the run's work.
    const spent = stock.takeSpent()
    const ahead = this.#run === toHex(header.run) ? spent : 0
    this.#run = toHex(header.run)
    const { residues, stocked } = stock.take(blocks * inputs)
    const ciphertexts = arithmetic.seal(plaintexts, residues)
    const body = encodeChunk({
      card: fromHex(card.hash),
      key: fromHex(header.fingerprint),
      run: header.run,
      chunk: task.chunk,
      records: task.records,
      ciphertexts,
    })
    return { body, ciphertexts: blocks * inputs, stocked, took: performance.now() - started, ahead }
  }

  /**
   * Opens a chunk's answer. Throws `result/shape` when it answers something else, `result/ciphertext` and
   * `result/integrity` when it must not be believed; then nothing of it is returned.
   */
  open(header: RunHeader, chunk: number, records: number, answer: Uint8Array): Opened {
    const started = performance.now()
    const { arithmetic } = this.#keys()
    const { card } = header
    const heads = card.heads.length
    const slots = slotsPerCiphertext(card.slotBits, arithmetic.bits)
    const blocks = Math.ceil(records / slots)
    const got = decodeAnswer(answer)
    const same =
      got.chunk === chunk &&
      got.records === records &&
      equal(got.run, header.run) &&
      equal(got.card, fromHex(card.hash)) &&
      equal(got.key, fromHex(header.fingerprint)) &&
      got.ciphertexts.length === (blocks * heads * arithmetic.bits) / 4
    if (!same) fail('result/shape', 'The server answered something else than what was asked. No score of it is shown.')

    const plaintexts = arithmetic.open(got.ciphertexts)
    const width = arithmetic.bits / 8
    const predictors = new Float64Array(records * heads)
    const ofHead = new Float64Array(slots)
    for (let h = 0; h < heads; h++) {
      const padding = {}
      for (let b = 0; b < blocks; b++) {
        const at = (b * heads + h) * width
        const count = Math.min(slots, records - b * slots)
        readPredictors(card, plaintexts.subarray(at, at + width), count, padding, ofHead, 0)
        for (let r = 0; r < count; r++) predictors[(b * slots + r) * heads + h] = ofHead[r] as number
      }
    }
    return { predictors, took: performance.now() - started }
  }

  #keys(): { arithmetic: PrivateArithmetic; stock: ResidueStock } {
    if (!this.#arithmetic || !this.#stock) return fail('key/locked', 'There is no key to seal or open with.')
    return { arithmetic: this.#arithmetic, stock: this.#stock }
  }
}

function decodeAnswer(answer: Uint8Array) {
  try {
    return decodeChunk(answer)
  } catch {
    return fail('result/shape', 'The server’s answer is not a chunk of scores. Nothing of it is shown.')
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
