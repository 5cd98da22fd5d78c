import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { concat, toHex } from '../../core/number/bytes.ts'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { isOfThisMachine, type Target } from './target.ts'

/** Load that somebody without a record to score may bring on a server. Each runs until its signal aborts. */

export interface Load {
  readonly name: string
  /** How many addresses of this machine it comes from. */
  readonly addresses?: number
  start(attack: Attack): void
}

/** What a load works with: requests from one address, counted by how they were answered. */
export class Attack {
  readonly target: Target
  readonly signal: AbortSignal
  readonly answers = new Map<string, number>()
  readonly #agent: Agent
  readonly #localAddress: string

  constructor(target: Target, localAddress: string, signal: AbortSignal) {
    this.target = target
    this.signal = signal
    this.#localAddress = localAddress
    this.#agent = new Agent({ keepAlive: true, localAddress })
    setMaxListeners(0, signal)
    signal.addEventListener('abort', () => this.#agent.destroy())
  }

  count(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1)
  }

  /** One request, settled whatever becomes of it. */
  ask(method: string, path: string, type?: string, body?: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const end = (answer: string): void => {
        this.count(answer)
        resolve()
      }
      const headers = type === undefined ? {} : { 'Content-Type': type }
      const asked = request(
        new URL(path, this.target.url),
        { method, headers, agent: this.#agent, signal: this.signal },
        (answer) => {
          answer.resume()
          answer.on('close', () => end(String(answer.statusCode)))
        },
      )
      asked.on('error', () => end('closed'))
      asked.end(body)
    })
  }

  /** So many of them at once, each again as soon as it is answered. */
  keepAsking(count: number, ask: () => Promise<void>): void {
    for (let i = 0; i < count; i++) {
      void (async () => {
        while (!this.signal.aborted) {
          await ask()
          // A server that closes at once is not to be asked in a loop that nothing else runs beside.
          await new Promise((resolve) => setImmediate(resolve))
        }
      })()
    }
  }

  /** So many connections, each opened anew a second after it is closed, over which `text` is sent once and then a byte a second. */
  keepConnected(count: number, text: string, everySecond: string): void {
    const { hostname, port } = new URL(this.target.url)
    const open = (): void => {
      if (this.signal.aborted) return
      const socket = connect({ host: hostname, port: Number(port), localAddress: this.#localAddress })
      const drip = setInterval(() => everySecond && socket.write(everySecond), 1000)
      const stop = () => socket.destroy()
      this.signal.addEventListener('abort', stop)
      if (text) socket.write(text)
      socket.resume()
      socket.on('error', () => {})
      socket.on('close', () => {
        clearInterval(drip)
        this.signal.removeEventListener('abort', stop)
        this.count('closed')
        setTimeout(open, 1000)
      })
    }
    for (let i = 0; i < count; i++) open()
  }
}

const scores = ({ target }: Attack) => `/v1/models/${target.model}/scores`

/** A chunk of so many blocks under another run number each time; ciphertexts are random, and so valid. */
function chunkOf({ target }: Attack, blocks: number, spoiled: boolean): Uint8Array {
  const { key, card, inputs, slots, width } = target
  const block = randomBytes(inputs * width)
  for (let i = 0; i < inputs; i++) block[i * width] = 0
  const ciphertexts = concat(Array<Uint8Array>(blocks).fill(block))
  if (spoiled) ciphertexts.fill(0, -width)
  const run = randomBytes(16)
  return encodeChunk({ card, key: key.fingerprint, run, chunk: 0, records: blocks * slots, ciphertexts })
}

function chunks(count: number, blocks: number, spoiled: boolean) {
  return (attack: Attack): void => {
    const bytes = chunkOf(attack, blocks, spoiled)
    attack.keepAsking(count, () => attack.ask('POST', scores(attack), 'application/cbor', bytes))
  }
}

function gets(count: number, path: string) {
  return (attack: Attack): void => attack.keepAsking(count, () => attack.ask('GET', path))
}

function badKeys(count: number) {
  return (attack: Attack): void => {
    const { fingerprint, n, proof } = attack.target.unheld
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
    attack.keepAsking(count, () => {
      const bad = proof.slice()
      bad.set(randomBytes(16), bad.length - 16)
      const body = Buffer.from(JSON.stringify({ n: text(n), proof: text(bad) }))
      return attack.ask('PUT', `/v1/keys/${toHex(fingerprint)}`, 'application/json', body)
    })
  }
}

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n`

export const loads: readonly Load[] = [
  { name: '24 chunks of 124 blocks, again and again', start: chunks(24, 124, false) },
  { name: '60 bad keys at once', start: badKeys(60) },
  { name: '64 chunks of 124 blocks, the last ciphertext bad', start: chunks(64, 124, true) },
  { name: '24 chunks of one block, again and again', start: chunks(24, 1, false) },
  {
    name: '20 bodies that are no chunk, without pause',
    start: (attack) =>
      attack.keepAsking(20, () => attack.ask('POST', scores(attack), 'application/cbor', new Uint8Array(100))),
  },
  { name: '20 × GET /openapi.json without pause', start: gets(20, '/openapi.json') },
  { name: '20 × GET /metrics without pause', start: gets(20, '/metrics') },
  {
    name: '20 × GET of a card without pause',
    start: (attack) => gets(20, `/v1/models/${attack.target.model}`)(attack),
  },
  { name: '500 idle connections', start: (attack) => attack.keepConnected(500, '', '') },
  { name: '4,200 idle connections', start: (attack) => attack.keepConnected(4200, '', '') },
  {
    name: '300 slow bodies, a byte a second',
    start: (attack) =>
      attack.keepConnected(
        300,
        head(
          `POST ${scores(attack)} HTTP/1.1`,
          'Host: 127.0.0.1',
          'Content-Type: application/cbor',
          'Content-Length: 2000000',
          '',
        ),
        'x',
      ),
  },
  { name: '24 chunks of 124 blocks from each of 3 addresses', addresses: 3, start: chunks(24, 124, false) },
]

/** Starts a load; what was answered so far, by status. */
export function start(name: string, target: Target, signal: AbortSignal): () => Record<string, number> {
  if (!isOfThisMachine(target.url)) throw new Error('A load is for a server on this machine alone.')
  const load = loads.find((each) => each.name === name)
  if (load === undefined) throw new Error(`There is no load "${name}".`)
  const attacks = Array.from({ length: load.addresses ?? 1 }, (_, i) => new Attack(target, `127.0.0.${2 + i}`, signal))
  for (const attack of attacks) load.start(attack)
  return () => {
    const sums: Record<string, number> = {}
    for (const { answers } of attacks) for (const [answer, count] of answers) sums[answer] = (sums[answer] ?? 0) + count
    return sums
  }
}
