import { writeFile } from 'node:fs/promises'
import type { Progress } from '../client/progress.ts'
import { auditOf, makeRunReceipt, type RunReceipt } from '../client/runReceipt.ts'
import type { RunPlan } from '../client/score.ts'
import type { ScoringServer } from '../client/server.ts'
import type { Card } from '../core/card/card.ts'
import { asBlindscoreError } from '../core/errors.ts'
import type { PublicKey } from '../core/protocol/scheme.ts'
import type { Checkpoint } from '../files/checkpoint.ts'
import type { CheckReport } from '../reader/check.ts'

/** Hears of a live run what its receipt has, however the run ends. Its chunks are not listed: nobody here looks at them. */
export class LiveRun {
  readonly #server: ScoringServer
  readonly #card: Card
  readonly #key: PublicKey
  readonly #begun = new Date()
  #sent = this.#begun
  #run = ''
  #progress: Progress | null = null
  #audit: Checkpoint | null | undefined

  constructor(server: ScoringServer, card: Card, key: PublicKey) {
    this.#server = server
    this.#card = card
    this.#key = key
  }

  /** What a run tells it. */
  readonly hooks = {
    onBegin: ({ run }: RunPlan): void => {
      this.#run = run
    },
    onProgress: (progress: Progress): void => {
      if (progress.records.sent > (this.#progress?.records.sent ?? 0)) this.#sent = new Date()
      this.#progress = progress
    },
    onCheckpoint: (checkpoint: Checkpoint | null): void => {
      this.#audit = checkpoint
    },
  }

  /** The records that were answered, and so paid for. */
  get answered(): number {
    return this.#progress?.records.answered ?? 0
  }

  /** `ended`: what ended the run before its end, if anything did. */
  async receipt({ rows, scorable, leftOut }: CheckReport, ended?: unknown): Promise<RunReceipt> {
    const { bytesUp = 0, bytesDown = 0 } = this.#progress ?? {}
    const records = { inFile: rows, scorable, leftOut }
    return makeRunReceipt({
      server: this.#server.url,
      card: this.#card,
      key: this.#key,
      run: this.#run,
      status: ended === undefined ? 'done' : statusOf(ended),
      records: ended === undefined ? records : { ...records, answered: this.answered },
      traffic: { bytesUp, bytesDown, requests: 0 },
      firstSentAt: this.#begun.toISOString(),
      lastSentAt: this.#sent.toISOString(),
      chunks: [],
      chunksOmitted: 0,
      audit: await auditOf(this.#audit, this.#server),
    })
  }
}

/** As the page calls it. */
function statusOf(ended: unknown): string {
  return asBlindscoreError(ended).code === 'run/cancelled' ? 'cancelled' : 'failed'
}

export async function writeReceipt(file: string, receipt: RunReceipt): Promise<void> {
  await writeFile(file, `${JSON.stringify(receipt, null, 2)}\n`)
}
