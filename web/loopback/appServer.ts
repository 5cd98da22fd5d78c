import type { Outcome } from '../../core/errors.ts'
import { type ModelFile, parseModelFile } from '../../model/modelFile.ts'
import { reviewModel, type ServedModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import {
  fromRequestMessage,
  type RequestMessage,
  type ResponseMessage,
  toResponseMessage,
} from '../../rpc/httpMessage.ts'
import { makeApp, type ScoringApp } from '../../server/app.ts'
import { type Compute, computeOn, type Task, type Threads } from '../../server/compute/compute.ts'
import { limitsFor } from '../../server/limits.ts'
import { silentLog } from '../../server/log.ts'
import { weightsOf } from '../../server/modelSet.ts'
import concreteStrength from '../../server/models/concrete-strength.json?raw'
import creditDefault from '../../server/models/credit-default.json?raw'
import doctorVisits from '../../server/models/doctor-visits.json?raw'
import salary from '../../server/models/salary.json?raw'
import { MemoryLedger } from '../../server/state/ledger.ts'
import { stateInMemory } from '../../server/state/memory.ts'
import { ThreadPort } from './threadPort.ts'

/** The first one is what a visitor sees first. */
const shipped = [creditDefault, concreteStrength, doctorVisits, salary]

/** The scoring server in the page: its own app, routes and limits, over messages instead of a socket. */
export class AppServer {
  readonly #threads: ThreadPort[] = []
  readonly #idle: ThreadPort[] = []
  readonly #waiting: ((thread: ThreadPort) => void)[] = []
  readonly #models = new Map<string, ServedModel>()
  /** Of the whole visit: a model that comes anew has not been forgotten. */
  readonly #ledger = new MemoryLedger()
  readonly #under = new Map<number, AbortController>()
  #app: Promise<ScoringApp> | null = null
  #compute: Promise<Compute> | null = null

  connect(port: MessagePort): void {
    const thread = new ThreadPort(port)
    this.#threads.push(thread)
    this.#release(thread)
  }

  /** Begins to serve with the threads that are connected. */
  async start(): Promise<void> {
    const models = await Promise.all(shipped.map((text) => reviewModel(parseModelFile(text), sha256)))
    for (const model of models) this.#models.set(model.card.id, model)
    this.#compute = computeOn(this.#asThreads())
    this.#app = this.#open()
    await this.#app
  }

  /** Serves one more model, in the place of one with the same id. Throws what `reviewModel` throws. Resolves to its id. */
  async serve(file: ModelFile): Promise<string> {
    // Nobody else asks here, so that one which has to be named to somebody answers whoever has its file.
    const model = { ...(await reviewModel(file, sha256)), onlyNamed: false }
    this.#models.set(model.card.id, model)
    const before = await this.#app
    this.#app = this.#open()
    await before?.close()
    return model.card.id
  }

  async answer(id: number, message: RequestMessage): Promise<ResponseMessage> {
    const stop = new AbortController()
    this.#under.set(id, stop)
    try {
      const app = await this.#app
      if (app === null) throw new Error('a request before the start')
      return await toResponseMessage(await app.fetch(fromRequestMessage(message, stop.signal)))
    } finally {
      this.#under.delete(id)
    }
  }

  cancel(id: number): void {
    this.#under.get(id)?.abort()
  }

  /** The app with the models as they are. Clients register their keys again, as after a restart. */
  async #open(): Promise<ScoringApp> {
    const models = [...this.#models.values()]
    const weights = models.map(weightsOf)
    for (const thread of this.#threads) thread.give(weights)
    const limits = limitsFor(models.map(({ card }) => card))
    if (this.#compute === null) throw new Error('no threads')
    const openState = stateInMemory(limits, { ledger: this.#ledger })
    return makeApp({ models, compute: await this.#compute, limits, log: silentLog, openState })
  }

  #asThreads(): Threads {
    return {
      count: this.#threads.length,
      run: async (name: Task, request: object): Promise<Outcome<unknown>> => {
        const thread = await this.#take()
        try {
          return await thread.run(name, request)
        } finally {
          this.#release(thread)
        }
      },
      close: async () => {},
    }
  }

  #take(): Promise<ThreadPort> {
    const thread = this.#idle.pop()
    return thread ? Promise.resolve(thread) : new Promise((resolve) => this.#waiting.push(resolve))
  }

  #release(thread: ThreadPort): void {
    const next = this.#waiting.shift()
    if (next) next(thread)
    else this.#idle.push(thread)
  }
}
