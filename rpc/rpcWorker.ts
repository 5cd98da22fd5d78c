import { expose, transferHandlers } from 'comlink'
import { type SentError, toSent } from '../core/errors.ts'
import { provesNoNetwork } from '../platform/isolation.ts'
import { fail } from './faults.ts'

/**
 * The worker's end of a remote call: Comlink behind two rules. A message may only call, by name, a function that the worker
 * offers (Comlink alone would walk any path, `constructor` included), and what is thrown crosses as code, fault,
 * facts and place (Comlink alone keeps message and stack only).
 */

/** A dedicated worker's global scope, as far as it is used here. */
interface WorkerScope {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  postMessage(message: unknown, transfer?: Transferable[]): void
}

/** What a worker offers: functions by name. */
export type RpcApi = { readonly [name: string]: (...args: never[]) => unknown }

export function serveRpc(api: RpcApi): void {
  transferHandlers.set('throw', {
    canHandle: (value): value is { value: unknown } =>
      typeof value === 'object' && value !== null && 'value' in value && isThrown(value),
    serialize: ({ value }: { value: unknown }) => [toSent(value), []],
    deserialize: () => {
      throw new Error('A worker does not receive errors.')
    },
  })
  holdLock(self as unknown as WorkerScope)
  const offered = Object.assign(Object.create(null) as object, api)
  expose(offered, guarded(self as unknown as WorkerScope, new Set(Object.keys(api))))
}

/**
 * The same for a worker that gets records, a key or a model: it says whether it has no network, and answers no call where
 * that is not proven. Whoever starts it sends nothing before (`web/workers/`).
 */
export function serveIsolated(api: RpcApi): void {
  const proven = provesNoNetwork()
  const isolated = Object.entries(api).map(([name, offered]) => [
    name,
    async (...given: never[]) => {
      if (!(await proven)) fail('platform/network-open', 'workerHasNetwork')
      return offered(...given)
    },
  ])
  serveRpc(Object.fromEntries(isolated) as RpcApi)
  void proven.then((isolated) => (self as unknown as WorkerScope).postMessage({ isolated }))
}

/**
 * Holds a lock of the page's choosing for as long as this worker lives: when the page is granted it, the worker has
 * ended, even when no error event said so. Where there are no locks it says that it is there.
 */
function holdLock(scope: WorkerScope): void {
  scope.addEventListener('message', ({ data }: MessageEvent<{ hold?: unknown } | null>) => {
    const name = data?.hold
    if (typeof name !== 'string') return
    const without = (): void => scope.postMessage({ holds: name, without: true })
    if (!navigator.locks) {
      without()
      return
    }
    const held = navigator.locks.request(name, () => {
      scope.postMessage({ holds: name })
      return new Promise(() => {})
    })
    // Browsers refuse locks where they refuse a page its storage, as in a frame of another site.
    held.catch(without)
  })
}

/** Comlink marks what a call threw with a symbol of its own. */
function isThrown(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some((symbol) => symbol.description === 'Comlink.thrown')
}

interface CallMessage {
  readonly id?: string
  readonly type?: string
  readonly path?: readonly string[]
}

/** The worker's own endpoint, with every message that is not a call by an offered name answered by a refusal. */
function guarded(scope: WorkerScope, names: ReadonlySet<string>) {
  const wrapped = new Map<EventListenerOrEventListenerObject, (event: MessageEvent) => void>()
  return {
    postMessage: (message: unknown, transfer: Transferable[] = []) => scope.postMessage(message, transfer),
    addEventListener: (type: string, listener: EventListenerOrEventListenerObject) => {
      const wrapper = (event: MessageEvent): void => {
        const data = event.data as CallMessage | null
        if (!isCall(data, names)) refuse(scope, data)
        else if (typeof listener === 'function') listener(event)
        else listener.handleEvent(event)
      }
      wrapped.set(listener, wrapper)
      scope.addEventListener(type as 'message', wrapper)
    },
    removeEventListener: (type: string, listener: EventListenerOrEventListenerObject) => {
      const wrapper = wrapped.get(listener)
      if (wrapper) scope.removeEventListener(type as 'message', wrapper)
    },
  }
}

function isCall(data: CallMessage | null, names: ReadonlySet<string>): boolean {
  if (typeof data !== 'object' || data === null) return false
  if (data.type === 'RELEASE') return true
  return (
    data.type === 'APPLY' && Array.isArray(data.path) && data.path.length === 1 && names.has(data.path[0] as string)
  )
}

function refuse(scope: WorkerScope, data: CallMessage | null): void {
  const error: SentError = {
    code: 'platform/worker-refused',
    fault: 'noSuchFunction',
    facts: {},
    place: {},
  }
  if (typeof data?.id === 'string') scope.postMessage({ id: data.id, type: 'HANDLER', name: 'throw', value: error })
}
