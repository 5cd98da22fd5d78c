import { asBlindscoreError, isErrorCode } from '../../core/errors.ts'
import { toBase64url } from '../../core/number/base64.ts'
import { toHex } from '../../core/number/bytes.ts'
import type { Chunk } from '../../core/protocol/wire.ts'
import type { ScoredModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { secureRandom } from '../../platform/random.ts'
import { sha256Hex } from '../digest.ts'
import { errorOf, fail } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { idPattern } from '../sealed/ports.ts'
import { newObject } from '../sealed/vault.ts'
import type { Service } from '../service.ts'
import type { Use } from '../state/state.ts'
import {
  answerObject,
  chunkObject,
  failureObject,
  keyObject,
  type Manifest,
  type OpenRun,
  outcomesOf,
  type RunVault,
  type StoredChunk,
  unlessDamaged,
} from './manifest.ts'
import type { RunQueue } from './ports.ts'
import type { RunModels } from './runModels.ts'
import type { RunUsage } from './usage.ts'

/** How a request comes to a run: by its name and its token, as who asks. */
export interface RunAccess {
  readonly run: string
  readonly token: string | undefined
  readonly principal: string
}

/** A run that is to be stored. */
export interface AskedRun {
  readonly client: string
  readonly principal: string
  readonly who: string
  readonly model: string
  readonly card: string
  readonly key: { readonly set: string; readonly publicKey: Uint8Array; readonly fingerprint: string }
  readonly clientRun: string
  readonly chunks: number
  readonly records: number
}

/** A chunk as it came, and what it costs whoever sends it. */
export interface SentToRun {
  readonly client: string
  readonly chunk: Chunk
  /** The version that the run is for. */
  readonly model: ScoredModel
  readonly bytes: Uint8Array
  readonly slots: number
  readonly use: Use
}

/** What is said of a run. */
export interface RunState extends Pick<Manifest, 'model' | 'card' | 'key' | 'chunks' | 'records' | 'created'> {
  readonly v: 1
  readonly id: string
  readonly run: string
  readonly state: 'open' | 'started' | 'done' | 'failed'
  readonly stored: number
  /** Ranges of chunks, first and last, that are not there. */
  readonly missing: readonly (readonly [number, number])[]
  readonly answered: number
  readonly failed: readonly { readonly chunk: number; readonly code: string }[]
  readonly expires: string
}

/** Seconds after which it is worth asking for an answer again. */
const answerRetrySeconds = 2

/** How many missing or failed chunks are named at most. */
const mostNamed = 20

export interface RunParts {
  readonly vault: RunVault
  readonly models: RunModels
  readonly usage: RunUsage
  readonly queue: RunQueue
  readonly service: Pick<Service, 'budgets' | 'limits' | 'log' | 'metrics'>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Runs that are handed over and come back for: what a client may do with one. */
export class StoredRuns {
  readonly #parts: RunParts

  constructor(parts: RunParts) {
    this.#parts = parts
  }

  /** Throws `run/too-many`. The token is not known here any more. */
  async create(asked: AskedRun): Promise<{ readonly id: string; readonly token: string; readonly expires: string }> {
    const { vault, usage, service, now } = this.#parts
    const { client, principal, who, key, model, card, clientRun, chunks, records } = asked
    usage.mayCreate(client)
    const run = toHex(secureRandom(16))
    const token = toBase64url(secureRandom(32))
    // One reading of the clock: a run lasts its days to the millisecond.
    const at = now()
    const expires = at + service.limits.runDays * 86_400_000
    // Counted before it is there: of several at once none is one too many.
    usage.note(run, { client, bytes: 0, expires })
    const created = new Date(at).toISOString()
    const manifest = {
      ...{ v: 1 as const, state: 'open' as const, stored: {}, created, token: sha256Hex(token) },
      ...{ model, card, key: key.fingerprint, set: key.set, clientRun, chunks, records },
    }
    try {
      const objects = [{ ...keyObject(manifest), bytes: key.publicKey }]
      await vault.create({ id: run, entry: { principal, client, who, bytes: 0, expires }, manifest, objects })
    } catch (thrown) {
      usage.note(run, null)
      throw thrown
    }
    service.metrics.runs.inc({ event: 'created' })
    return { id: run, token, expires: new Date(expires).toISOString() }
  }

  /** The run that somebody may have. Throws `run/unknown`, whatever of it is not so. */
  async open({ run, token, principal }: RunAccess): Promise<OpenRun> {
    const open = idPattern.test(run) && token !== undefined ? await this.#parts.vault.open(run) : null
    if (open === null || token === undefined) fail('run/unknown', 'runUnknown')
    const own = isSame(open.manifest.token, sha256Hex(token)) && open.entry.principal === principal
    if (!own || this.#parts.now() >= open.entry.expires) fail('run/unknown', 'runUnknown')
    return open
  }

  /**
   * Stores a chunk of an open run, which was held against what the run says of it, and charges it in that step. Returns whether it is
   * new. Throws `run/frozen` for another one of its number once the run is started, and what charging throws.
   */
  async put(open: OpenRun, sent: SentToRun): Promise<boolean> {
    const { vault, models, usage, service } = this.#parts
    const { chunk, model, bytes, client, slots, use } = sent
    const digest = toHex(await sha256(bytes))
    if (isStored(open, chunk.chunk, digest)) return false
    const before = open.manifest.stored[chunk.chunk]?.bytes ?? 0
    usage.mayStore(open.entry.client, bytes.length - before)
    // One of a number is answered at most: a client that seals it anew, as after a kill before it was listed, pays nothing more.
    const once = sha256Hex('stored run\0', open.id, `${chunk.chunk} ${slots}`).slice(0, 32)
    const giveBack = await service.budgets.spendSlots({ client, slots, once, use })
    const stored: StoredChunk = { digest, object: newObject(), records: chunk.records, bytes: bytes.length }
    const object = chunkObject(chunk.chunk, stored)
    let kept: 'kept' | 'there' | 'gone' | 'unknown' = 'gone'
    try {
      if (Object.keys(open.manifest.stored).length === 0) await models.keep(open, model)
      await vault.put(open, object, bytes)
      kept = 'unknown'
      const { after, replaced } = await this.#list(open.id, chunk.chunk, stored)
      kept = after === null ? 'gone' : after.manifest.stored[chunk.chunk]?.object === stored.object ? 'kept' : 'there'
      if (after !== null) usage.note(after.id, after.entry)
      if (replaced) await vault.delete(open.id, chunkObject(chunk.chunk, replaced).name)
    } catch (thrown) {
      // A store that is gone may have listed it before its answer was lost: then it is what will be scored, and stays paid for.
      if (kept === 'unknown' && asBlindscoreError(thrown).code !== 'server/store-gone') kept = 'gone'
      throw thrown
    } finally {
      if (kept === 'there' || kept === 'gone') {
        await giveBack()
        await vault.delete(open.id, object.name).catch(() => {})
      }
    }
    if (kept === 'gone') fail('run/unknown', 'runUnknown')
    return kept === 'kept'
  }

  /** Freezes a run whose chunks are all there, and has it worked on. Throws `run/incomplete`. */
  async start({ id: run }: OpenRun): Promise<OpenRun> {
    const { vault, queue, service } = this.#parts
    let begun = false
    const started = await vault.change(run, ({ manifest }) => {
      const missing = missingOf(manifest)
      if (missing.length > 0) fail('run/incomplete', 'runIncomplete', { missing })
      begun = manifest.state === 'open'
      return begun ? { manifest: { ...manifest, state: 'started' } } : null
    })
    if (started === null) fail('run/unknown', 'runUnknown')
    if (begun) service.metrics.runs.inc({ event: 'started' })
    await queue.wake(run)
    return started
  }

  /** The version that a run is for. Throws `model/changed`, `run/damaged`. */
  modelOf(open: OpenRun): Promise<ScoredModel> {
    return this.#parts.models.of(open)
  }

  async state(open: OpenRun): Promise<RunState> {
    const { manifest, entry, id } = open
    const { model, card, key, chunks, records, created } = manifest
    const { answered, failed } = await outcomesOf(this.#parts.vault, open)
    const over = answered.length + failed.length === chunks
    const ended = failed.length > 0 ? 'failed' : 'done'
    return {
      ...{ v: 1, id, model, card, key, run: manifest.clientRun, chunks, records },
      state: manifest.state === 'started' && over ? ended : manifest.state,
      stored: Object.keys(manifest.stored).length,
      missing: missingRanges(manifest),
      answered: answered.length,
      failed: await Promise.all(failed.slice(0, mostNamed).map((chunk) => this.#failure(open, chunk))),
      ...{ created, expires: new Date(entry.expires).toISOString() },
    }
  }

  /** A chunk's answer in CBOR. Throws `run/unanswered`, also for one that is damaged and made anew. */
  async answer(open: OpenRun, chunk: number): Promise<Uint8Array<ArrayBuffer>> {
    const { vault } = this.#parts
    const stored = open.manifest.stored[chunk]
    if (stored !== undefined && open.manifest.state === 'started') {
      const answer = await vault.get(open, answerObject(open, chunk, stored)).catch(unlessDamaged)
      if (answer === 'damaged') await this.#anew(open, chunk)
      else if (answer !== null) return answer
      else {
        await this.#unlessFailed(open, chunk)
        // It may have been there, and been taken away.
        await this.#parts.queue.wake(open.id)
      }
    }
    throw new RetryLater(errorOf('run/unanswered', 'runUnanswered'), answerRetrySeconds)
  }

  /** Takes a run away, its data key first. */
  async remove({ id: run }: OpenRun): Promise<void> {
    const { vault, usage, service } = this.#parts
    await vault.remove(run)
    usage.note(run, null)
    service.metrics.runs.inc({ event: 'removed' })
  }

  /** Enters a chunk in the run's list. Returns the run as it is then, and the chunk that another one took the place of. */
  async #list(run: string, chunk: number, stored: StoredChunk) {
    let replaced: StoredChunk | undefined
    const after = await this.#parts.vault.change(run, (now) => {
      replaced = undefined
      if (isStored(now, chunk, stored.digest)) return null
      if (now.manifest.state !== 'open') fail('run/frozen', 'runFrozen')
      replaced = now.manifest.stored[chunk]
      return {
        manifest: { ...now.manifest, stored: { ...now.manifest.stored, [chunk]: stored } },
        bytes: now.entry.bytes + stored.bytes - (replaced?.bytes ?? 0),
      }
    })
    return { after, replaced }
  }

  /** An answer that is not what was written is taken away, so that the chunk is worked on again. */
  async #anew({ id: run }: OpenRun, chunk: number): Promise<void> {
    const { vault, queue, service } = this.#parts
    service.log.error({ code: 'run/damaged', chunk }, 'a stored answer was damaged, and is made anew')
    service.metrics.runs.inc({ event: 'damaged' })
    await vault.delete(run, `out/${chunk}`)
    await queue.wake(run)
  }

  async #unlessFailed(open: OpenRun, chunk: number): Promise<void> {
    const { failed } = await outcomesOf(this.#parts.vault, open)
    if (!failed.includes(chunk)) return
    const { code } = await this.#failure(open, chunk)
    fail(code === 'run/damaged' ? code : 'run/unanswered', 'runChunkFailed', { code })
  }

  async #failure(open: OpenRun, chunk: number): Promise<{ readonly chunk: number; readonly code: string }> {
    const stored = open.manifest.stored[chunk]
    const bytes = stored && (await this.#parts.vault.get(open, failureObject(chunk, stored)).catch(() => null))
    const code = bytes ? new TextDecoder().decode(bytes) : 'run/damaged'
    return { chunk, code: isErrorCode(code) ? code : 'internal' }
  }
}

/** Whether these very bytes are in a run's list. Throws `run/frozen` where others are, and stay. */
function isStored({ manifest }: OpenRun, chunk: number, digest: string): boolean {
  const known = manifest.stored[chunk]?.digest
  if (known !== digest && manifest.state !== 'open') fail('run/frozen', 'runFrozen')
  return known === digest
}

function missingRanges({ chunks, stored }: Manifest): [number, number][] {
  const missing: [number, number][] = []
  for (let chunk = 0; chunk < chunks; chunk++) {
    const last = missing.at(-1)
    if (stored[chunk]) continue
    if (last?.[1] === chunk - 1) last[1] = chunk
    else missing.push([chunk, chunk])
  }
  return missing
}

/** The first of them, one by one. */
function missingOf(manifest: Manifest): number[] {
  const named: number[] = []
  for (const [from, to] of missingRanges(manifest))
    for (let chunk = from; chunk <= to && named.length < mostNamed; chunk++) named.push(chunk)
  return named
}

/** Whether two texts of one length are the same, in a time that does not tell where they differ. */
function isSame(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i)
  return difference === 0
}
