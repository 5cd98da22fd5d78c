import { type TransferHandler, transferHandlers } from 'comlink'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../../reader/test/files.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { openRpc } from '../rpcHost.ts'
import { serveRpc } from '../rpcWorker.ts'
import { FakeLocks, workerPair } from './fakeWorker.ts'

const api = {
  add: (a: number, b: number) => a + b,
  failing: () => {
    throw new BlindscoreError('file/encoding', 'encoding', { byte: 7 }, { byte: 7 })
  },
  exploding: () => {
    throw new RangeError('the secret is 12345')
  },
  never: () => new Promise(() => {}),
  /** Speaks before its answer and again after it, as a message on another port may arrive. */
  telling: async (say: (said: string) => void): Promise<string> => {
    await say('half')
    setTimeout(() => say('late'), 0)
    return 'answer'
  },
  tellingOnly: (say: (said: string) => void): Promise<never> => {
    setTimeout(() => say('late'), 20)
    return new Promise(() => {})
  },
}

let worker: ReturnType<typeof workerPair>['worker']
let locks: FakeLocks

/** Page and worker are two programs with a Comlink each; here they share one, so each keeps its half of the handler. */
const pageHalf = transferHandlers.get('throw') as TransferHandler<unknown, unknown>

beforeEach(() => {
  const pair = workerPair()
  worker = pair.worker
  locks = new FakeLocks()
  vi.stubGlobal('navigator', { locks })
  vi.stubGlobal('self', pair.inside)
  serveRpc(api)
  const workerHalf = transferHandlers.get('throw') as TransferHandler<unknown, unknown>
  transferHandlers.set('throw', { ...workerHalf, deserialize: pageHalf.deserialize })
})
afterEach(() => {
  worker.terminate()
  vi.unstubAllGlobals()
})

/** Sends a raw message and resolves with the answer that bears its id. */
function send(message: Record<string, unknown>): Promise<Record<string, unknown>> {
  const id = `m${Math.random()}`
  return new Promise((resolve) => {
    const hear = (event: Event) => {
      const { data } = event as MessageEvent
      if (data?.id !== id) return
      worker.removeEventListener('message', hear)
      resolve(data)
    }
    worker.addEventListener('message', hear)
    worker.postMessage({ id, ...message })
  })
}

const refusal = { type: 'HANDLER', name: 'throw', value: { code: 'platform/worker-refused' } }

describe('the worker’s end', () => {
  it('answers a call by name', async () => {
    const argumentList = [1, 2].map((value) => ({ type: 'RAW', value }))
    expect(await send({ type: 'APPLY', path: ['add'], argumentList })).toMatchObject({ type: 'RAW', value: 3 })
  })

  it.each<[string, Record<string, unknown>]>([
    ['__proto__', { type: 'APPLY', path: ['__proto__'], argumentList: [] }],
    ['constructor', { type: 'APPLY', path: ['constructor'], argumentList: [] }],
    ['a path through constructor', { type: 'APPLY', path: ['add', 'constructor'], argumentList: [] }],
    ['a path through __proto__', { type: 'APPLY', path: ['__proto__', 'toString'], argumentList: [] }],
    ['toString', { type: 'APPLY', path: ['toString'], argumentList: [] }],
    ['an unknown name', { type: 'APPLY', path: ['missing'], argumentList: [] }],
    ['an empty path', { type: 'APPLY', path: [], argumentList: [] }],
    ['no path', { type: 'APPLY', argumentList: [] }],
    ['a path of another kind', { type: 'APPLY', path: 'add', argumentList: [] }],
    ['a name that only reads like one', { type: 'APPLY', path: [['add']], argumentList: [] }],
    ['reading a function', { type: 'GET', path: ['add'] }],
    ['reading the whole', { type: 'GET', path: [] }],
    ['writing a function', { type: 'SET', path: ['add'], value: { type: 'RAW', value: 1 } }],
    ['writing a prototype', { type: 'SET', path: ['__proto__', 'x'], value: { type: 'RAW', value: 1 } }],
    ['constructing', { type: 'CONSTRUCT', path: ['add'], argumentList: [] }],
    ['opening an endpoint', { type: 'ENDPOINT', path: ['add'] }],
    ['a type that does not exist', { type: 'EVAL', path: ['add'] }],
    ['no type', { path: ['add'] }],
  ])('refuses %s', async (_, message) => {
    expect(await send(message)).toMatchObject(refusal)
    expect(({} as { x?: unknown }).x).toBeUndefined()
    const argumentList = [2, 2].map((value) => ({ type: 'RAW', value }))
    expect(await send({ type: 'APPLY', path: ['add'], argumentList })).toMatchObject({ value: 4 })
  })

  it.each([null, 1, 'x', [], undefined])('lives through a message that is %j', async (message) => {
    worker.postMessage(message)
    const argumentList = [2, 3].map((value) => ({ type: 'RAW', value }))
    expect(await send({ type: 'APPLY', path: ['add'], argumentList })).toMatchObject({ value: 5 })
  })
})

describe('what a worker throws', () => {
  it('keeps its code and place', async () => {
    const host = openRpc<typeof api>(worker)
    const error = await errorOf(host.call((remote) => remote.failing()))
    expect([error.code, error.fault, error.facts, error.place]).toEqual([
      'file/encoding',
      'encoding',
      { byte: 7 },
      { byte: 7 },
    ])
  })

  it('loses its message when it is not one of ours: it may hold a value', async () => {
    const error = await errorOf(openRpc<typeof api>(worker).call((remote) => remote.exploding()))
    expect(error.code).toBe('internal')
    expect(sentenceOf(error) + JSON.stringify(error.facts)).not.toContain('12345')
  })
})

describe('every call settles', () => {
  it('with its result', async () => {
    expect(await openRpc<typeof api>(worker).call((remote) => remote.add(2, 3))).toBe(5)
  })

  it('with run/cancelled when its signal aborts, before or meanwhile', async () => {
    const host = openRpc<typeof api>(worker)
    expect((await errorOf(host.call((remote) => remote.never(), AbortSignal.abort()))).code).toBe('run/cancelled')
    const controller = new AbortController()
    const call = errorOf(host.call((remote) => remote.never(), controller.signal))
    controller.abort()
    expect((await call).code).toBe('run/cancelled')
    expect(await host.call((remote) => remote.add(1, 1))).toBe(2)
  })

  it.each<[string, () => void]>([
    ['an error event', () => worker.dispatchEvent(new Event('error', { cancelable: true }))],
    ['a message that cannot be read', () => worker.dispatchEvent(new Event('messageerror'))],
  ])('with platform/worker-died on %s', async (_, end) => {
    const host = openRpc<typeof api>(worker)
    const calls = [1, 2].map(() => errorOf(host.call((remote) => remote.never())))
    end()
    for (const error of await Promise.all(calls)) expect(error.code).toBe('platform/worker-died')
    await host.ended
    expect((await errorOf(host.call((remote) => remote.add(1, 1)))).code).toBe('platform/worker-died')
  })

  it('with platform/worker-died when the worker goes without a word', async () => {
    const host = openRpc<typeof api>(worker)
    await host.call((remote) => remote.add(1, 1))
    const call = errorOf(host.call((remote) => remote.never()))
    locks.releaseAll()
    expect((await call).code).toBe('platform/worker-died')
    await host.ended
  })

  it('with platform/worker-died when the worker ends, or hangs, before it has started', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const host = openRpc<typeof api>(workerPair().worker)
      const call = errorOf(host.call((remote) => remote.never()))
      vi.advanceTimersByTime(30_000)
      const error = await call
      expect([error.code, error.fault]).toEqual(['platform/worker-died', 'workerNotStarted'])
      await host.ended
    } finally {
      vi.useRealTimers()
    }
  })

  it('and a worker that has started may take as long as its work takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const host = openRpc<typeof api>(worker)
      await host.call((remote) => remote.add(1, 1))
      vi.advanceTimersByTime(3_600_000)
      expect(await host.call((remote) => remote.add(1, 2))).toBe(3)
    } finally {
      vi.useRealTimers()
    }
  })

  it.each(['to the worker', 'to both'])('and one lives on where the browser refuses locks %s', async (whom) => {
    const denied = () => Promise.reject(new DOMException('The request was denied.', 'SecurityError'))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      let asked = 0
      const request = (...given: Parameters<FakeLocks['request']>) => {
        asked += 1
        return asked === 1 || whom === 'to both' ? denied() : locks.request(...given)
      }
      vi.stubGlobal('navigator', { locks: { request } })
      const host = openRpc<typeof api>(worker)
      await host.call((remote) => remote.add(1, 1))
      vi.advanceTimersByTime(3_600_000)
      expect(await host.call((remote) => remote.add(1, 2))).toBe(3)
    } finally {
      vi.useRealTimers()
    }
  })

  it('with platform/worker-died when it is ended', async () => {
    const host = openRpc<typeof api>(worker)
    const call = errorOf(host.call((remote) => remote.never()))
    host.end()
    expect((await call).code).toBe('platform/worker-died')
  })
})

describe('a listener', () => {
  /** Resolves when whatever was said so far has arrived. */
  const everythingSaid = () => new Promise((resolve) => setTimeout(resolve, 60))

  it('hears what the worker says before its answer, and nothing after it', async () => {
    const heard: string[] = []
    const host = openRpc<typeof api>(worker)
    const answer = await host.call((remote, listen) => remote.telling(listen((said: string) => heard.push(said))))
    await everythingSaid()
    expect(answer).toBe('answer')
    expect(heard).toEqual(['half'])
  })

  it('hears nothing of a call that was cancelled', async () => {
    const heard: string[] = []
    const controller = new AbortController()
    const host = openRpc<typeof api>(worker)
    const call = errorOf(
      host.call((remote, listen) => remote.tellingOnly(listen((said: string) => heard.push(said))), controller.signal),
    )
    controller.abort()
    expect((await call).code).toBe('run/cancelled')
    await everythingSaid()
    expect(heard).toEqual([])
  })
})
