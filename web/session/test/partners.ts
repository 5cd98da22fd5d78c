import { createHash } from 'node:crypto'
import { Sealer } from '../../../client/owner/sealer.ts'
import { type ScoringServer, ServerProblem } from '../../../client/server.ts'
import { type Card, hashedText } from '../../../core/card/card.ts'
import { knownRecords } from '../../../core/card/knownRecords.ts'
import { asBlindscoreError, BlindscoreError, type ErrorCode } from '../../../core/errors.ts'
import { concat, toBytes, toHex } from '../../../core/number/bytes.ts'
import { paillierOwner } from '../../../core/private/paillier/owner.ts'
import type { PublicKey } from '../../../core/protocol/scheme.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../../../core/protocol/wire.ts'
import { noop } from '../../../core/test/noop.ts'
import { noopPair, scoreChunk } from '../../../core/test/path.ts'
import { type Shipped, type ShippedId, shipped } from '../../../core/test/shipped.ts'
import { secureRandom } from '../../../core/test/sources.ts'
import { iso } from '../../../core/test/vectors.ts'
import { type Block, readBlocks } from '../../../reader/blocks.ts'
import type { Plan } from '../../../reader/plan.ts'
import type { PassOptions } from '../../reader/worker-reader.ts'
import type { Workers } from '../workers.ts'

/** The journey's partners without browser, network and encryption: the same code as in the workers, in this process. */

const set = 'paillier-2048'
const secret = concat([toBytes(iso.p, 128), toBytes(iso.q, 128)])
const bytes = toBytes(iso.p * iso.q, 256)
const fingerprint = createHash('sha256').update(bytes).digest('hex')
export const key: PublicKey = { set, bytes, fingerprint, proof: new Uint8Array() }

export async function workersOf(sealers: number): Promise<Workers> {
  const sealer = new Sealer(Promise.resolve([paillierOwner(noop)]), secureRandom)
  await sealer.hear({ kind: 'key', set, fingerprint, secret })

  let blocks: AsyncGenerator<Block> | null = null
  const reader = {
    begin: async (file: Blob, plan: Plan, capacity: number, from = 0, { columns = [] }: PassOptions = {}) => {
      blocks = readBlocks(file, plan, capacity, from, { columns })
    },
    next: async () => (await blocks?.next())?.value ?? null,
    knownRecords: async (card: Card) => knownRecords(card),
  }
  const remoteSealer = {
    seal: async (...args: Parameters<Sealer['seal']>) => sealer.seal(...args),
    open: async (...args: Parameters<Sealer['open']>) => sealer.open(...args),
  }
  return {
    reader: { call: (use: (remote: typeof reader) => unknown) => use(reader) },
    sealers: { size: sealers, run: (use: (remote: typeof remoteSealer) => unknown) => use(remoteSealer) },
  } as unknown as Workers
}

export function shippedCard(id: ShippedId): { shipped: Shipped; card: Card } {
  const it = shipped(id)
  const hash = createHash('sha256').update(hashedText(it.model.card)).digest('hex')
  return { shipped: it, card: { ...it.model.card, hash } }
}

/** What a fake server does with a chunk instead of answering it. */
export type Mishap = (chunk: Chunk, tries: number) => Uint8Array | Error | Promise<Uint8Array | Error> | null

/** A server of one model that answers in this process. It counts what it is asked, and `mishap` may step in. */
export class FakeServer {
  readonly bodies: Uint8Array[] = []
  registered = 0
  /** Requests that the client let go of before they were answered. */
  aborted = 0
  under = 0
  mostUnder = 0
  readonly #tries = new Map<number, number>()
  readonly #model: Shipped['model']
  readonly #mishap: Mishap
  readonly #delay: () => Promise<void>

  constructor(model: Shipped['model'], mishap: Mishap = () => null, delay = () => Promise.resolve()) {
    this.#model = model
    this.#mishap = mishap
    this.#delay = delay
  }

  get asServer(): ScoringServer {
    return this as unknown as ScoringServer
  }

  async register(): Promise<void> {
    this.registered += 1
  }

  async score(_: string, body: Uint8Array, __: number, signal: AbortSignal): Promise<Uint8Array> {
    this.bodies.push(body)
    const noteAbort = (): void => {
      this.aborted += 1
    }
    signal.addEventListener('abort', noteAbort)
    const chunk = decodeChunk(body)
    const tries = (this.#tries.get(chunk.chunk) ?? 0) + 1
    this.#tries.set(chunk.chunk, tries)
    this.mostUnder = Math.max(this.mostUnder, ++this.under)
    try {
      await this.#delay()
      if (signal.aborted) throw new BlindscoreError('run/cancelled', '')
      const instead = await this.#mishap(chunk, tries)
      if (instead instanceof Error) throw instead
      return instead ?? this.answer(body)
    } finally {
      signal.removeEventListener('abort', noteAbort)
      this.under -= 1
    }
  }

  answer(body: Uint8Array): Uint8Array {
    return scoreChunk(this.#model, body, noopPair)
  }

  /** A good answer with something about it changed. */
  tampered(chunk: Chunk, change: (answer: Chunk) => Partial<Chunk>): Uint8Array {
    const answer = decodeChunk(this.answer(encodeChunk(chunk)))
    return encodeChunk({ ...answer, ...change(answer) })
  }
}

export function refusal(code: ErrorCode, status: number, retryAfter: number | null = 0): ServerProblem {
  return new ServerProblem(new BlindscoreError(code, code), status, retryAfter)
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (thrown: unknown) => asBlindscoreError(thrown).code,
  )
}

/** Every chunk's number, in the order in which they came. */
export function chunkNumbers(bodies: readonly Uint8Array[]): number[] {
  return bodies.map((body) => decodeChunk(body).chunk)
}

export function runOf(body: Uint8Array): string {
  return toHex(decodeChunk(body).run)
}
