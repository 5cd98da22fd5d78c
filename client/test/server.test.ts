import { afterEach, describe, expect, it, vi } from 'vitest'
import type { BlindscoreError } from '../../core/errors.ts'
import { ScoringServer } from '../server.ts'

/** What a client believes of whoever answers. */

const server = new ScoringServer('http://scores.example')
const never = new AbortController().signal
const answer = (body: BodyInit | null, type: string, status = 200) =>
  new Response(body, { status, headers: { 'content-type': type } })

/** The network answers with this. */
function network(respond: (url: string, init: RequestInit) => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => respond(url, init))
}

const failed = (work: Promise<unknown>): Promise<BlindscoreError> =>
  work.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: BlindscoreError) => error,
  )

const asked: [string, () => Promise<unknown>][] = [
  ['the models', () => server.models(never)],
  ['a card', () => server.card('m', never)],
  [
    'a key to be taken',
    () => server.register({ set: '', fingerprint: '00', bytes: new Uint8Array(1), proof: new Uint8Array(1) }, never),
  ],
  ['a score', () => server.score('m', new Uint8Array(10), 1000, never)],
]

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe.each(asked)('asked for %s', (_, ask) => {
  it.each([200, 201, 203, 302, 403, 502, 511])(
    'a page in HTML with status %i is a fault of the network',
    async (status) => {
      network(() => answer('<h1>Sign in</h1>', 'text/html; charset=utf-8', status))
      expect((await failed(ask())).code).toBe('run/offline')
    },
  )

  it('a connection on which nothing comes is given up after a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    network(
      (_url, { signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))),
    )
    const error = failed(ask())
    await vi.advanceTimersByTimeAsync(31_000)
    expect([(await error).code, (await error).fault]).toEqual(['run/offline', 'serverSilent'])
  })

  it('an answer that comes in drops is given up after a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    network((_url, { signal }) => {
      const drops = new ReadableStream<Uint8Array>({
        start(controller) {
          signal?.addEventListener('abort', () => controller.error(new DOMException('', 'AbortError')))
        },
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 5000))
          if (!signal?.aborted) controller.enqueue(new Uint8Array(1))
        },
      })
      return answer(drops, 'application/json')
    })
    const error = failed(ask())
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await error).code).toBe('run/offline')
  })

  it('an answer without end is not read to its end', async () => {
    const piece = new Uint8Array(2 ** 20)
    let pieces = 0
    for (const type of ['application/json', 'application/cbor', 'application/problem+json']) {
      network(() => {
        const endless = new ReadableStream<Uint8Array>({
          pull(controller) {
            pieces += 1
            controller.enqueue(piece)
          },
        })
        return answer(endless, type, type.includes('problem') ? 503 : 200)
      })
      expect((await failed(ask())).code).toBe('run/offline')
    }
    expect(pieces).toBeLessThan(200)
  })
})

describe('an answer of the type that was asked for', () => {
  it('comes as it is, up to the bytes that it may have', async () => {
    network(() => answer(new Uint8Array(1000).fill(7), 'application/cbor'))
    expect(await server.score('m', new Uint8Array(10), 1000, never)).toEqual(new Uint8Array(1000).fill(7))
    expect((await failed(server.score('m', new Uint8Array(10), 999, never))).code).toBe('run/offline')
  })

  it('that is cut short is a fault of the network', async () => {
    network(() => answer('{"models": [', 'application/json'))
    expect((await failed(server.models(never))).code).toBe('run/offline')
  })

  it('that says something else is of another version', async () => {
    network(() => answer('{"models": 3}', 'application/json'))
    expect((await failed(server.models(never))).code).toBe('run/out-of-date')
  })
})

it('a large body has time to go up on a slow line', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  network(async (_url, { signal }) => {
    await new Promise((resolve) => setTimeout(resolve, 60_000))
    signal?.throwIfAborted()
    return answer(new Uint8Array(5), 'application/cbor')
  })
  const score = server.score('m', new Uint8Array(200 * 1024), 1000, never)
  await vi.advanceTimersByTimeAsync(61_000)
  expect(await score).toHaveLength(5)
})
