import { unforeseen } from '../../core/errors.ts'
import { productsOfSmallPrimes } from '../../core/protocol/paillier/publicKey.ts'
import { scoringEngines } from '../../kernel/scoringEngines.ts'
import { type ModelWeights, Tasks } from '../../server/compute/tasks.ts'
import type { Thread } from './threadPort.ts'

/** A compute thread of the server in the page. */
export class ComputeThread implements Thread {
  readonly #engines = scoringEngines()
  #tasks = new Tasks(this.#engines.engines, [])

  models(models: readonly ModelWeights[]): void {
    this.#tasks = new Tasks(this.#engines.engines, models)
  }

  run(name: Parameters<Thread['run']>[0], request: object): unknown {
    if (name === 'engine') {
      const { engines, report } = this.#engines
      // Soon, so that neither the models nor the first key's check wait for it; one thread is asked this, and one is enough.
      setTimeout(productsOfSmallPrimes)
      // Threads share a table of masks, or there is none: each having its own would cost more than it saves.
      return { ...report, hasTables: self.crossOriginIsolated && engines.some(({ hasTables }) => hasTables) }
    }
    const work = this.#tasks[name] as ((request: object) => unknown) | undefined
    return work ? work.call(this.#tasks, request) : unforeseen('no such task')
  }
}
