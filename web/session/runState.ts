import type { Progress } from '../../client/progress.ts'
import type { Wait } from '../../client/serverWait.ts'
import type { Card } from '../../core/card/card.ts'
import type { BlindscoreError } from '../../core/errors.ts'
import type { KeyName } from '../../core/protocol/scheme.ts'

export type RunState =
  | { readonly status: 'idle' }
  | {
      readonly status: 'running' | 'paused'
      readonly progress: Progress | null
      /** Why the run paused itself. */
      readonly stuck: BlindscoreError | null
      /** Why nothing is sent for a while, and until when: of a run that goes on by itself. */
      readonly wait: Wait | null
      /** When a run that paused itself is tried again, in milliseconds since 1970. */
      readonly again: number | null
      /** The device stores its answers as they come, so that it outlives its tab. */
      readonly resumable: boolean
    }
  | { readonly status: 'done' }
  /** `scored`: the records that were scored before it ended, which are a result of the tab; 0 where there is none. */
  | { readonly status: 'cancelled'; readonly scored: number }
  | { readonly status: 'failed'; readonly scored: number; readonly error: BlindscoreError }

export interface ResumableRun {
  readonly note: RunNote
  /** Records whose answers are stored. */
  readonly scored: number
  /** The present file, read as it is now, is the one that it was about. */
  readonly fits: boolean
}

/** What is stored of a run beside its answers. No cell, no score and no key; of the file its name and a digest. */
export interface RunNote {
  readonly fileName: string
  /** Of the file's bytes. */
  readonly file: string
  /** Of the plan: columns, format, repairs. */
  readonly plan: string
  readonly cardHash: string
  readonly modelTitle: string
  /** The version of the model that it began with: the server may have another by the time that it is resumed. */
  readonly card?: Card
  /** The key that has to be open to go on: the run's, or the one that the run's own follows from. */
  readonly key: KeyName
  /** What the run's own key follows from beside that one, where its scheme's keys are for one run. */
  readonly own: OwnKey | null
  readonly capacity: number
  readonly scorable: number
}

/** Which key of its own a run has: one of that set, made with the key that outlives runs and these 16 bytes. */
export interface OwnKey {
  readonly set: string
  readonly id: Uint8Array
}

/** Whether a run is under way: what it depends on may not change then. */
export function isBusy({ run }: { readonly run: RunState }): boolean {
  return run.status === 'running' || run.status === 'paused'
}
