import * as z from 'zod/mini'
import { askJson, mostJsonBytes } from './askJson.ts'
import { known, type ScoringServer } from './server.ts'

/** Runs that a server stores, as whoever handed them over sees them: `server/README.md` has the routes. */

const hex = z.string().check(z.regex(/^[0-9a-f]{32}$/))

const created = z.object({
  id: hex,
  token: z.string().check(z.regex(/^[\w-]{43}$/)),
  expires: z.iso.datetime(),
})

/** Chunks of a run, from the first to the last of them. */
const range = z.tuple([z.int().check(z.gte(0)), z.int().check(z.gte(0))])
export type ChunkRange = z.infer<typeof range>

const status = z.object({
  state: z.enum(['open', 'started', 'done', 'failed']),
  chunks: z.int().check(z.positive()),
  /** Chunks that were put, and those that are answered. */
  stored: z.int().check(z.gte(0)),
  /** Those that were not put, ascending. */
  missing: z.array(range),
  answered: z.int().check(z.gte(0)),
  failed: z.array(z.object({ chunk: z.int().check(z.gte(0)), code: z.string() })),
  expires: z.iso.datetime(),
})
export type StoredRunStatus = z.infer<typeof status>

/** What makes a run one's own. The token is a secret of its own: with it the sealed answers can be had, and the run deleted. */
export interface RunTicket {
  readonly id: string
  readonly token: string
}

/** A run before anything of it is stored. */
export interface NewRun {
  readonly model: string
  /** The card's hash, the key's fingerprint and the run's number, in hexadecimal. */
  readonly card: string
  readonly key: string
  readonly run: string
  readonly chunks: number
  /** Of all chunks together, planted ones included. */
  readonly records: number
}

export class StoredRuns {
  readonly #server: ScoringServer

  constructor(server: ScoringServer) {
    this.#server = server
  }

  /** Throws `run/not-stored` where the server stores none, `key/unknown` for a key that it does not hold. */
  async create({ model, ...run }: NewRun, signal?: AbortSignal): Promise<RunTicket & { readonly expires: string }> {
    const path = `/v1/models/${encodeURIComponent(model)}/runs`
    return known(created, await askJson(this.#server, 'POST', path, { json: { v: 1, ...run }, signal }))
  }

  /** Stores a sealed chunk. The same bytes may come again; other bytes take their place until the run is started. */
  async put(ticket: RunTicket, chunk: number, body: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<void> {
    const said = { body, type: 'application/cbor', accept: '', headers: owns(ticket), most: mostJsonBytes, signal }
    await this.#server.exchange('PUT', `${at(ticket)}/chunks/${chunk}`, said)
  }

  /** Has the run scored. Throws `run/incomplete` while a chunk is missing. */
  async start(ticket: RunTicket, signal?: AbortSignal): Promise<void> {
    await askJson(this.#server, 'POST', `${at(ticket)}/start`, { headers: owns(ticket), signal })
  }

  /** Throws `run/unknown` for a run that is not there any more, or never was this ticket's. */
  async status(ticket: RunTicket, signal?: AbortSignal): Promise<StoredRunStatus> {
    return known(status, await askJson(this.#server, 'GET', at(ticket), { headers: owns(ticket), signal }))
  }

  /** The sealed answer to a chunk, `most` bytes of it at most. Throws `run/unanswered` while there is none. */
  answer(ticket: RunTicket, chunk: number, most: number, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#server.exchange('GET', `${at(ticket)}/answers/${chunk}`, {
      accept: 'application/cbor',
      headers: owns(ticket),
      most,
      signal,
    })
  }

  /** Deletes the run and all that the server stores of it. */
  async discard(ticket: RunTicket, signal?: AbortSignal): Promise<void> {
    await this.#server.exchange('DELETE', at(ticket), {
      accept: '',
      headers: owns(ticket),
      most: mostJsonBytes,
      signal,
    })
  }
}

const at = ({ id }: RunTicket): string => `/v1/runs/${id}`

const owns = ({ token }: Pick<RunTicket, 'token'>): Readonly<Record<string, string>> => ({
  'blindscore-run-token': token,
})
