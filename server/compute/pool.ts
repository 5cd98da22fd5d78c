import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { Outcome } from '../../core/errors.ts'
import { type Compute, computeOn, type WeightsOf } from './compute.ts'
import type { ModelWeights } from './tasks.ts'

export interface PoolOptions {
  readonly threads: number
  /** Those that every thread begins with. */
  readonly models: readonly ModelWeights[]
  /** Of models that come later. */
  readonly weightsOf?: WeightsOf
  /** The compiled `worker.ts`. */
  readonly workerFile?: URL
  /** Called when a thread dies while it has nothing to do. It is replaced; work that a thread dies under rejects. */
  readonly onError: (thrown: unknown) => void
}

/** A pool of Node's threads. Resolves when one of them has answered, so that a broken build fails here. */
export async function startPool(options: PoolOptions): Promise<Compute> {
  const { threads, models, weightsOf, workerFile, onError } = options
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
  const started = computeOn(
    {
      count: threads,
      run: async (name, request) => {
        const { ciphertexts } = request as { readonly ciphertexts?: Uint8Array<ArrayBuffer> }
        // Handed over and not copied once more: the event loop has megabytes of them to post.
        const transferList = ciphertexts ? [ciphertexts.buffer] : []
        return (await pool.run(request, { name, transferList })) as Outcome<unknown>
      },
      close: () => pool.close(),
    },
    weightsOf,
  )
  return started.catch(async (thrown: unknown) => {
    await pool.destroy()
    throw thrown
  })
}
