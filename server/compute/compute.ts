import { type Outcome, takeOutcome } from '../../core/errors.ts'
import type { EngineReport } from '../../kernel/public.ts'
import { FairQueue, type Turn } from './fairQueue.ts'
import type { PlannedNumbers, PlanRequest } from './planNumbers.ts'
import {
  type CheckRequest,
  type CombineRequest,
  type KeyCheckRequest,
  type Made,
  type MaskRequest,
  type ModelWeights,
  modelIsMissing,
  type ScoreRequest,
  type TableRequest,
} from './tasks.ts'

/** Whose work a task is, and how much of it: clients share the threads by that (fairQueue.ts). */
export interface Share {
  readonly client: string
  /** In the units of `work.ts`. */
  readonly work: number
}

/** The server's heavy arithmetic, off the event loop. Calls reject with a BlindscoreError and always settle. */
export interface Compute {
  /** The arithmetic that the threads run on, why, and whether it draws masks from tables. */
  readonly engine: EngineReport & { readonly hasTables: boolean }
  readonly threads: number
  /** Pieces of clients' work that wait for a thread. */
  readonly waiting: number
  /** See `Tasks.checkKeyStep`. */
  checkKeyStep(request: KeyCheckRequest, share: Share, signal?: AbortSignal): Promise<void>
  /** Fresh masks. */
  masks(request: MaskRequest, turn: Turn, signal?: AbortSignal): Promise<Made<{ readonly masks: Uint8Array }>>
  /** See `Tasks.growTable`. */
  growTable(request: TableRequest, turn: Turn, signal?: AbortSignal): Promise<Made<{ readonly ready: boolean }>>
  /** See `Tasks.check`. */
  check(
    request: CheckRequest,
    turn: Turn,
    signal?: AbortSignal,
  ): Promise<Made<{ readonly invalid: number; readonly digest: string }>>
  /** See `Tasks.score`. */
  score(request: ScoreRequest, turn: Turn, signal?: AbortSignal): Promise<Made<{ readonly ciphertexts: Uint8Array }>>
  /** See `Tasks.plan`. */
  plan(request: PlanRequest, share: Share, signal?: AbortSignal): Promise<PlannedNumbers>
  /** See `Tasks.combine`. */
  combine(
    request: CombineRequest,
    share: Share,
    signal?: AbortSignal,
  ): Promise<Made<{ readonly ciphertexts: Uint8Array }>>
  /** Lets running work finish, then ends the threads. */
  close(): Promise<void>
}

/** What a thread answers to, each with an outcome. */
export type Task = 'engine' | 'checkKeyStep' | 'masks' | 'growTable' | 'check' | 'score' | 'plan' | 'combine'

/** Threads, or workers, that tasks can be given to. */
export interface Threads {
  readonly count: number
  /** Has one of them do a task. The buffer of a request's `ciphertexts` is the task's alone: it may be handed over. */
  run(name: Task, request: object): Promise<Outcome<unknown>>
  close(): Promise<void>
}

/** The weights of a model's version, by the hash of its card; undefined for one that is no longer served. */
export type WeightsOf = (hash: string) => ModelWeights | undefined

/**
 * The arithmetic on some threads, shared fairly. Resolves when one of them has answered, so that a broken build fails here. A thread
 * that does not hold a task's model is given it with the task.
 */
export async function computeOn(threads: Threads, weights: WeightsOf = () => undefined): Promise<Compute> {
  const queue = new FairQueue(threads.count)
  const run = <T>(name: Task, request: object, turn: Turn, signal?: AbortSignal): Promise<T> =>
    queue.run(turn, signal, async () => takeOutcome((await threads.run(name, request)) as Outcome<T>))
  const runOf = async <T>(
    name: 'check' | 'score',
    request: CheckRequest | ScoreRequest,
    turn: Turn,
    signal?: AbortSignal,
  ) =>
    queue.run(turn, signal, async () => {
      // A copy: what is posted to a thread takes all of its buffer along.
      const ask = (more: object) => threads.run(name, { ...request, ciphertexts: request.ciphertexts.slice(), ...more })
      const outcome = await ask({})
      const missing = modelIsMissing(outcome) ? weights(request.model) : undefined
      return takeOutcome((missing ? await ask({ weights: missing }) : outcome) as Outcome<T>)
    })
  const engine = await run<Compute['engine']>('engine', {}, { kind: 'spare' })
  return {
    engine,
    threads: threads.count,
    get waiting() {
      return queue.waiting
    },
    checkKeyStep: (request, share, signal) => run('checkKeyStep', request, { kind: 'key', ...share }, signal),
    masks: (request, turn, signal) => run('masks', request, turn, signal),
    growTable: (request, turn, signal) => run('growTable', request, turn, signal),
    check: (request, turn, signal) => runOf('check', request, turn, signal),
    score: (request, turn, signal) => runOf('score', request, turn, signal),
    plan: (request, share, signal) => run('plan', request, { kind: 'score', ...share }, signal),
    combine: (request, share, signal) => run('combine', request, { kind: 'score', ...share }, signal),
    close: () => threads.close(),
  }
}
