import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { openAnswer, sealRecords } from '../../../client/owner/seal.ts'
import type { Card } from '../../../core/card/card.ts'
import { makeEncoder } from '../../../core/card/encode.ts'
import { concat, fromBytes, toBytes } from '../../../core/number/bytes.ts'
import type { OwnerKey } from '../../../core/private/owner.ts'
import { paillierOwner } from '../../../core/private/paillier/owner.ts'
import { makePrivateKey, type PrivateKey, proveKey } from '../../../core/private/paillier/privateKey.ts'
import { ownerReference } from '../../../core/private/paillier/reference.ts'
import type { KeySize } from '../../../core/protocol/paillier/layout.ts'
import { reference } from '../../../core/protocol/paillier/reference.ts'
import { paillierScoring } from '../../../core/protocol/paillier/scoring.ts'
import type { ScoringEngine } from '../../../core/protocol/scheme.ts'
import { layoutOf, parameterSet } from '../../../core/protocol/schemes.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../../../core/protocol/wire.ts'
import { parseModelFile } from '../../../model/modelFile.ts'
import { reviewModel, type ServedModel } from '../../../model/verdict.ts'
import { sha256 } from '../../../platform/digest.ts'
import { makeApp, type ScoringApp } from '../../app.ts'
import type { Compute } from '../../compute/compute.ts'
import { Tasks } from '../../compute/tasks.ts'
import { sha256Hex } from '../../digest.ts'
import { jsonLog } from '../../jsonLog.ts'
import { type Limits, limitsFor } from '../../limits.ts'
import { ModelSet, weightsOf } from '../../modelSet.ts'
import { prometheusMetrics } from '../../prometheus.ts'
import type { Dependencies } from '../../service.ts'
import { stateInMemory } from '../../state/memory.ts'
import type { OpenState } from '../../state/state.ts'
import { latticeEngine } from './lattice.ts'

/** What the tests share: the client's side of the line, and an app without a socket or threads. */

export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')
}

export const tiny: ServedModel = await reviewModel(parseModelFile(fixture('tiny')), sha256)
export const zero: ServedModel = await reviewModel(parseModelFile(fixture('zero')), sha256)

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

  get #owner(): OwnerKey {
    const half = this.key.bits / 16
    return paillierOwner(ownerReference).key(
      parameterSet(`paillier-${this.key.bits}`),
      concat([toBytes(this.key.p, half), toBytes(this.key.q, half)]),
    )
  }

  /** A chunk of these records, each one text per feature. */
  seal(card: Card, records: readonly (readonly string[])[], run = randomBytes(16), chunk = 0): Chunk {
    const owner = this.#owner
    const { blockRecords, sealingItems } = layoutOf(owner.set.id, card)
    const capacity = Math.ceil(records.length / blockRecords) * blockRecords
    const encoder = makeEncoder(card)
    const integers = new Float64Array(card.inputs.length * capacity)
    records.forEach((cells, r) => {
      const problems = encoder.encode(cells, integers, capacity, r)
      if (problems.length > 0) throw new Error(`a test's record has ${problems[0]?.code}`)
    })
    const items = owner.ahead?.make(sealingItems(records.length), randomBytes) ?? new Uint8Array(0)
    const header = { card, fingerprint: this.fingerprint, run }
    return decodeChunk(
      sealRecords(owner, header, { chunk, records: records.length, capacity, integers }, items, randomBytes),
    )
  }

  /** The predictors of an answer, record by record, one per head. */
  open(card: Card, answer: Chunk): number[][] {
    const { run, records, chunk } = answer
    const header = { card, fingerprint: this.fingerprint, run }
    const predictors = openAnswer(this.#owner, header, { chunk, records }, encodeChunk(answer))
    const heads = card.heads.length
    return Array.from({ length: records }, (_, r) => Array.from(predictors.subarray(r * heads, (r + 1) * heads)))
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

/** Compute in this thread: the same tasks as on the pool's threads. */
export function computeHere(
  models: readonly ServedModel[],
  engines: readonly ScoringEngine[] = [paillierScoring(reference), latticeEngine],
): Compute {
  const tasks = new Tasks(engines, models.map(weightsOf))
  const hasTables = engines.some((engine) => engine.hasTables)
  return {
    engine: { engine: 'reference', reason: 'not-compiled', hasTables },
    threads: 1,
    waiting: 0,
    checkKeyStep: (request) => tasks.checkKeyStep(request),
    masks: async (request) => tasks.masks(request),
    growTable: async (request) => tasks.growTable(request),
    check: async (request) => tasks.check(request),
    score: async (request) => tasks.score(request),
    plan: async (request) => tasks.plan(request),
    combine: async (request) => tasks.combine(request),
    close: async () => {},
  }
}

export interface World extends ScoringApp {
  /** Everything that was logged. */
  readonly logged: string[]
  /** Asks the app, as a client with this address. */
  ask(path: string, init?: RequestInit, address?: string): Promise<Response>
}

/** A state whose every answer comes later, as from another process: nothing may rely on it being there at once. */
function laterState(limits: Limits): OpenState {
  const later = () => new Promise<void>((resolve) => setImmediate(resolve))
  return async (onDropKey) => {
    const { keys, digests, budgets, admission, ledger, close } = await stateInMemory(limits)(onDropKey)
    return {
      admission,
      close,
      ledger: { take: (...of) => later().then(() => ledger.take(...of)) },
      keys: {
        get size() {
          return keys.size
        },
        get: (fingerprint) => later().then(() => keys.get(fingerprint)),
        put: (...of) => later().then(() => keys.put(...of)),
      },
      digests: {
        get: (name) => later().then(() => digests.get(name)),
        putIfAbsent: (name, digest) => later().then(() => digests.putIfAbsent(name, digest)),
      },
      budgets: {
        spend: (charge) => later().then(() => budgets.spend(charge)),
        giveBack: (paid) => later().then(() => budgets.giveBack(paid)),
        left: (...of) => later().then(() => budgets.left(...of)),
        used: () => later().then(() => budgets.used()),
      },
    }
  }
}

export async function makeWorld(chosen: Partial<Dependencies> = {}, limits: Partial<Limits> = {}): Promise<World> {
  const models = chosen.models instanceof ModelSet ? chosen.models.current : (chosen.models ?? [tiny, zero])
  const logged: string[] = []
  const chosenLimits = limitsFor(
    models.map(({ card }) => card),
    { masksPerKey: 0, ...limits },
  )
  const app = await makeApp({
    models,
    compute: computeHere(models),
    limits: chosenLimits,
    openState: laterState(chosenLimits),
    hosts: ['scores.example'],
    openMetrics: true,
    metrics: prometheusMetrics,
    log: jsonLog('debug', { write: (line) => void logged.push(line) }),
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
