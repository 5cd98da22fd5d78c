import * as z from 'zod/mini'
import { askJson, mostJsonBytes } from './askJson.ts'
import { known, type ScoringServer } from './server.ts'

/** Studies whose messages a server carries, as one side of them sees them, of which there are two or more: `server/README.md` has the routes. */

const hex = z.string().check(z.regex(/^[0-9a-f]{32}$/))
const token = z.string().check(z.regex(/^[\w-]{43}$/))
const seats = z.array(z.int().check(z.gte(0), z.lte(63)))

const created = z.object({ id: hex, token, invitations: z.array(token), expires: z.string() })

const about = z.object({
  owners: z.int().check(z.gte(2), z.lte(64)),
  /** The seat of the token that came; null for the organiser's. */
  seat: z.nullable(z.int()),
  study: z.string(),
  created: z.string(),
  expires: z.string(),
  slots: z.array(z.object({ slot: z.string(), seats })),
})
export type KeptStudy = z.infer<typeof about>

const spoken = z.object({ owners: z.int(), seats })

/** What lets an owner speak in a study, or its organiser take it away. The token is a secret. */
export interface StudyTicket {
  readonly id: string
  readonly token: string
}

/** A study with the token of its organiser, and one for each owner. */
export interface NewStudy extends StudyTicket {
  readonly invitations: readonly string[]
  readonly expires: string
}

/** As many as a server takes (`server/studies/limits.ts`): the sums of 511 columns, at 32 bytes for each of the k(k + 1)/2. */
export const mostMessageBytes = 4 * 1024 * 1024

export class StudyServer {
  readonly #server: ScoringServer

  constructor(server: ScoringServer) {
    this.#server = server
  }

  /** The server's address. */
  get url(): string {
    return this.#server.url
  }

  /** Throws `study/not-kept` where the server carries none, `request/budget` where it has no room. */
  async create(study: string, owners: number, signal?: AbortSignal): Promise<NewStudy> {
    return known(created, await askJson(this.#server, 'POST', '/v1/studies', { json: { v: 1, owners, study }, signal }))
  }

  /** Throws `study/unknown` for a study that is not there any more, or never was this ticket's. */
  async about(ticket: StudyTicket, signal?: AbortSignal): Promise<KeptStudy> {
    return known(about, await askJson(this.#server, 'GET', at(ticket), { headers: owns(ticket), signal }))
  }

  /** Says something in a slot, once: throws `study/spoken` where this owner has said something else there. */
  async post(
    ticket: StudyTicket,
    slot: string,
    said: string | Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#server.exchange('PUT', `${at(ticket)}/messages/${slot}`, {
      body: typeof said === 'string' ? new TextEncoder().encode(said) : said,
      type: 'application/octet-stream',
      accept: '',
      headers: owns(ticket),
      most: mostJsonBytes,
      signal,
    })
  }

  /** The seats of the owners that have spoken in a slot, once all have or after so many seconds, 20 at most. */
  async spoken(ticket: StudyTicket, slot: string, seconds: number, signal?: AbortSignal): Promise<readonly number[]> {
    const path = `${at(ticket)}/messages/${slot}?wait=${seconds}`
    return known(spoken, await askJson(this.#server, 'GET', path, { headers: owns(ticket), signal })).seats
  }

  async message(ticket: StudyTicket, slot: string, seat: number, signal?: AbortSignal): Promise<string> {
    return new TextDecoder().decode(await this.bytes(ticket, slot, seat, signal))
  }

  /** The same as it came. Throws `study/unknown` where nobody of that seat has spoken there. */
  bytes(ticket: StudyTicket, slot: string, seat: number, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#server.exchange('GET', `${at(ticket)}/messages/${slot}/${seat}`, {
      accept: 'application/octet-stream',
      headers: owns(ticket),
      most: mostMessageBytes,
      signal,
    })
  }

  /** Takes the study away, with its organiser's ticket: it is over for everybody. */
  async discard(ticket: StudyTicket, signal?: AbortSignal): Promise<void> {
    const said = { accept: '', headers: owns(ticket), most: mostJsonBytes, signal }
    await this.#server.exchange('DELETE', at(ticket), said)
  }
}

const at = ({ id }: StudyTicket): string => `/v1/studies/${id}`

const owns = ({ token: secret }: StudyTicket): Readonly<Record<string, string>> => ({
  'blindscore-study-token': secret,
})

/**
 * An owner's invitation as one text: the server's address, and after `#`, which no browser sends, the study and the owner's token.
 * Opened in a browser it is the page at that study, where the server has the page. A page that lies elsewhere names the server beside
 * the study. Where records were sealed it has the SHA-256 of their file, which the server does not know: it cannot put another there.
 */
export function spellInvitation(server: string, { id, token: secret }: StudyTicket, sealed?: string): string {
  return `${server.replace(/\/+$/, '')}/#study=${id}.${secret}${sealed === undefined ? '' : `&sealed=${sealed}`}`
}

export interface Invitation {
  readonly server: string
  readonly ticket: StudyTicket
  /** SHA-256 of the sealed file that is to be answered for; null in other studies. */
  readonly sealed: string | null
}

/** Null for a text that is none. */
export function readInvitation(text: string): Invitation | null {
  const [, page, fragment] = /^(https?:\/\/[^\s#?]+?)\/*#(\S+)$/.exec(text.trim()) ?? []
  const said = new URLSearchParams(fragment)
  const [, id, secret] = /^([0-9a-f]{32})\.([\w-]{43})$/.exec(said.get('study') ?? '') ?? []
  const server = said.get('server')?.replace(/\/+$/, '') ?? page
  const sealed = said.get('sealed')
  if (server === undefined || id === undefined || secret === undefined) return null
  if (sealed !== null && !/^[0-9a-f]{64}$/.test(sealed)) return null
  return isServer(server) ? { server, ticket: { id, token: secret }, sealed } : null
}

const isServer = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
