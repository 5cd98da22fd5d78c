import { unforeseen } from '../../core/errors.ts'
import { productOfSmallPrimes } from '../../core/protocol/paillier/publicKey.ts'
import { scoringEngines } from '../../kernel/scoringEngines.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { type ModelWeights, Tasks } from '../../server/compute/tasks.ts'
import { serveThread, type Thread } from './threadPort.ts'

/** A compute thread of the server in the page. */

const { engines, report } = scoringEngines()
// Now, so that the first key's check does not make a request wait for it.
productOfSmallPrimes()

/** Threads share a table of masks, or there is none: each having its own would cost more than it saves. */
const hasTables = self.crossOriginIsolated && engines.some((engine) => engine.hasTables)

class ComputeThread implements Thread {
  #tasks = new Tasks(engines, [])

  models(models: readonly ModelWeights[]): void {
    this.#tasks = new Tasks(engines, models)
  }

  run(name: Parameters<Thread['run']>[0], request: object): unknown {
    if (name === 'engine') return { ...report, hasTables }
    const work = this.#tasks[name] as ((request: object) => unknown) | undefined
    return work ? work.call(this.#tasks, request) : unforeseen('no such task')
  }
}

const api = { connect: (port: MessagePort) => serveThread(port, new ComputeThread()) }

export type ComputeApi = typeof api
serveIsolated(api)
