import * as z from 'zod/mini'
import { type Card, card, cardSummary, hashedText } from '../core/card/card.ts'
import { limitNesting } from '../core/card/nesting.ts'
import { BlindscoreError, cancelled, type Facts, isErrorCode } from '../core/errors.ts'
import { toBase64url } from '../core/number/base64.ts'
import { toHex } from '../core/number/bytes.ts'
import type { PublicKey } from '../core/protocol/scheme.ts'
import { errorOf, fail } from './faults.ts'

/** The scoring server, as this page sees it. Everything that crosses the line goes through `exchange`. */

const modelList = z.object({
  models: z.array(cardSummary),
  limits: z.object({ recordsPerChunk: z.int().check(z.positive()), bodyBytes: z.int().check(z.positive()) }),
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
}

export type OnExchange = (exchange: Exchange, body: Uint8Array<ArrayBuffer> | null) => void

const problemBody = z.object({
  code: z.string(),
  detail: z.optional(z.string()),
  title: z.optional(z.string()),
  fault: z.optional(z.string()),
  facts: z.optional(z.record(z.string(), z.json())),
  index: z.optional(z.number()),
})

export class ScoringServer {
  /** Origin and path, without a slash at the end. */
  readonly url: string
  readonly #onExchange: OnExchange

  constructor(url: string, options: ServerOptions = {}) {
    this.url = url.replace(/\/+$/, '')
    this.#onExchange = options.onExchange ?? (() => {})
  }

  async models(signal?: AbortSignal): Promise<ModelList> {
    return known(modelList, await this.#json('/v1/models', signal))
  }

  /** A model's card. Throws `run/out-of-date` when it is not one that this page understands or its hash is wrong. */
  async card(id: string, signal?: AbortSignal): Promise<Card> {
    const json = await this.#json(`/v1/models/${encodeURIComponent(id)}`, signal)
    // A card's expressions nest; one that nests without end must not reach what walks them.
    limitNesting(json)
    const body = known(card, json)
    const text = new TextEncoder().encode(hashedText(body))
    const hash = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', text)))
    if (hash !== body.hash) fail('run/out-of-date', 'cardHash')
    return body
  }

  /** Gives the server a public key and its proof. */
  async register(key: PublicKey, signal?: AbortSignal): Promise<void> {
    const body = new TextEncoder().encode(JSON.stringify({ n: toBase64url(key.bytes), proof: toBase64url(key.proof) }))
    await this.#exchange('PUT', `/v1/keys/${key.fingerprint}`, {
      body,
      type: 'application/json',
      accept: 'application/json',
      signal,
    })
  }

  /** Sends a sealed chunk; resolves with the answer's bytes. */
  score(model: string, body: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#exchange('POST', `/v1/models/${encodeURIComponent(model)}/scores`, {
      body,
      type: 'application/cbor',
      accept: 'application/cbor',
      signal,
    })
  }

  async #json(path: string, signal?: AbortSignal): Promise<unknown> {
    const bytes = await this.#exchange('GET', path, { accept: 'application/json', signal })
    try {
      return JSON.parse(new TextDecoder().decode(bytes))
    } catch {
      return fail('run/out-of-date', 'answerNotUnderstood')
    }
  }

  async #exchange(
    method: string,
    path: string,
    request: { body?: Uint8Array<ArrayBuffer>; type?: string; accept: string; signal?: AbortSignal | undefined },
  ): Promise<Uint8Array> {
    const started = performance.now()
    const at = Date.now()
    const tell = (status: number, bytesDown: number): void => {
      const bytesUp = request.body?.length ?? 0
      const milliseconds = performance.now() - started
      this.#onExchange({ method, path, status, bytesUp, bytesDown, at, milliseconds }, request.body ?? null)
    }
    let response: Response
    let bytes: Uint8Array
    try {
      response = await fetch(this.url + path, {
        method,
        body: request.body ?? null,
        headers: { accept: request.accept, ...(request.type && { 'content-type': request.type }) },
        signal: request.signal ?? null,
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      })
      bytes = new Uint8Array(await response.arrayBuffer())
    } catch {
      tell(0, 0)
      if (request.signal?.aborted) throw cancelled()
      return fail('run/offline', 'serverUnreachable')
    }
    tell(response.status, bytes.length)
    if (response.ok) return bytes
    throw await problemOf(response, bytes)
  }
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

async function problemOf(response: Response, bytes: Uint8Array): Promise<ServerProblem> {
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(wait) ? wait : null
  let body: z.infer<typeof problemBody> | undefined
  try {
    body = z.safeParse(problemBody, JSON.parse(new TextDecoder().decode(bytes))).data
  } catch {
    // Not JSON: something between here and the server answered.
  }
  return new ServerProblem(errorSaid(response.status, body), response.status, retryAfter)
}

function errorSaid(status: number, body: z.infer<typeof problemBody> | undefined): BlindscoreError {
  // Every path that this page asks for is one of the API that it was made for.
  if (body?.code === 'request/not-found') return errorOf('run/out-of-date', 'serverMoved')
  if (body && isErrorCode(body.code)) {
    const { code, fault = '', facts = {}, index } = body
    const says = { detail: body.detail ?? body.title ?? code, fault, facts: facts as Facts }
    return errorOf(code, 'serverSays', says, index === undefined ? {} : { index })
  }
  return errorOf(status >= 500 || status === 429 ? 'run/offline' : 'run/out-of-date', 'serverStatus', { status })
}

function known<T extends z.core.$ZodType>(schema: T, value: unknown): z.output<T> {
  const result = z.safeParse(schema, value)
  if (result.success) return result.data
  return fail('run/out-of-date', 'answerNotUnderstood')
}
