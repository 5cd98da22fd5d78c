import type { HandOverReceipt } from '../../client/handOverReceipt.ts'
import type { StoredRunStatus } from '../../client/storedRuns.ts'
import type { BlindscoreError } from '../../core/errors.ts'

/** What the page knows of runs that were handed over. */
export interface HandOversState {
  /** Oldest first. */
  readonly runs: readonly HandedRun[]
  /** Why a receipt that was handed in is none of this page's. */
  readonly refused: BlindscoreError | null
  /** Why the server says nothing of the runs, which no time mends: it wants another API key, say, or stores none any more. */
  readonly barred?: BlindscoreError | null
  readonly work: HandOverWork
  /** What the bar says of a run; none where it has nearer things to say. */
  readonly told?: HandedTold | null
}

/** Where the run stands whose file is open, or the last one that somebody has to see to while no file of theirs is. */
export type HandedTold =
  | { readonly what: 'handedBack'; readonly stage: 'waiting' | 'working' | 'ready'; readonly records: number }
  | { readonly what: 'handedFailed'; readonly records: number }

/** A run that was handed over, or a part of it. */
export interface HandedRun {
  readonly receipt: HandOverReceipt
  /** This device stores the receipt; otherwise it goes with the tab. */
  readonly kept: boolean
  /** What the server said of it last; `gone` where it has no such run. */
  readonly said: StoredRunStatus | 'gone' | null
}

/** What is under way, of one run at a time; `run` is its name on the server, null before it has one. */
export type HandOverWork =
  | { readonly what: 'none' }
  | {
      readonly what: 'handing' | 'fetching'
      readonly run: string | null
      readonly file: string | null
      readonly done: number
      readonly total: number
      /** Why it holds, and when it is tried again, in milliseconds since 1970. */
      readonly stuck: BlindscoreError | null
      readonly again: number | null
    }
  | { readonly what: 'failed'; readonly run: string | null; readonly error: BlindscoreError }

/** Where a run stands, in a word. */
export type HandedStage = 'unknown' | 'partly' | 'waiting' | 'working' | 'ready' | 'failed' | 'expired' | 'gone'

export function stageOf({ receipt, said }: HandedRun, now: number): HandedStage {
  if (said === 'gone') return now >= Date.parse(receipt.stored.expires) ? 'expired' : 'gone'
  if (receipt.records.digest === null || said?.state === 'open') return 'partly'
  if (said === null) return 'unknown'
  if (said.state === 'started') return said.answered === 0 ? 'waiting' : 'working'
  return said.state === 'done' ? 'ready' : 'failed'
}
