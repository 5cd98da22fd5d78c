import type { Job, JobsOptions, WorkerOptions } from 'bullmq'
import { asBlindscoreError, cancelled } from '../../core/errors.ts'
import type { Log } from '../log.ts'
import { idPattern } from '../sealed/ports.ts'
import { readPart, turnMs } from './parts.ts'
import type { OpenQueue, RunPart, RunQueue, RunWork } from './ports.ts'

interface Adds {
  readonly name: string
  readonly data: object
  readonly opts: JobsOptions
}

interface Ends {
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
}

type Process = (job: Pick<Job, 'id' | 'name' | 'data'>) => Promise<void>

/** BullMQ with what it keeps jobs in: Redis (`redisEngine.ts`) or PostgreSQL (`postgresEngine.ts`). */
export interface QueueEngine {
  readonly queue: Ends & {
    addBulk(jobs: Adds[]): Promise<unknown>
    /** 0 where a process is at that job. */
    remove(jobId: string): Promise<number>
  }
  worker(process: Process, options: Omit<WorkerOptions, 'connection'>): Ends
  close(): Promise<void>
}

export interface SharedQueueOptions {
  readonly log: Log
  /** How many parts of runs this process works on at once; 0: others work. */
  readonly places: number
  /** Milliseconds between looks at all runs, of all processes together; by default {@link lookEvery}. */
  readonly lookEvery?: number
}

/** What is forgotten is found so many milliseconds later. */
const lookEvery = 60_000
/** Milliseconds after which a process that says nothing of its work has lost it. */
const lockMs = 6000
const lostEvery = 2000
/** A job may be there again after so many milliseconds, where BullMQ holds on to one that nobody does. */
const epochMs = 600_000
/** No run has so many parts. */
const mostParts = 512
/** Milliseconds that a wake waits for. */
const wakeMs = 2000
const closeMs = 5000
/** Milliseconds until there is a look at all runs after what keeps the jobs could not be used. */
const lookAfterMs = 1000

/** Jobs are gone once they are done or were tried so often: the name of one that is kept would keep the next one of its name out. */
const passing: JobsOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 500 },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
}

/**
 * A queue that any number of processes share, by BullMQ. A run has one process that works on it from its first part on, since masks are
 * cheap where there is a table of its key; it goes to the end of the line after a while. Who finds no run that waits helps with the last
 * parts of others. Only names of runs and numbers of chunks are in it. Who loses the lock of a job, by being killed or held up, has it done
 * by another; where both do it, the first answer stays. What the queue forgets is found in the stores, by one process at a time.
 */
export function sharedQueue(openEngine: () => Promise<QueueEngine>, options: SharedQueueOptions): OpenQueue {
  return async (work) => {
    const shared = new SharedQueue(await openEngine(), work, options)
    await shared.look()
    return shared
  }
}

class SharedQueue implements RunQueue {
  readonly #engine: QueueEngine
  readonly #work: RunWork
  readonly #options: SharedQueueOptions
  readonly #worker: Ends | null
  readonly #looks: NodeJS.Timeout
  #lookSoon: NodeJS.Timeout | null = null
  #closed = false

  constructor(engine: QueueEngine, work: RunWork, options: SharedQueueOptions) {
    this.#engine = engine
    this.#work = work
    this.#options = options
    const { places, lookEvery: every = lookEvery } = options
    engine.queue.on('error', () => this.#isGone())
    this.#worker = places === 0 ? null : this.#openWorker(places)
    this.#looks = setInterval(() => void this.look(`look-${Math.floor(Date.now() / every)}`), every)
    this.#looks.unref()
  }

  async wake(run: string): Promise<void> {
    await this.#tell(runJob(run))
  }

  /** Has one process look at all runs, unless a look of that name was asked for before. */
  async look(jobId?: string): Promise<void> {
    const kept = jobId === undefined ? passing : { ...passing, removeOnComplete: 100, removeOnFail: 100, jobId }
    await this.#tell({ name: 'runs', data: {}, opts: kept })
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#looks)
    clearTimeout(this.#lookSoon ?? undefined)
    // What is under way needs the queue to its end.
    for (const each of [this.#worker, this.#engine.queue, this.#engine]) if (each) await within(closeMs, each.close())
  }

  #openWorker(places: number) {
    const worker = this.#engine.worker((job) => this.#process(job).catch(withoutWords), {
      concurrency: places,
      // Seconds of a wait for work, which an end of the process may have to wait for as well.
      drainDelay: 1,
      lockDuration: lockMs,
      stalledInterval: lostEvery,
      // Being lost is nobody's fault but that of who lost it.
      maxStalledCount: 1_000_000,
      // Of one that was altered, so that it does not say what becomes of it: its name would keep the next one out.
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    })
    worker.on('error', (error) => (saysLost(error) ? this.#lost() : this.#isGone()))
    return worker
  }

  /** What a job says is held against what it may say, and against the stores: others may write to where it comes from. */
  async #process({ id, name, data }: Parameters<Process>[0]): Promise<void> {
    if (name === 'runs') await this.#find()
    else if (name === 'run' && idPattern.test(`${data?.run}`)) await this.#own(`${data.run}`, id)
    else {
      const part = readPart(data)
      if (part !== null) await this.#work.work(part)
    }
  }

  async #find(): Promise<void> {
    for (const run of await this.#work.runs())
      if ((await this.#work.parts(run)).length > 0) await this.#engine.queue.addBulk([runJob(run)])
  }

  /** Does all of a run that nobody else is at. */
  async #own(run: string, id: string | undefined): Promise<void> {
    const { queue } = this.#engine
    const over = Date.now() + turnMs
    const parts = await this.#work.parts(run)
    if (parts.length > 1) await queue.addBulk(parts.map(partJob))
    for (const [at, part] of parts.entries()) {
      if (this.#closed) throw cancelled()
      if (Date.now() > over) return void (await queue.addBulk([runJob(run, id)]))
      if (parts.length === 1 || (await queue.remove(partJob(part, at, parts).opts.jobId)) !== 0)
        await this.#work.work(part)
    }
  }

  /** A job that could not be put is found later; who waits for it does not wait for long. */
  async #tell(job: Adds): Promise<void> {
    if (!(await within(wakeMs, this.#engine.queue.addBulk([job])))) this.#isGone()
  }

  #isGone(): void {
    this.#lookLater(() =>
      this.#options.log.warn({ code: 'server/store-gone' }, 'the queue of stored runs cannot be used'),
    )
  }

  #lost(): void {
    this.#lookLater(() =>
      this.#options.log.warn({}, 'work on a stored run was lost: this process was held up, or the queue forgot it'),
    )
  }

  /** Says why, once, and looks at all runs. */
  #lookLater(say: () => void): void {
    if (this.#closed || this.#lookSoon !== null) return
    say()
    this.#lookSoon = setTimeout(() => {
      this.#lookSoon = null
      if (!this.#closed) void this.look()
    }, lookAfterMs)
    this.#lookSoon.unref()
  }
}

/** Whether BullMQ says that a job is not this process's any more: what keeps it answered so, by a number, or knew its lock no more. */
function saysLost(error: Error & { readonly code?: unknown }): boolean {
  return typeof error.code === 'number' || error.message.startsWith('could not renew lock')
}

const epoch = (): number => Math.floor(Date.now() / epochMs)

/** Whoever works on a run. It is asked for under one name; who goes on later under the other one, since it still has its own. */
function runJob(run: string, was?: string) {
  const [one, other] = [0, 1].map((turn) => `${run}-${epoch()}-run-${turn}`)
  return { name: 'run', data: { run }, opts: { ...passing, jobId: was === one ? `${other}` : `${one}` } }
}

/**
 * A part for who has nothing else to do: of all runs that wait none goes behind it. The last part of a run goes first, and all of them before
 * those of the next run, so that who helps goes on with the table that is there. BullMQ tells 2^21 priorities apart, the lowest first.
 */
function partJob(part: RunPart, at: number, { length }: readonly RunPart[]) {
  const jobId = `${part.run}-${epoch()}-${part.first}`
  const priority = Number.parseInt(part.run.slice(0, 3), 16) * mostParts + length - at
  return { name: 'part', data: part, opts: { ...passing, jobId, priority } }
}

/** What a queue keeps of an error is its code. */
function withoutWords(thrown: unknown): never {
  const error = new Error(asBlindscoreError(thrown).code)
  error.stack = ''
  throw error
}

/** Whether something is done within so many milliseconds; what fails later is nobody's business any more. */
async function within(ms: number, done: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  const ended = done.then(
    () => true,
    () => false,
  )
  return Promise.race([ended, over]).finally(() => clearTimeout(timer))
}
