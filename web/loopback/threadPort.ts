import { type Outcome, outcomeOf } from '../../core/errors.ts'
import type { Task } from '../../server/compute/compute.ts'
import type { ModelWeights } from '../../server/compute/tasks.ts'

/** Both ends of the line between the server's worker and a compute worker. Weights go over it, and only over it. */

/** What a compute worker does: it is given the models first, and again when they change. */
export interface Thread {
  models(models: readonly ModelWeights[]): void
  run(name: Task, request: object): unknown
}

interface TaskMessage {
  readonly id: number
  readonly name: Task
  readonly request: object
}

interface OutcomeMessage {
  readonly id: number
  readonly outcome: Outcome<unknown>
}

/** The compute worker's end. */
export function serveThread(port: MessagePort, thread: Thread): void {
  port.onmessage = async ({ data }: MessageEvent<TaskMessage | { readonly models: readonly ModelWeights[] }>) => {
    if ('models' in data) thread.models(data.models)
    else port.postMessage({ id: data.id, outcome: await outcomeOf(async () => thread.run(data.name, data.request)) })
  }
}

/** The server's end: one task at a time, since a thread computes one. */
export class ThreadPort {
  readonly #port: MessagePort
  #id = 0
  #settle: ((outcome: Outcome<unknown>) => void) | null = null

  constructor(port: MessagePort) {
    this.#port = port
    port.onmessage = ({ data }: MessageEvent<OutcomeMessage>) => {
      if (data.id === this.#id) this.#settle?.(data.outcome)
    }
  }

  give(models: readonly ModelWeights[]): void {
    this.#port.postMessage({ models })
  }

  run(name: Task, request: object): Promise<Outcome<unknown>> {
    return new Promise((resolve) => {
      this.#settle = resolve
      this.#port.postMessage({ id: ++this.#id, name, request } satisfies TaskMessage)
    })
  }
}
