import { cancelled } from '../../core/errors.ts'
import { fromResponseMessage, toRequestMessage } from '../../rpc/httpMessage.ts'
import { openRpc, type RpcHost } from '../../rpc/rpcHost.ts'
import { transfer } from '../../rpc/transfer.ts'
import { readModelFile } from '../vendor/reviewModelFile.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { ComputeApi, PageServerApi } from './worker-server.ts'

/** The name that the server in the page goes by. Nothing is ever sent there: names below `localhost` are nobody else's. */
export const pageServerAddress = 'https://vendor.localhost'

/** The scoring server in workers of this page, and what takes the place of the network on the way to it. */
export class PageServer {
  readonly #server: RpcHost<PageServerApi>
  readonly #threads: readonly RpcHost<ComputeApi>[]
  readonly #started: Promise<unknown>
  #requests = 0

  constructor(threads: number) {
    this.#server = openRpc<PageServerApi>(
      new Worker(new URL('./worker-server.ts', import.meta.url), { type: 'module', name: 'server' }),
    )
    this.#threads = Array.from({ length: threads }, () =>
      openRpc<ComputeApi>(
        new Worker(new URL('./worker-server.ts', import.meta.url), { type: 'module', name: 'compute' }),
      ),
    )
    this.#started = this.#start()
    // Who asks hears of it.
    this.#started.catch(() => {})
  }

  async #start(): Promise<void> {
    await Promise.all(
      this.#threads.map(async (thread) => {
        const { port1, port2 } = new MessageChannel()
        await this.#server.call((remote) => remote.connect(transfer(port1, [port1])))
        await thread.call((remote) => remote.connect(transfer(port2, [port2])))
      }),
    )
    await this.#server.call((remote) => remote.start())
  }

  /** Answers as `fetch` would, from the server in the page. */
  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    await this.#started
    const id = ++this.#requests
    const { signal } = init
    const stop = (): void => void this.#server.call((remote) => remote.cancel(id)).catch(() => {})
    if (signal?.aborted) throw cancelled()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const message = toRequestMessage(url, init)
      return fromResponseMessage(await this.#server.call((remote) => remote.answer(id, message), signal ?? undefined))
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** Serves a vendor's model file as well. Resolves to the model's id. */
  async serve(file: File, ranges: File | null): Promise<string> {
    const read = await readModelFile(file, ranges)
    await this.#started
    return this.#server.call((remote) => remote.serve(read.file))
  }
}
