import { afterEach, describe, expect, it, vi } from 'vitest'
import type { BlindscoreError } from '../../core/errors.ts'
import { signCheckpoint } from '../../files/checkpoint.ts'
import { sentenceOf } from '../../words/en/errors.ts'
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

const reasonOf = async (work: Promise<unknown>): Promise<[string, string]> => {
  const { code, fault } = await failed(work)
  return [code, fault]
}

/** A refusal by the API. */
const refusal = (status: number, body: object) => answer(JSON.stringify(body), 'application/problem+json', status)

const asked: [string, () => Promise<unknown>][] = [
  ['the models', () => server.models(never)],
  ['a card', () => server.card('m', never)],
  [
    'a key to be taken',
    () =>
      server.register(
        { set: 'paillier-2048', fingerprint: '00', bytes: new Uint8Array(1), proof: new Uint8Array(1) },
        never,
      ),
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

  it('the status of nothing there, without a word of the API’s, means that no scoring server is', async () => {
    for (const type of ['text/html', 'application/json']) {
      network(() => answer('{"code": "NotFound"}', type, 404))
      expect(await reasonOf(ask())).toEqual(['run/offline', 'noServerThere'])
    }
  })

  it('the API’s word that there is no such thing means that it is of another version', async () => {
    network(() => refusal(404, { code: 'request/not-found' }))
    expect(await reasonOf(ask())).toEqual(['run/out-of-date', 'serverMoved'])
  })

  it('a reason that is not known here is a newer server’s, unless time may mend it', async () => {
    network(() => refusal(422, { code: 'key/of-tomorrow', detail: 'No such keys.' }))
    const error = await failed(ask())
    expect([error.code, error.fault]).toEqual(['run/out-of-date', 'serverSaysNew'])
    expect(sentenceOf(error)).toContain('No such keys.')
    network(() => refusal(503, { code: 'request/of-tomorrow' }))
    expect(await reasonOf(ask())).toEqual(['run/offline', 'serverStatus'])
    // Not one of the API's: whoever is on the way may speak JSON, too.
    network(() => answer('{"code": "Forbidden"}', 'application/json', 403))
    expect(await reasonOf(ask())).toEqual(['run/offline', 'serverStatus'])
  })

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

describe('what the system says of a connection that comes to nothing', () => {
  const tried = new AggregateError([new Error('one address'), new Error('another')], '')
  it.each([
    [new Error('self-signed certificate'), { reason: 'self-signed certificate' }],
    [Object.assign(tried, { code: 'ECONNREFUSED' }), { reason: 'ECONNREFUSED' }],
    [undefined, {}],
  ])('is told where it says anything: %s', async (cause, facts) => {
    network(() => {
      throw new TypeError('fetch failed', { cause })
    })
    expect((await failed(server.models(never))).facts).toEqual(facts)
  })
})

describe('a connection that breaks as it is used', () => {
  const broken = async (work: () => Promise<unknown>): Promise<number> => {
    let times = 0
    network(() => {
      times += 1
      throw new TypeError('fetch failed')
    })
    expect((await failed(work())).fault).toBe('serverUnreachable')
    return times
  }

  it('is tried once more by what only asks', async () => {
    let times = 0
    network(() => {
      times += 1
      if (times === 1) throw new TypeError('fetch failed')
      return answer('{"models":[]}', 'application/json')
    })
    expect(['run/out-of-date', 'none']).toContain(
      await server.models(never).then(
        () => 'none',
        ({ code }) => code,
      ),
    )
    expect(times).toBe(2)
    expect(await broken(() => server.models(never))).toBe(2)
  })

  it('is left to the run by what sends', async () => {
    expect(await broken(() => server.score('m', new Uint8Array(10), 1000, never))).toBe(1)
  })
})

describe('an API key', () => {
  it('that another took the place of while a request was under way is not what that ends with', async () => {
    const own = new ScoringServer('http://scores.example', { apiKey: 'first' })
    const sent: (string | null)[] = []
    network((_, { headers }) => {
      sent.push(new Headers(headers).get('authorization'))
      if (sent.length > 1) return answer('scored', 'application/cbor')
      own.identify('second')
      return refusal(401, { code: 'access/expired' })
    })
    expect(await own.score('m', new Uint8Array(10), 1000, never)).toHaveLength(6)
    expect(sent).toEqual(['Bearer first', 'Bearer second'])
  })

  it('that is refused is asked with once', async () => {
    const own = new ScoringServer('http://scores.example', { apiKey: 'first' })
    let times = 0
    network(() => {
      times += 1
      return refusal(401, { code: 'access/expired' })
    })
    expect((await failed(own.score('m', new Uint8Array(10), 1000, never))).code).toBe('access/expired')
    expect(times).toBe(1)
  })
})

describe('the token of a key', () => {
  it('goes with that key’s chunks and no other’s, and into nothing that is shown', async () => {
    const told: string[] = []
    const own = new ScoringServer('http://scores.example', {
      onExchange: (exchange) => told.push(JSON.stringify(exchange)),
    })
    const sent: (string | null)[] = []
    network((_, { method, headers }) => {
      if (method === 'PUT')
        return answer('{"fingerprint":"00","bits":2048,"token":"to-ken_1"}', 'application/json', 201)
      sent.push(new Headers(headers).get('blindscore-key-token'))
      return answer('scored', 'application/cbor')
    })
    const score = (fingerprint: string) => own.score('m', new Uint8Array(10), 1000, never, fingerprint)
    await score('00')
    const key = { set: 'paillier-2048', fingerprint: '00', bytes: new Uint8Array(1), proof: new Uint8Array(1) }
    await own.register(key, never)
    await score('00')
    await score('11')
    expect(sent).toEqual([null, 'to-ken_1', null])
    expect(told.join()).not.toContain('to-ken_1')
  })
})

describe('how far the log of answers has come', () => {
  const [named, other] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array]
  const said = { chain: 'a'.repeat(32), seq: 7, head: 'b'.repeat(64), at: '2030-12-31T08:00:00.000Z' }
  const genuine = signCheckpoint(said, named)

  /** What a client makes of what it is given, where the list of models names the first key; null: no log. */
  async function taken(given: unknown, signer: string | null = genuine.signer) {
    const own = new ScoringServer('http://scores.example')
    network((url) => {
      const isList = url.endsWith('/v1/models')
      if (!isList && given instanceof Error) throw given
      const list = { models: [], limits: { recordsPerChunk: 1, bodyBytes: 1 }, ...(signer && { audit: { signer } }) }
      return answer(JSON.stringify(isList ? list : given), 'application/json')
    })
    await own.models(never)
    return given instanceof Error
      ? [own.keepsLog, await own.signedNow()]
      : [own.keepsLog, await own.checkpoint(never), await own.signedNow()]
  }

  it('is said to be missing by a receipt where the server that keeps a log gives none', async () => {
    expect(await taken(new Error('away'))).toEqual([true, null])
    expect(await taken(new Error('away'), null)).toEqual([false, undefined])
  })

  it('is taken if the key signed it that the server named, and never from anybody else', async () => {
    expect(await taken(genuine)).toEqual([true, genuine, genuine])
    expect(await taken(genuine, null)).toEqual([false, null, undefined])
    const wrong = [
      signCheckpoint(said, other),
      { ...genuine, seq: 8 },
      { ...genuine, head: 'c'.repeat(64) },
      {},
      null,
      [],
    ]
    for (const given of wrong) expect(await taken(given)).toEqual([true, null, null])
    expect(await taken({ ...genuine, more: 'x'.repeat(10_000) })).toEqual([true, genuine, genuine])
  })
})
