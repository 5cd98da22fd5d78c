import type { RequestLimits } from '../../client/chunks.ts'
import type { HourSaid } from '../../client/hourRoom.ts'
import { type AnswerStore, type RunOptions, type RunPlan, scoreBlocks } from '../../client/score.ts'
import { sealersOf } from '../../client/sealerPool.ts'
import type { ScoringServer } from '../../client/server.ts'
import type { PublicKey } from '../../core/protocol/scheme.ts'
import type { Checkpoint } from '../../files/checkpoint.ts'
import type { Plan } from '../../reader/plan.ts'
import type { PassOptions } from '../reader/worker-reader.ts'
import { fail } from './faults.ts'
import { FileBlocks } from './fileBlocks.ts'
import { OpenedSoFar } from './openedSoFar.ts'
import type { Scores } from './scored.ts'
import type { Workers } from './workers.ts'

/** What scoring a file needs to be told. */
export interface FileRun {
  readonly workers: Pick<Workers, 'reader' | 'sealers'>
  readonly server: ScoringServer
  readonly limits: RequestLimits
  readonly key: PublicKey
  readonly file: Blob
  readonly plan: Plan
  /** Records that the check found scorable, and what names those that the reader kept of it. */
  readonly scorable: number
  readonly kept?: string | undefined
  /** The reader's pass, where it is another one than a run's. */
  readonly pass?: PassOptions['pass']
  /** Stores the answers, where the run shall outlive its tab, and has those that it got before. */
  readonly checkpoint?: AnswerStore | null
  readonly hour?: HourSaid | null
}

/** Which rows stand in which chunk: chunk c holds `rows` from c · capacity on. All of it fills as the run goes. */
export interface RunMap extends RunPlan {
  readonly rows: Uint32Array
  /** Where the planted records stand in each chunk, ascending. */
  readonly places: Map<number, readonly number[]>
  /** Where the server keeps a log: what it signed of that at the end; null where it gave no such thing. */
  readonly audit?: Checkpoint | null
}

export interface FileRunOptions
  extends Pick<RunOptions, 'control' | 'onProgress' | 'onStuck' | 'onWait' | 'onCheckpoint'> {
  /** Told once, before anything is sent. `opened` has what the run opened, also while it goes. */
  readonly onBegin?: (map: RunMap, opened: OpenedSoFar) => void
}

/**
 * A file's journey: read and encode, seal, send, score, open, join (`client/score.ts`). Rejects with what
 * `scoreBlocks` rejects with; then no score is returned.
 */
export async function scoreFile(run: FileRun, options: FileRunOptions, signal: AbortSignal): Promise<Scores> {
  const { workers, server, limits, key, file, plan, scorable, kept, pass, checkpoint = null, hour = null } = run
  if (scorable === 0) fail('run/nothing-to-score', 'nothingToScore')
  const heads = plan.card.heads.length
  const predictors = new Float64Array(scorable * heads)
  const rows = new Uint32Array(scorable)
  const places = new Map<number, readonly number[]>()
  const soFar = new OpenedSoFar(predictors, rows, heads)
  const progress = await scoreBlocks(
    {
      server,
      limits,
      card: plan.card,
      key,
      sealers: sealersOf(workers.sealers),
      blocks: (capacity) => new FileBlocks(workers, file, plan, capacity, { checked: kept, ...(pass && { pass }) }),
      records: scorable,
      store: checkpoint,
      hour,
      known: () => workers.reader.call((reader) => reader.knownRecords(plan.card), signal),
    },
    {
      control: options.control,
      onProgress: options.onProgress,
      onStuck: options.onStuck,
      ...(options.onWait && { onWait: options.onWait }),
      ...(options.onCheckpoint && { onCheckpoint: options.onCheckpoint }),
      onBegin: (cut) => options.onBegin?.({ ...cut, rows, places }, soFar),
      onRead: ({ at, records, rows: read, capacity }, planted) => {
        if (at + records > scorable) fileChanged()
        rows.set(read.subarray(0, records), at)
        places.set(at / capacity, planted)
      },
      onOpened: ({ at, records }, opened) => {
        predictors.set(opened, at * heads)
        soFar.note(at, records)
      },
      onWithheld: () => soFar.withhold(),
    },
    signal,
  )
  if (progress.records.opened !== scorable) fileChanged()
  return { predictors, rows, progress }
}

function fileChanged(): never {
  return fail('file/unreadable', 'changedSinceChecked')
}
