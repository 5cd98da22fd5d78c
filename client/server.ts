import * as z from 'zod/mini'
import { type Card, cardSummary } from '../core/card/card.ts'
import { asBlindscoreError, BlindscoreError, cancelled, type Facts, isErrorCode } from '../core/errors.ts'
import { toBase64url } from '../core/number/base64.ts'
import { concat } from '../core/number/bytes.ts'
import type { PublicKey } from '../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import type { Checkpoint } from '../files/checkpoint.ts'
import { readCard } from './card.ts'
import { errorOf, fail } from './faults.ts'

/** The scoring server, as this page sees it. Everything that crosses the line goes through `exchange`. */

const modelList = z.object({
  // A server that does not say it serves keys of Paillier alone.
  models: z.array(z.extend(cardSummary, { schemes: z._default(z.array(z.string()), ['paillier']) })),
  // What who asks has left of its hour, in slots, and in how many seconds it has all of it again.
  budget: z.optional(z.object({ perHour: z.int(), left: z.int().check(z.gte(0)), fullIn: z.number().check(z.gte(0)) })),
  limits: z.object({
    recordsPerChunk: z.int().check(z.positive()),
    bodyBytes: z.int().check(z.positive()),
    /** Runs that are handed over (`handOver.ts`), where the server stores such: for how many days. */
    runs: z.optional(z.object({ days: z.number() })),
    /** Messages of pooled studies (`studyServer.ts`), where the server carries them: for how many days. */
    studies: z.optional(z.object({ days: z.number() })),
  }),
  /** Who answers, in their own words: whoever shows it looks at it first. */
  vendor: z.optional(z.unknown()),
  audit: z.optional(z.object({ signer: z.string() })),
})
export type ModelList = z.infer<typeof modelList>

/** One exchange with the server: what was handed to the network, not a story about it. */
export interface Exchange {
  readonly method: string
  readonly path: string
  /** The answer's status, or 0 where none came. */
  readonly status: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** When it was handed to the network, in milliseconds since 1970. */
  readonly at: number
  readonly milliseconds: number
}

export interface ServerOptions {
  /** Hears of every exchange, with the request's body: the very bytes that were handed to the network. */
  readonly onExchange?: OnExchange
  /**
   * The API key that the server asks for, where it does. It goes into a header of its own and nowhere else: into no address, and
   * into nothing that `onExchange` hears.
   */
  readonly apiKey?: string
  /** What takes the place of the platform's own `fetch`: a server that is reached in another way than by the network. */
  readonly fetch?: Fetch
  /** Asked after an exchange of which no answer came: why, where the platform can tell. */
  readonly whyUnreachable?: WhyUnreachable
}

/** `url` is the server's. */
export type WhyUnreachable = (url: string) => Promise<'pageForbidsServer' | 'serverForbidsPage' | 'serverUnreachable'>

export type Fetch = (address: string, init: RequestInit) => Promise<Response>

export type OnExchange = (exchange: Exchange, body: Uint8Array<ArrayBuffer> | null) => void

const problemBody = z.object({
  code: z.string(),
  detail: z.optional(z.string()),
  title: z.optional(z.string()),
  fault: z.optional(z.string()),
  facts: z.optional(z.record(z.string(), z.json())),
  index: z.optional(z.number()),
})

type ProblemBody = z.infer<typeof problemBody>

/** So many milliseconds a server has to sign what a receipt says of its log. */
const signingMs = 10_000

export class ScoringServer {
  /** Origin and path, without a slash at the end. */
  readonly url: string
  readonly #onExchange: OnExchange
  #apiKey: string | null
  /** Whose key signs how far the log of its answers has come; null where it is not known to keep one. */
  #signer: string | null = null
  readonly #fetch: Fetch
  readonly #whyUnreachable: WhyUnreachable
  /** By fingerprint: the header with what the server gave for a proxy to tell the key's requests by. */
  readonly #tokens = new Map<string | undefined, Readonly<Record<string, string>>>()

  constructor(url: string, options: ServerOptions = {}) {
    this.url = url.replace(/\/+$/, '')
    this.#onExchange = options.onExchange ?? (() => {})
    this.#whyUnreachable = options.whyUnreachable ?? (async () => 'serverUnreachable')
    this.#apiKey = options.apiKey ?? null
    this.#fetch = options.fetch ?? ((address, init) => fetch(address, init))
  }

  /** Has it asked with this API key from here on. Throws `access/refused` for a text that no header can carry. */
  identify(apiKey: string): void {
    if (!/^[\x21-\x7e]{1,1000}$/.test(apiKey)) fail('access/refused', 'apiKeyShape')
    this.#apiKey = apiKey
  }

  async models(signal?: AbortSignal): Promise<ModelList> {
    const list = known(modelList, await this.#json('/v1/models', signal))
    this.#signer = list.audit?.signer ?? null
    return list
  }

  /** A model's card. Throws `run/out-of-date` when it is not one that this page understands or its hash is wrong. */
  async card(id: string, signal?: AbortSignal): Promise<Card> {
    return readCard(await this.#json(`/v1/models/${encodeURIComponent(id)}`, signal))
  }

  /** Whether the server said, in its list of models, that it keeps a log of its answers. */
  get keepsLog(): boolean {
    return this.#signer !== null
  }

  /**
   * How far the server's log of answers has come, signed by the key that its list of models named; null where it keeps none, or where
   * what it gives is not that.
   */
  async checkpoint(signal?: AbortSignal): Promise<Checkpoint | null> {
    const signer = this.#signer
    if (signer === null) return null
    const json = await this.#json('/v1/audit/checkpoint', signal)
    // Not before it is needed: it takes as much as all of the rest here.
    const { readCheckpoint } = await import('../files/checkpoint.ts')
    const checkpoint = readCheckpoint(json)
    return checkpoint?.signer === signer ? checkpoint : null
  }

  /** What a receipt has of the server's log: undefined where it keeps none, null where it gives nothing in time. */
  async signedNow(): Promise<Checkpoint | null | undefined> {
    if (!this.keepsLog) return undefined
    return this.checkpoint(AbortSignal.timeout(signingMs)).catch(() => null)
  }

  /** Gives the server a public key and its proof; the token that it answers with is sent with the key's chunks. */
  async register(key: PublicKey, signal?: AbortSignal): Promise<void> {
    const asBytes = schemeOf(parameterSet(key.set)).keyPerRun
    const json = (): Uint8Array<ArrayBuffer> =>
      new TextEncoder().encode(JSON.stringify({ n: toBase64url(key.bytes), proof: toBase64url(key.proof) }))
    const answer = await this.exchange('PUT', `/v1/keys/${key.fingerprint}${asBytes ? `?set=${key.set}` : ''}`, {
      body: asBytes ? Uint8Array.from(key.bytes) : json(),
      type: asBytes ? 'application/octet-stream' : 'application/json',
      accept: 'application/json',
      most: mostProblemBytes,
      signal,
    })
    const token = /"token":"([\w-]+)"/.exec(new TextDecoder().decode(answer))?.[1]
    if (token) this.#tokens.set(key.fingerprint, { 'blindscore-key-token': token })
  }

  /** Sends a chunk sealed under the key of that fingerprint; resolves with the answer's bytes, `most` of them at most. */
  score(
    model: string,
    body: Uint8Array<ArrayBuffer>,
    most: number,
    signal?: AbortSignal,
    fingerprint?: string,
  ): Promise<Uint8Array> {
    return this.exchange('POST', `/v1/models/${encodeURIComponent(model)}/scores`, {
      body,
      type: 'application/cbor',
      accept: 'application/cbor',
      most,
      signal,
      headers: this.#tokens.get(fingerprint),
    })
  }

  /** Sends a sealed file; resolves with the bytes of the sealed scores. */
  scoreFile(model: string, body: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Uint8Array> {
    return this.exchange('POST', `/v1/models/${encodeURIComponent(model)}/files`, {
      body,
      type: 'application/octet-stream',
      accept: 'application/octet-stream',
      most: mostFileBytes,
      signal,
    })
  }

  async #json(path: string, signal?: AbortSignal): Promise<unknown> {
    const get = () => this.exchange('GET', path, { accept: 'application/json', most: mostJsonBytes, signal })
    // A connection that the server has just closed for being idle is found out by using it: such a request may be sent anew
    // (RFC 9112, 9.3.1).
    const bytes = await get().catch((thrown: unknown) => {
      if (asBlindscoreError(thrown).fault !== 'serverUnreachable') throw thrown
      return get()
    })
    try {
      return JSON.parse(new TextDecoder().decode(bytes))
    } catch {
      // JSON by its type, and cut short on the way.
      return fail('run/offline', 'answerForeign')
    }
  }

  /** One request, and the bytes of its answer. Throws {@link ServerProblem} for a refusal, and `run/offline` where none came. */
  async exchange(method: string, path: string, request: ExchangeRequest): Promise<Uint8Array> {
    const started = performance.now()
    const at = Date.now()
    const tell = (status: number, bytesDown: number): void => {
      const bytesUp = request.body?.length ?? 0
      const milliseconds = performance.now() - started
      this.#onExchange({ method, path, status, bytesUp, bytesDown, at, milliseconds }, request.body ?? null)
    }
    const deadline = new Deadline(request.body?.length ?? 0)
    const apiKey = this.#apiKey
    let response: Response
    let bytes: Uint8Array | null
    try {
      response = await this.#fetch(this.url + path, {
        method,
        body: request.body ?? null,
        headers: {
          accept: request.accept,
          ...(request.type && { 'content-type': request.type }),
          ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
          ...request.headers,
        },
        signal: request.signal ? AbortSignal.any([request.signal, deadline.signal]) : deadline.signal,
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      })
      bytes = await readAtMost(response, response.ok ? request.most : mostProblemBytes, deadline)
    } catch (thrown) {
      tell(0, 0)
      if (request.signal?.aborted) throw cancelled()
      if (deadline.signal.aborted) return fail('run/offline', 'serverSilent')
      return fail('run/offline', await this.#whyUnreachable(this.url), systemReason(thrown))
    } finally {
      deadline.end()
    }
    tell(response.status, bytes?.length ?? 0)
    if (response.ok && bytes && mediaType(response) === request.accept) return bytes
    if (response.ok) return fail('run/offline', 'answerForeign')
    const problem = problemOf(response, bytes ?? new Uint8Array())
    // Refused for an API key that another has taken the place of since this was sent.
    if (problem.code.startsWith('access/') && apiKey !== this.#apiKey) return this.exchange(method, path, request)
    throw problem
  }
}

export interface ExchangeRequest {
  readonly body?: Uint8Array<ArrayBuffer>
  readonly type?: string
  /** Beside those that every request has. What is secret goes there and into nothing that is told of. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The media type that the answer must have: what has another one comes from somebody else on the way. */
  readonly accept: string
  /** Bytes that the answer has at most. */
  readonly most: number
  readonly signal?: AbortSignal | undefined
}

/** A card lists up to 20,000 inputs, columns and levels. */
const mostJsonBytes = 64 * 2 ** 20
/** The page holds such an answer; longer ones are for the command line. */
const mostFileBytes = 1024 * 2 ** 20
const mostProblemBytes = 64 * 1024

/** How long a server may take for an answer, in milliseconds, and the bytes a second at which a slow line carries both. */
const longestWait = 30_000
const slowestLine = 4 * 1024

/** Ends an exchange that takes too long. Every byte of it gives it time, none of them as much as waiting for it may take. */
class Deadline {
  readonly #controller = new AbortController()
  #at: number
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(bytesUp: number) {
    this.#at = performance.now() + longestWait
    this.moveOn(bytesUp)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** So many bytes have come, or go up first. */
  moveOn(bytes: number): void {
    this.#at += (1000 * bytes) / slowestLine
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#controller.abort(), this.#at - performance.now())
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

/** The bytes of an answer, or null when there are more than `most`: then the rest is not waited for. */
async function readAtMost(response: Response, most: number, deadline: Deadline): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = []
  let length = 0
  if (!response.body) return new Uint8Array()
  const reader = response.body.getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return concat(parts)
    deadline.moveOn(value.length)
    length += value.length
    if (length > most) {
      void reader.cancel().catch(() => {})
      return null
    }
    parts.push(value)
  }
}

function mediaType(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** A refusal by the server, or by something on the way that does not speak for it. */
export class ServerProblem extends BlindscoreError {
  readonly status: number
  /** Seconds to wait, when the server stated them. */
  readonly retryAfter: number | null

  constructor(error: BlindscoreError, status: number, retryAfter: number | null) {
    super(error.code, error.fault, error.facts, error.place)
    this.status = status
    this.retryAfter = retryAfter
  }
}

function problemOf(response: Response, bytes: Uint8Array): ServerProblem {
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(wait) ? wait : null
  let body: ProblemBody | undefined
  try {
    body = z.safeParse(problemBody, JSON.parse(new TextDecoder().decode(bytes))).data
  } catch {
    // Not JSON: something between here and the server answered.
  }
  const isProblem = mediaType(response) === 'application/problem+json'
  return new ServerProblem(errorSaid(response.status, body, isProblem), response.status, retryAfter)
}

/** By which a server says that it is busy or a proxy that it is away (RFC 9110, 15.6; RFC 6585, 4). */
const waitableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** `isProblem`: the answer is of the type of the API's problems. */
function errorSaid(status: number, body: ProblemBody | undefined, isProblem: boolean): BlindscoreError {
  // Every path that this page asks for is one of the API that it was made for.
  if (body?.code === 'request/not-found') return errorOf('run/out-of-date', 'serverMoved')
  if (body && isErrorCode(body.code)) {
    const { code, fault = '', facts = {}, index } = body
    const says = { detail: body.detail ?? body.title ?? code, fault, facts: facts as Facts }
    return errorOf(code, 'serverSays', says, index === undefined ? {} : { index })
  }
  // A reason of the API's that this page does not know is a newer server's. One that time may mend is waited out.
  if (body && isProblem && !waitableStatuses.has(status)) {
    return errorOf('run/out-of-date', 'serverSaysNew', { detail: body.detail ?? body.title ?? body.code })
  }
  // Without a problem of the API it is not the scoring server that speaks.
  return status === 404 ? errorOf('run/offline', 'noServerThere') : errorOf('run/offline', 'serverStatus', { status })
}

/**
 * What the system says of a request that came to nothing: an unknown name, a refused connection, a certificate that nobody vouches
 * for. Node tells it, with the address and nothing of the request; browsers tell a page nothing.
 */
export function systemReason(thrown: unknown): { readonly reason?: string } {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  if (!(cause instanceof Error)) return {}
  // Of several addresses that were tried there are several errors, under one that has a code alone.
  const reason = cause.message || ('code' in cause ? String(cause.code) : '')
  return reason === '' ? {} : { reason }
}

/** What the server said, in the shape that it must have. Throws `run/out-of-date`. */
export function known<T extends z.core.$ZodType>(schema: T, value: unknown): z.output<T> {
  const result = z.safeParse(schema, value)
  if (result.success) return result.data
  return fail('run/out-of-date', 'answerNotUnderstood')
}
