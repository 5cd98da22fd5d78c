import { writeFile } from 'node:fs/promises'
import type { HandOverReceipt } from '../client/handOverReceipt.ts'
import type { Progress } from '../client/progress.ts'
import type { RunPlan } from '../client/score.ts'
import type { Card } from '../core/card/card.ts'
import type { PublicKey } from '../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import type { Checkpoint } from '../files/checkpoint.ts'
import type { CheckReport } from '../reader/check.ts'

type HandedOver = Pick<HandOverReceipt, 'run' | 'handedOverAt'>

/** What is kept of a run, in the form of the page's receipt; the chunks are not listed, since nobody here looks at them. */
export class RunReceipt {
  readonly #server: string
  readonly #card: Card
  readonly #key: PublicKey
  readonly #begun: string
  /** When the last of it was sent; null for one that is sent until the receipt is written. */
  readonly #sent: string | null
  #run: string
  #audit: Checkpoint | null | undefined

  /** `handedOver`: a run that was sent before, and when. */
  constructor(server: string, card: Card, key: PublicKey, handedOver: HandedOver | null = null) {
    this.#server = server
    this.#card = card
    this.#key = key
    this.#run = handedOver?.run ?? ''
    this.#sent = handedOver?.handedOverAt ?? null
    this.#begun = this.#sent ?? new Date().toISOString()
  }

  /** What a run tells it. */
  readonly hooks = {
    onBegin: ({ run }: RunPlan): void => {
      this.#run = run
    },
    onCheckpoint: (checkpoint: Checkpoint | null): void => {
      this.#audit = checkpoint
    },
  }

  async write(file: string, { rows, scorable, leftOut }: CheckReport, progress: Progress): Promise<void> {
    const { id, version, title, hash } = this.#card
    const { fingerprint } = this.#key
    const set = parameterSet(this.#key.set)
    const receipt = {
      format: 'blindscore-receipt/1',
      server: this.#server,
      model: { id, version, title, cardHash: hash },
      key: { fingerprint, bits: set.bits, ...(schemeOf(set).keyPerRun && { set: set.id }) },
      run: this.#run,
      status: 'done',
      records: { inFile: rows, scorable, leftOut },
      traffic: { bytesUp: progress.bytesUp, bytesDown: progress.bytesDown, requests: 0 },
      firstSentAt: this.#begun,
      lastSentAt: this.#sent ?? new Date().toISOString(),
      chunks: [],
      chunksOmitted: 0,
      ...(this.#audit !== undefined && { audit: this.#audit }),
    }
    await writeFile(file, `${JSON.stringify(receipt, null, 2)}\n`)
  }
}
