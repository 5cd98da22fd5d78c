import { asBlindscoreError, BlindscoreError, cancelled } from '../../core/errors.ts'
import { toHex } from '../../core/number/bytes.ts'
import type { Layout } from '../../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../../core/protocol/wire.ts'
import { sha256 } from '../../platform/digest.ts'
import { inOrder } from '../../platform/inOrder.ts'
import { answerChunk } from '../answerChunk.ts'
import { FairQueue } from '../compute/fairQueue.ts'
import { paysForFilling } from '../compute/masks/policy.ts'
import type { SchemeKey } from '../compute/tasks.ts'
import { originOf, shortFingerprint } from '../log.ts'
import { layoutOfChunk } from '../routes/scores.ts'
import type { Service } from '../service.ts'
import {
  answerObject,
  chunkObject,
  failureObject,
  keyObject,
  type OpenRun,
  outcomesOf,
  type RunVault,
  runKind,
  type StoredChunk,
  unlessDamaged,
} from './manifest.ts'
import { partsOf } from './parts.ts'
import type { RunPart, RunWork } from './ports.ts'
import type { RunModels } from './runModels.ts'
import { type SharedTables, TableBases } from './tableBases.ts'

/** At least so many chunks of one run are read, wait or are computed at once. */
const leastLanes = 4
/** How often a chunk is tried that failed by what may go away. */
const tries = 5

/** What goes away by itself, or with another try: the rest is the chunk's own and stays. */
const passing: ReadonlySet<string> = new Set(['request/busy', 'server/store-gone', 'internal'])

interface Unanswered {
  readonly chunk: number
  readonly stored: StoredChunk
  /** Of the chunks of its run that are to be worked on after it, here or elsewhere. */
  readonly recordsAfter: number
}

export interface RunWorkerParts {
  readonly vault: RunVault
  readonly models: RunModels
  readonly service: Service
  readonly tables: SharedTables
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const nameOf = ({ id }: OpenRun, chunk: number): string => `${id} ${chunk}`

/**
 * Works on stored runs. What there is to do is read from the store, so it does not matter how often a run is brought here, nor where
 * the work on it ended before: a chunk is done once there is an answer that fits it. One that is scored twice is masked anew, and the
 * first answer stays.
 */
export class RunWorker implements RunWork {
  readonly #vault: RunVault
  readonly #models: RunModels
  readonly #service: Service
  readonly #now: () => number
  readonly #stop = new AbortController()
  readonly #lanes: number
  readonly #tables: SharedTables
  readonly #bases: TableBases
  /** Whose chunks are held in memory: clients take turns, as on the compute threads. */
  readonly #places: FairQueue
  /** How often chunks failed by what may go away, by run and number. */
  readonly #failures = new Map<string, number>()

  constructor({ vault, models, service, tables, now }: RunWorkerParts) {
    this.#vault = vault
    this.#models = models
    this.#service = service
    this.#now = now
    this.#lanes = Math.max(leastLanes, 2 * service.compute.threads)
    this.#places = new FairQueue(2 * service.compute.threads)
    this.#tables = tables
    this.#bases = new TableBases({ vault, service, patienceMs: tables.patienceMs, signal: this.#stop.signal })
  }

  /** Has what is under way given up, so that it is done by another process or after a restart. */
  stop(): void {
    this.#stop.abort()
  }

  runs(): Promise<readonly string[]> {
    return this.#vault.ids()
  }

  async parts(run: string): Promise<readonly RunPart[]> {
    const open = await this.#started(run)
    if (open === null) return []
    const { answered, failed } = await outcomesOf(this.#vault, open)
    const { chunks } = open.manifest
    return answered.length + failed.length === chunks ? [] : partsOf(run, chunks, new Set([...answered, ...failed]))
  }

  async clientOf(run: string): Promise<string> {
    const half = await this.#vault.openEntry(run).catch(unlessDamaged)
    return half === null || half === 'damaged' ? run : half.entry.client
  }

  async work(part: RunPart, isOver = () => false): Promise<void> {
    const open = await this.#started(part.run)
    if (open === null) return
    const found = await this.#keyOf(open).catch(unlessDamaged)
    const key = found === 'damaged' ? null : found
    let left: unknown = null
    const chunks = until(isOver, this.#unanswered(open, key, part))
    try {
      for await (const thrown of inOrder(chunks, this.#lanes, (chunk) => this.#try(open, key, chunk)))
        left = thrown ?? left
    } finally {
      this.#service.maskPool.rest(open.manifest.key)
    }
    if (left !== null) throw left
  }

  /** Null for a run that is not to be worked on. */
  async #started(run: string): Promise<OpenRun | null> {
    try {
      const open = await this.#vault.open(run)
      return open?.manifest.state === 'started' && this.#now() < open.entry.expires ? open : null
    } catch (thrown) {
      const { code } = asBlindscoreError(thrown)
      if (code !== 'run/damaged') throw thrown
      this.#service.log.error({ code, run }, 'a stored run cannot be opened')
      return null
    }
  }

  async #keyOf(open: OpenRun): Promise<SchemeKey> {
    const { key: fingerprint, set } = open.manifest
    const publicKey = this.#vault.intact(await this.#vault.get(open, keyObject(open.manifest)))
    return { set, publicKey, fingerprint }
  }

  /** Null where there is none. Throws `run/damaged` for an answer to something else than the run lists. */
  #stored(open: OpenRun, chunk: number, stored: StoredChunk) {
    return this.#vault.get(open, answerObject(open, chunk, stored))
  }

  /** The chunks of a part that have no answer which fits them, and no failure. */
  async *#unanswered(open: OpenRun, key: SchemeKey | null, part: RunPart): AsyncGenerator<Unanswered, void, undefined> {
    const { answered, failed } = await outcomesOf(this.#vault, open)
    if (answered.length + failed.length === open.manifest.chunks) return
    const [there, ended] = [new Set(answered), new Set(failed)]
    const listed = Object.entries(open.manifest.stored).map(([name, stored]) => ({ chunk: Number(name), stored }))
    const isOwn = ({ chunk }: { readonly chunk: number }) => chunk >= part.first && chunk < part.end
    const left = listed.filter(({ chunk }) => !there.has(chunk) && !ended.has(chunk))
    let recordsAfter = left.reduce((sum, { stored }) => sum + stored.records, 0)
    if (key !== null && left.some(isOwn)) await this.#prepare(open, key, recordsAfter)
    for (const { chunk, stored } of listed.filter(isOwn)) {
      if (ended.has(chunk)) continue
      if (!there.has(chunk)) recordsAfter -= stored.records
      const answer = there.has(chunk) ? await this.#stored(open, chunk, stored).catch(unlessDamaged) : null
      // What does not open makes room for an answer.
      if (answer === 'damaged') await this.#vault.delete(open.id, `out/${chunk}`)
      if (answer === null || answer === 'damaged') yield { chunk, stored, recordsAfter }
    }
  }

  /** Has a table for the masks of what is left of a run, where that pays. Without one it goes on more slowly. */
  async #prepare(open: OpenRun, key: SchemeKey, records: number): Promise<void> {
    const { compute, limits, log, maskPool } = this.#service
    const { manifest, entry, id } = open
    const layout = await this.#layoutOf(open)
    const [coming, all] = [records, manifest.records].map((each) => layout?.scoringItems(each) ?? 0) as [number, number]
    const { byTable, bases: known } = maskPool.outlook(manifest.key)
    const mayHave = compute.engine.hasTables && limits.maskTables > 0 && !byTable
    // Of little that is left of much, others may have made them.
    if (!mayHave || !paysForFilling(coming) || !this.#tables.paysFor(all)) return
    try {
      const bases = known ?? (await this.#bases.of(open, key, this.#tables.paysFor(coming)))
      if (bases === null) return
      await maskPool.prepare({ fingerprint: manifest.key, key, client: entry.client, coming }, bases)
    } catch (thrown) {
      if (this.#stop.signal.aborted) throw cancelled()
      const { code } = asBlindscoreError(thrown)
      if (code === 'server/store-gone') throw thrown
      log.warn({ code, run: id }, 'a stored run has no table of masks')
    }
  }

  /** How the records of a run lie; null where its model's version is nowhere: its chunks say so. */
  async #layoutOf(open: OpenRun): Promise<Layout | null> {
    const set = parameterSet(open.manifest.set)
    const model = await this.#models.of(open).catch(() => null)
    return model && schemeOf(set).layout(set, model.card)
  }

  /** Answers a chunk, or enters why it will not be. Returns an error that may go away, and null once nothing is left to do. */
  async #try(open: OpenRun, key: SchemeKey | null, unanswered: Unanswered): Promise<unknown> {
    const { chunk, stored } = unanswered
    const { client } = open.entry
    const { signal } = this.#stop
    const turn = { kind: 'score', client, work: stored.bytes } as const
    try {
      await this.#places.run(turn, signal, () => this.#answer(open, this.#vault.intact(key), unanswered))
      this.#failures.delete(nameOf(open, chunk))
      return null
    } catch (thrown) {
      return signal.aborted ? cancelled() : this.#failed(open, chunk, stored, thrown)
    }
  }

  async #answer(open: OpenRun, key: SchemeKey, unanswered: Unanswered): Promise<void> {
    const { chunk: number, stored, recordsAfter } = unanswered
    const { manifest, entry, id } = open
    if (!(await this.#vault.isThere(id))) return
    const bytes = this.#vault.intact(await this.#vault.get(open, chunkObject(number, stored)))
    if (toHex(await sha256(bytes)) !== stored.digest) runKind.damaged()
    const chunk = decodeChunk(bytes)
    const model = await this.#models.of(open)
    const layout = layoutOfChunk({ ...chunk, pieces: null }, model, key, { recordsPerChunk: Number.POSITIVE_INFINITY })
    const { records, ciphertexts: sent } = chunk
    const asked = {
      kind: 'stored',
      client: entry.client,
      key,
      fingerprint: manifest.key,
      layout,
      records,
      ciphertexts: sent,
    } as const
    const answered = await answerChunk(
      this.#service,
      model,
      { ...asked, recordsAfter, signal: this.#stop.signal },
      // It was paid for when it was stored.
      (_, scoring) => scoring(),
    )
    const answer = encodeChunk({ ...chunk, ciphertexts: answered.ciphertexts })
    const object = answerObject(open, number, stored)
    // Whoever was held up so long that another did it tells of no second answer.
    const isLate = (await this.#vault.sealed(id, object.name)) !== null
    const facts = { slots: layout.answeredSlots(records), version: model.card.version }
    if (!isLate) await this.#tell(open, chunk, facts, 'answered')
    const isFirst = !isLate && (await this.#vault.putNew(open, object, answer))
    await this.#vault.unlessGone(id, object.name)
    this.#service.metrics.runs.inc({ event: isFirst ? 'answered' : 'late' })
  }

  async #failed(open: OpenRun, chunk: number, stored: StoredChunk, thrown: unknown): Promise<unknown> {
    const { log, metrics } = this.#service
    const { code } = asBlindscoreError(thrown)
    const name = nameOf(open, chunk)
    const count = (this.#failures.get(name) ?? 0) + 1
    this.#failures.set(name, count)
    const origin = thrown instanceof BlindscoreError ? {} : { origin: originOf(thrown) }
    log.warn({ code, run: open.id, chunk, ...origin }, 'a chunk of a stored run was not answered')
    if (passing.has(code) && (count < tries || code !== 'internal')) return thrown
    try {
      await this.#tell(open, null, { chunk }, code)
      const object = failureObject(chunk, stored)
      await this.#vault.put(open, object, new TextEncoder().encode(code))
      await this.#vault.unlessGone(open.id, object.name)
    } catch (again) {
      return again
    }
    this.#failures.delete(name)
    metrics.runs.inc({ event: code === 'run/damaged' ? 'damaged' : 'failed' })
    return null
  }

  /** Writes down what became of a chunk, where the server keeps a log of that, before its answer can be had. */
  async #tell(open: OpenRun, chunk: Chunk | null, facts: object, outcome: string): Promise<void> {
    const { audit, metrics } = this.#service
    if (audit === null) return
    const { model, card, key, clientRun } = open.manifest
    const named = { model, card, key: shortFingerprint(key), run: chunk ? toHex(chunk.run) : clientRun }
    const counts = chunk && { chunk: chunk.chunk, records: chunk.records }
    try {
      const { who } = open.entry
      await audit.append({ kind: 'run', request: open.id, who, ...named, ...counts, ...facts, outcome })
      metrics.audit.inc({ result: 'written' })
    } catch (thrown) {
      metrics.audit.inc({ result: 'failed' })
      throw thrown
    }
  }
}

/** Items until it is over, and at least one. */
async function* until<T>(isOver: () => boolean, items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  for await (const item of items) {
    yield item
    if (isOver()) return
  }
}
