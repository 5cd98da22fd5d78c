import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { asBlindscoreError, cancelled, type Outcome, takeOutcome } from '../../core/errors.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { ownerEngines } from '../../kernel/ownerEngines.ts'
import type { KeySealers } from '../connection.ts'
import { errorOf } from '../faults.ts'
import type { OpenedChunk, SealedChunk } from '../score.ts'
import type { Key } from './key.ts'
import { keyMessageOf } from './keyHolder.ts'

export interface ThreadOptions {
  /** One per core, unless told. */
  readonly threads?: number
  /** The compiled `sealerThread.ts`, when this file runs uncompiled. */
  readonly workerFile?: URL
}

/** Seals and opens on Node's worker threads, all of which hold a copy of the key. */
export async function threadSealers(key: Key, options: ThreadOptions = {}): Promise<KeySealers> {
  enableRelaxedSimd()
  const { engines } = ownerEngines()
  const threads = options.threads ?? availableParallelism()
  const message = keyMessageOf(key, engines)
  const pool = new Piscina({
    filename: fileURLToPath(options.workerFile ?? new URL('./sealerThread.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    workerData: message,
    // See server/compute/pool.ts.
    atomics: 'disabled',
  })
  const run = async <T>(name: 'seal' | 'open', task: object, signal: AbortSignal): Promise<T> => {
    if (signal.aborted) throw cancelled()
    let outcome: Outcome<T>
    try {
      outcome = await pool.run(task, { name })
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      // Piscina rejects with an error of its own for a thread that ended, and replaces the thread.
      throw error.code === 'internal' ? errorOf('platform/worker-died', 'threadEnded') : error
    }
    return takeOutcome(outcome)
  }
  return {
    publicKey: key.publicKey,
    size: threads,
    seal: (header, chunk, { records, capacity, integers }, signal) =>
      run<SealedChunk>('seal', { header, chunk: { chunk, records, capacity, integers } }, signal),
    open: (header, chunk, records, answer, signal) =>
      run<OpenedChunk>('open', { header, chunk, records, answer }, signal),
    revive() {},
    async end() {
      if (message.kind === 'key') message.secret.fill(0)
      await pool.destroy()
    },
  }
}
