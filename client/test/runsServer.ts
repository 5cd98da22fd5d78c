import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A server of stored runs before a scoring server: runs are in memory, and their chunks are scored by that server when they are
 * started. What it must not be told is looked for by tests in `heard`.
 */
export class RunsServer {
  readonly heard: { method: string; path: string; token: string | undefined; bytes: number }[] = []
  /** Answers a request in its own way where it says so. */
  refuse: (method: string, path: string) => { status: number; code: string; after?: number } | null = () => null
  /** Changes an answer on its way. */
  garble: (chunk: number, answer: Buffer) => Buffer = (_, answer) => answer
  /** Chunks are answered at once when the run is started; or not. */
  scores = true
  readonly runs = new Map<string, Run>()
  readonly #behind: string
  readonly #server: Server

  private constructor(behind: string) {
    this.#behind = behind
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async before(behind: string): Promise<RunsServer> {
    const made = new RunsServer(behind.replace(/\/+$/, ''))
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve))
    return made
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const body = Buffer.concat(pieces)
    const { method = '', url: path = '' } = request
    const token = request.headers['blindscore-run-token'] as string | undefined
    this.heard.push({ method, path, token, bytes: body.length })
    const refused = this.refuse(method, path)
    if (refused) return problem(response, refused)
    const made = /^\/v1\/models\/([^/]+)\/runs$/.exec(path)
    if (made && method === 'POST') return this.#create(JSON.parse(body.toString()), made[1] as string, response)
    const [, id, what, number] = /^\/v1\/runs\/(\w+)(?:\/(\w+)(?:\/(\d+))?)?$/.exec(path) ?? []
    if (id === undefined) return this.#forward(method, path, body, request, response)
    const run = this.runs.get(id)
    if (!run || run.token !== token) return problem(response, { status: 404, code: 'run/unknown' })
    if (what === 'chunks') {
      run.stored[Number(number)] = body
      response.writeHead(201).end()
      return
    }
    if (what === 'start') return this.#start(run, response)
    if (what === 'answers') {
      const answer = run.answers[Number(number)]
      if (!answer) return problem(response, { status: 404, code: 'run/unanswered', after: 1 })
      response.writeHead(200, { 'content-type': 'application/cbor' }).end(this.garble(Number(number), answer))
      return
    }
    if (method === 'DELETE') {
      this.runs.delete(id)
      response.writeHead(204).end()
      return
    }
    json(response, 200, stateOf(run))
  }

  #create(said: Run['said'], model: string, response: ServerResponse): void {
    const id = (this.runs.size + 1).toString(16).padStart(32, '0')
    const run = { id, model, said, token: id.padStart(43, 'T'), stored: [], answers: [], started: false }
    this.runs.set(id, run)
    json(response, 201, { id, token: run.token, expires, state: 'open' })
  }

  async #start(run: Run, response: ServerResponse): Promise<void> {
    if (stateOf(run).stored < run.said.chunks) return problem(response, { status: 409, code: 'run/incomplete' })
    run.started = true
    if (this.scores) await this.score(run)
    json(response, 202, stateOf(run))
  }

  /** Scores what is stored of a run. */
  async score(run: Run): Promise<void> {
    const headers = { 'content-type': 'application/cbor', accept: 'application/cbor' }
    for (const [i, body] of run.stored.entries()) {
      const address = `${this.#behind}/v1/models/${run.model}/scores`
      const answered = await fetch(address, { method: 'POST', headers, body: Uint8Array.from(body) })
      run.answers[i] = Buffer.from(await answered.arrayBuffer())
    }
  }

  async #forward(method: string, path: string, body: Buffer, request: IncomingMessage, response: ServerResponse) {
    const { 'content-type': type, accept } = request.headers
    const headers = { ...(type && { 'content-type': type }), ...(accept && { accept }) }
    const sent = body.length > 0 ? { body: Uint8Array.from(body) } : {}
    const answered = await fetch(`${this.#behind}${path}`, { method, headers, ...sent })
    const said = Buffer.from(await answered.arrayBuffer())
    response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? '' }).end(said)
  }
}

interface Run {
  readonly id: string
  readonly token: string
  readonly model: string
  readonly said: { readonly chunks: number; readonly records: number; readonly run: string; readonly key: string }
  readonly stored: Buffer[]
  readonly answers: Buffer[]
  started: boolean
}

const expires = '2099-01-01T00:00:00.000Z'

function stateOf({ id, said, stored, answers, started }: Run) {
  const answered = Object.keys(answers).length
  const state = !started ? 'open' : answered < said.chunks ? 'started' : 'done'
  return {
    v: 1,
    id,
    ...said,
    state,
    stored: Object.keys(stored).length,
    missing: Array.from({ length: said.chunks }, (_, i) => [i, i]).filter(([i = 0]) => !stored[i]),
    answered,
    failed: [],
    created: expires,
    expires,
  }
}

function json(response: ServerResponse, status: number, said: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
}

function problem(
  response: ServerResponse,
  { status, code, after }: { readonly status: number; readonly code: string; readonly after?: number },
): void {
  const wait = after === undefined ? {} : { 'retry-after': String(after) }
  const said = { type: `urn:blindscore:${code}`, title: code, status, detail: code, code }
  response.writeHead(status, { 'content-type': 'application/problem+json', ...wait }).end(JSON.stringify(said))
}
