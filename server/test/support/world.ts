import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fromBytes, fromHex, toBytes } from '../../../core/bytes.ts'
import { type Card, type KeySize, slotsPerCiphertext } from '../../../core/card.ts'
import { makeEncoder } from '../../../core/encode.ts'
import { parseModelFile } from '../../../core/model.ts'
import { pack } from '../../../core/pack.ts'
import { makePrivateKey, type PrivateKey, proveKey } from '../../../core/private/key.ts'
import { ownerTwin } from '../../../core/private/twin.ts'
import { readPredictors } from '../../../core/score.ts'
import { twin } from '../../../core/twin.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../../../core/wire.ts'
import { makeApp, type ScoringApp } from '../../app.ts'
import type { Compute } from '../../compute.ts'
import { sha256, sha256Hex } from '../../digest.ts'
import { type Limits, limitsFor } from '../../limits.ts'
import { makeLog } from '../../log.ts'
import { type ServedModel, serveModel } from '../../models.ts'
import type { Dependencies } from '../../service.ts'
import { Tasks } from '../../tasks.ts'

/** What the tests share: the client's side of the line, and an app without a socket or threads. */

export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')
}

export const tiny: ServedModel = serveModel(parseModelFile(fixture('tiny')))
export const zero: ServedModel = serveModel(parseModelFile(fixture('zero')))

/** A client: it has the private key, seals and opens. */
export class Client {
  readonly key: PrivateKey
  readonly n: Uint8Array<ArrayBuffer>
  readonly proof: Uint8Array<ArrayBuffer>
  readonly fingerprint: string

  private constructor(key: PrivateKey, proof: Uint8Array<ArrayBuffer>) {
    this.key = key
    this.n = toBytes(key.n, key.bits / 8)
    this.proof = proof
    this.fingerprint = sha256Hex(this.n)
  }

  static async of(key: PrivateKey): Promise<Client> {
    return new Client(key, await proveKey(key, sha256))
  }

  /** A client with a fresh key of native primes. */
  static make(bits: KeySize = 2048): Promise<Client> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    const { p, q } = privateKey.export({ format: 'jwk' })
    const prime = (text: string | undefined): bigint => fromBytes(Buffer.from(text ?? '', 'base64url'))
    return Client.of(makePrivateKey(prime(p), prime(q), bits))
  }

  get #owner() {
    const half = this.key.bits / 16
    return ownerTwin.privateKey(toBytes(this.key.p, half), toBytes(this.key.q, half))
  }

  /** A chunk of these records, each one text per feature. */
  seal(card: Card, records: readonly (readonly string[])[], run = randomBytes(16), chunk = 0): Chunk {
    const encoder = makeEncoder(card)
    const slots = slotsPerCiphertext(card.slotBits, this.key.bits)
    const blocks = Math.ceil(records.length / slots)
    const plaintexts: Uint8Array[] = []
    for (let b = 0; b < blocks; b++) {
      const columns = new Float64Array(card.inputs.length * slots)
      records.slice(b * slots, (b + 1) * slots).forEach((cells, r) => {
        const problems = encoder.encode(cells, columns, slots, r)
        if (problems.length > 0) throw new Error(`a test's record has ${problems[0]?.code}`)
      })
      card.inputs.forEach((_, j) => {
        plaintexts.push(pack(columns.subarray(j * slots, (j + 1) * slots), card.slotBits, this.key.bits / 8))
      })
    }
    const owner = this.#owner
    const ciphertexts = owner.seal(Buffer.concat(plaintexts), owner.residues(plaintexts.length, randomBytes))
    return {
      card: fromHex(card.hash),
      key: fromHex(this.fingerprint),
      run,
      chunk,
      records: records.length,
      ciphertexts,
    }
  }

  /** The predictors of an answer, record by record, one per head. */
  open(card: Card, { records, ciphertexts }: Chunk): number[][] {
    const slots = slotsPerCiphertext(card.slotBits, this.key.bits)
    const opened = this.#owner.open(ciphertexts)
    const width = this.key.bits / 8
    const heads = card.heads.length
    const columns = card.heads.map(() => new Float64Array(records))
    const padding = card.heads.map(() => ({}))
    for (let i = 0; i * width < opened.length; i++) {
      const [block, head] = [Math.floor(i / heads), i % heads]
      const count = Math.min(slots, records - block * slots)
      const plaintext = opened.subarray(i * width, (i + 1) * width)
      readPredictors(card, plaintext, count, padding[head] ?? {}, columns[head] as Float64Array, block * slots)
    }
    return Array.from({ length: records }, (_, r) => columns.map((column) => column[r] as number))
  }

  keyRequest(n = this.n, proof = this.proof, extra: object = {}): RequestInit {
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
    return {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ n: text(n), proof: text(proof), ...extra }),
    }
  }
}

export function chunkRequest(chunk: Chunk): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/cbor' }, body: encodeChunk(chunk) }
}

export async function answerOf(response: Response): Promise<Chunk> {
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${await response.text()}`)
  return decodeChunk(new Uint8Array(await response.arrayBuffer()))
}

/** Compute in this thread: the same tasks as behind the pool's door. */
export function computeHere(models: readonly ServedModel[]): Compute {
  const tasks = new Tasks(
    twin,
    models.map(({ card, heads }) => ({ id: card.id, slotBits: card.slotBits, heads })),
  )
  return {
    engine: { name: 'twin', reason: 'a test' },
    threads: 1,
    waiting: 0,
    checkKey: (n, proof) => tasks.checkKey(n, proof),
    masks: async (request) => tasks.masks(request),
    growTable: async (request) => tasks.growTable(request),
    score: async (request) => tasks.score(request),
    close: async () => {},
  }
}

export interface World extends ScoringApp {
  /** Everything that was logged. */
  readonly logged: string[]
  /** Asks the app, as a client with this address. */
  ask(path: string, init?: RequestInit, address?: string): Promise<Response>
}

export function makeWorld(chosen: Partial<Dependencies> = {}, limits: Partial<Limits> = {}): World {
  const models = chosen.models ?? [tiny, zero]
  const logged: string[] = []
  const app = makeApp({
    models,
    compute: computeHere(models),
    limits: limitsFor(8, { stockPerKey: 0, ...limits }),
    log: makeLog('debug', { write: (line) => void logged.push(line) }),
    ...chosen,
  })
  return {
    ...app,
    logged,
    ask: async (path, init = {}, address = '192.0.2.1') =>
      app.fetch(new Request(`http://scores.example${path}`, init), {
        incoming: { socket: { remoteAddress: address } },
      }),
  }
}

/** The status and code of a problem, which is checked to be one. */
export async function problemOfResponse(response: Response): Promise<{ status: number; code: string; index?: number }> {
  if (response.headers.get('content-type') !== 'application/problem+json') {
    throw new Error(`not a problem: ${response.status} ${await response.text()}`)
  }
  const { status, code, type, index } = await response.json()
  if (status !== response.status || type !== `urn:blindscore:${code}`) throw new Error('a problem contradicts itself')
  return { status, code, ...(index !== undefined && { index }) }
}

export async function register(world: World, client: Client): Promise<void> {
  const response = await world.ask(`/v1/keys/${client.fingerprint}`, client.keyRequest())
  if (!response.ok) throw new Error(`the key was refused: ${await response.text()}`)
}
