import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { toSent } from '../core/errors.ts'
import type { OpeningOf } from '../model/verdict.ts'
import { errorOf } from './faults.ts'
import { type FilePaths, type FileRead, stampOf } from './modelFile.ts'
import type { ReadRequest } from './modelThread.ts'

/** For so long the thread waits for another file, in milliseconds. */
const idleMs = 1000

/**
 * Reads model files in a thread that lives while there are some to read: a large one takes seconds, in which whoever asks for scores
 * is answered. A file that ends the thread, as one that takes more memory than there is, is refused as too large.
 */
export class ModelReader {
  readonly #openingOf: OpeningOf
  readonly #threads: Piscina

  /** `threadFile`: the compiled `modelThread.ts`. */
  constructor(openingOf: OpeningOf, threadFile = new URL('./modelThread.js', import.meta.url)) {
    this.#openingOf = openingOf
    const filename = fileURLToPath(threadFile)
    this.#threads = new Piscina({ filename, minThreads: 0, maxThreads: 1, idleTimeout: idleMs, atomics: 'disabled' })
  }

  async read(paths: FilePaths): Promise<FileRead> {
    const stamp = await stampOf(paths)
    const { port1: own, port2: openings } = new MessageChannel()
    own.on('message', async (model: string) => own.postMessage(await this.#openingOf(model)))
    try {
      const request: ReadRequest = { paths, openings }
      return await this.#threads.run(request, { name: 'read', transferList: [openings] })
    } catch {
      return { stamp, outcome: { error: toSent(errorOf('model/invalid', 'modelFileTooLarge')) } }
    } finally {
      own.close()
    }
  }

  /** Ends what is being read. */
  close(): Promise<void> {
    return this.#threads.destroy()
  }
}
