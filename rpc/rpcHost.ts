import { type ProxyMarked, proxy, type Remote, transferHandlers, wrap } from 'comlink'
import { BlindscoreError, cancelled, fromSent, type SentError } from '../core/errors.ts'
import { secureRandom } from '../platform/random.ts'
import { errorOf } from './faults.ts'

export type { Remote } from 'comlink'

/**
 * The page's side of a worker, in which every call settles: with its result, with the worker's error (code and
 * place included), with `run/cancelled` when its signal aborts, or with `platform/worker-died` when the worker ends
 * first. Comlink alone leaves a dead worker's calls pending for ever.
 */
export interface RpcHost<Api> {
  /**
   * Calls the worker. `use` gets the remote functions, and `listen`, which makes an argument of a function that the
   * worker may call while it works. Cancelled work goes on in the worker; its result is dropped, and so is whatever
   * the worker still says to a listener.
   */
  call<T>(use: (remote: Remote<Api>, listen: Listen) => Promise<T> | T, signal?: AbortSignal): Promise<T>
  /** Resolves when the worker has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Ends the worker; calls under way reject with `platform/worker-died`. */
  end(): void
}

/**
 * Makes a listener that the worker can call. It travels on a port of its own, so what is said to it may arrive after
 * the answer: from then on nothing of it is heard, or a report that came in would be followed by its own progress.
 */
export type Listen = <Said>(listener: (said: Said) => void) => ((said: Said) => void) & ProxyMarked

transferHandlers.set('throw', {
  canHandle: (value): value is never => false && value,
  serialize: () => {
    throw new Error('The page does not throw into a worker.')
  },
  deserialize: (sent: SentError) => {
    throw fromSent(sent)
  },
})

/** A worker, or what stands for one that is yet to start: an `error` event that carries an error of ours says why it ended. */
export interface RpcWorker extends EventTarget {
  postMessage(message: unknown, transfer?: Transferable[]): void
  terminate(): void
}

export function openRpc<Api>(worker: RpcWorker): RpcHost<Api> {
  const remote = wrap<Api>(worker)
  let died = errorOf('platform/worker-died', 'workerNotStarted')
  let settleEnded = (): void => {}
  const ended = new Promise<void>((resolve) => {
    settleEnded = resolve
  })
  let over = false
  const pending = new Set<(error: BlindscoreError) => void>()
  const end = (): void => {
    if (over) return
    over = true
    worker.terminate()
    for (const reject of pending) reject(died)
    settleEnded()
  }
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    const { error } = event as ErrorEvent
    if (error instanceof BlindscoreError) died = error
    end()
  })
  worker.addEventListener('messageerror', end)
  const tooLate = setTimeout(end, startWithin)
  void ended.then(() => clearTimeout(tooLate))
  void watch(worker, end, () => {
    clearTimeout(tooLate)
    died = errorOf('platform/worker-died', 'workerEnded')
  })

  return {
    ended,
    end,
    call(use, signal) {
      if (over) return Promise.reject(died)
      if (signal?.aborted) return Promise.reject(cancelled())
      return new Promise((resolve, reject) => {
        let settled = false
        const settle = <Value>(by: (value: Value) => void) => {
          return (value: Value): void => {
            settled = true
            signal?.removeEventListener('abort', abort)
            pending.delete(fail)
            by(value)
          }
        }
        const succeed = settle(resolve)
        const fail = settle(reject)
        const abort = (): void => fail(cancelled())
        signal?.addEventListener('abort', abort, { once: true })
        pending.add(fail)
        const listen: Listen = (listener) =>
          proxy((said) => {
            if (!settled) listener(said)
          })
        Promise.resolve(use(remote, listen)).then(succeed, fail)
      })
    },
  }
}

/** How long a worker may take to load and to say that it is there, in milliseconds. */
const startWithin = 30_000

/**
 * Notices that a worker is there, and when it is gone without an error event, as when it closes itself or the browser
 * ends it: the worker holds a lock for as long as it lives, and here we wait for that lock.
 */
async function watch(worker: RpcWorker, end: () => void, onStarted: () => void): Promise<void> {
  const name = `blindscore worker ${secureRandom(16).join('.')}`
  const held = new Promise<boolean>((resolve) => {
    const listen = (event: Event): void => {
      const { data } = event as MessageEvent
      if (data?.holds !== name) return
      worker.removeEventListener('message', listen)
      resolve(data.without !== true)
    }
    worker.addEventListener('message', listen)
  })
  worker.postMessage({ hold: name })
  const locked = await held
  onStarted()
  // Without a lock only an error event tells.
  if (locked) await navigator.locks?.request(name, end).catch(() => {})
}
