import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { type Outcome, takeOutcome } from '../../core/errors.ts'
import type { EngineReport } from '../../kernel/public.ts'
import { type Priority, PrioritySemaphore } from './prioritySemaphore.ts'
import type { KeyCheckRequest, Made, MaskRequest, ModelWeights, ScoreRequest, TableRequest } from './tasks.ts'
import type * as worker from './worker.ts'

/** The server's heavy arithmetic, off the event loop. Calls reject with a BlindscoreError and always settle. */
export interface Compute {
  /** The arithmetic that the threads run on, why, and whether it draws masks from tables. */
  readonly engine: EngineReport & { readonly hasTables: boolean }
  readonly threads: number
  /** Requests that wait for a thread. */
  readonly waiting: number
  /** See `Tasks.checkKeyStep`. */
  checkKeyStep(request: KeyCheckRequest, signal?: AbortSignal): Promise<void>
  /** Fresh masks, made when no request wants the thread. */
  masks(request: MaskRequest, signal?: AbortSignal): Promise<Made<{ readonly masks: Uint8Array }>>
  /** See `Tasks.growTable`. */
  growTable(request: TableRequest, priority: Priority, signal?: AbortSignal): Promise<Made<{ readonly ready: boolean }>>
  /** See `Tasks.score`. */
  score(request: ScoreRequest, signal?: AbortSignal): Promise<Made<{ readonly ciphertexts: Uint8Array }>>
  /** Lets running work finish, then ends the threads. */
  close(): Promise<void>
}

export interface PoolOptions {
  readonly threads: number
  readonly models: readonly ModelWeights[]
  /** The compiled `worker.ts`. */
  readonly workerFile?: URL
  /** Called when a thread dies while it has nothing to do. It is replaced; work that a thread dies under rejects. */
  readonly onError: (thrown: unknown) => void
}

type Task = keyof typeof worker

/** A pool of compute threads. Resolves when one of them has answered, so that a broken build fails here. */
export async function startPool({ threads, models, workerFile, onError }: PoolOptions): Promise<Compute> {
  const pool = new Piscina({
    filename: fileURLToPath(workerFile ?? new URL('./worker.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    workerData: models,
    // Waiting by Atomics saves microseconds a task, and ours take milliseconds; a thread that is not blocked between
    // tasks can be inspected and ended at once.
    atomics: 'disabled',
  })
  pool.on('error', onError)
  const semaphore = new PrioritySemaphore(threads)
  const run = <T>(name: Task, task: object, priority: Priority, signal?: AbortSignal): Promise<T> =>
    semaphore.run(priority, signal, async () => takeOutcome<T>((await pool.run(task, { name })) as Outcome<T>))
  const engine = await run<Compute['engine']>('engine', {}, 'foreground').catch(async (thrown: unknown) => {
    await pool.destroy()
    throw thrown
  })
  return {
    engine,
    threads,
    get waiting() {
      return semaphore.waiting('foreground')
    },
    checkKeyStep: (request, signal) => run('checkKeyStep', request, 'foreground', signal),
    masks: (request, signal) => run('masks', request, 'background', signal),
    growTable: (request, priority, signal) => run('growTable', request, priority, signal),
    score: (request, signal) => run('score', request, 'foreground', signal),
    close: () => pool.close(),
  }
}
