import { toHex } from '../../core/bytes.ts'
import { type Card, slotsPerCiphertext } from '../../core/card.ts'
import { asBlindscoreError, type BlindscoreError, fail } from '../../core/errors.ts'
import type { Crew } from '../workers/crew.ts'
import type { KeyName } from '../workers/inside/backup.ts'
import type { Block } from '../workers/inside/blocks.ts'
import type { Plan } from '../workers/inside/plan.ts'
import type { RunHeader } from '../workers/inside/sealing.ts'
import type { PublicKeyInfo } from '../workers/inside/vault.ts'
import { Blocks } from './blocks.ts'
import type { RunControl } from './control.ts'
import { Figures, type Progress } from './figures.ts'
import type { Keeper } from './keeper.ts'
import { persevere } from './persevere.ts'
import { registerKey, sendChunk } from './send.ts'
import type { ScoringServer } from './server.ts'

/** What a run needs to be told. */
export interface Run {
  readonly crew: Crew
  readonly server: ScoringServer
  readonly limits: { readonly recordsPerChunk: number; readonly bodyBytes: number }
  readonly key: PublicKeyInfo
  readonly file: Blob
  readonly plan: Plan
  /** Records that the check found scorable. */
  readonly scorable: number
  /** Keeps the answers, where the run shall outlive its tab, and has those that it got before. */
  readonly keeper?: Pick<Keeper, 'capacity' | 'earlier' | 'keep'> | null
}

/** The scores of a file, and nothing else of it. */
export interface Scores {
  /** scorable × heads linear predictors, in the file's order. */
  readonly predictors: Float64Array
  /** Each scored record's row in the file, from 1. */
  readonly rows: Uint32Array
  readonly progress: Progress
}

/** Which rows stand in which chunk: chunk c holds `rows` from c · capacity on. The array fills as the run goes. */
export interface RunMap {
  /** Hexadecimal; stands on every chunk of the run. */
  readonly run: string
  /** The key that it was sealed with, whatever becomes of it. */
  readonly key: KeyName
  readonly capacity: number
  readonly rows: Uint32Array
}

export interface RunOptions {
  readonly control: RunControl
  /** Told once, before anything is sent. */
  readonly onBegin?: (map: RunMap) => void
  readonly onProgress: (progress: Progress) => void
  /** The run has paused itself: the server cannot be reached, workers keep ending, or the key is locked. */
  readonly onStuck: (error: BlindscoreError) => void
}

/**
 * A file's journey: read and encode, seal, send, score, open, join. Several lanes walk it at once, each with one
 * chunk at a time, so the stages overlap and only a few chunks are in memory however long the file is.
 * Rejects with `run/cancelled` when the signal aborts and with the error of the first chunk that fails; then no
 * score is returned.
 */
export async function scoreFile(run: Run, options: RunOptions, signal: AbortSignal): Promise<Scores> {
  const { crew, server, plan, key } = run
  const { control, onProgress, onStuck } = options
  if (run.scorable === 0) fail('run/nothing-to-score', 'No row of this file can be scored.')
  const heads = plan.card.heads.length
  const predictors = new Float64Array(run.scorable * heads)
  const rows = new Uint32Array(run.scorable)
  const lanes = 2 * crew.sealers.size + 2
  const keeper = run.keeper ?? null
  const capacity = keeper?.capacity ?? chunkCapacity(plan.card, key.bits, run.scorable, lanes, run.limits)
  const header: RunHeader = {
    card: plan.card,
    fingerprint: key.fingerprint,
    run: crypto.getRandomValues(new Uint8Array(16)),
  }
  const figures = new Figures(run.scorable, onProgress)
  const { bits, fingerprint } = key
  options.onBegin?.({ run: toHex(header.run), key: { bits, fingerprint }, capacity, rows })

  const stopped = new AbortController()
  const either = AbortSignal.any([signal, stopped.signal])

  await registerKey(server, key, either)
  const blocks = new Blocks(crew, run.file, plan, capacity)
  const insist = <T>(work: () => Promise<T>): Promise<T> =>
    persevere(work, options, () => crew.sealers.revive(), either)

  /** Seals a block and has it scored. */
  const answerTo = async (chunk: number, { records, integers }: Block): Promise<Uint8Array> => {
    // Copied, not moved: when a sealer dies, another gets the same block again.
    const task = { chunk, records, capacity, integers }
    const sealed = await insist(() => crew.sealers.run((sealer) => sealer.seal(header, task), either))
    figures.sealed(records, sealed)

    await control.pass(either)
    figures.count('sent', records)
    const answer = await figures.time('send', () =>
      sendChunk(server, plan.card.id, key, sealed.body, control, onStuck, either),
    )
    figures.answered(records, sealed.body.length, answer.length)
    return answer
  }

  const lane = async (): Promise<void> => {
    for (;;) {
      await control.pass(either)
      const block = await insist(() => figures.time('read', () => blocks.next(either)))
      if (block === null) return
      const { records, at } = block
      const chunk = at / capacity
      if (at + records > run.scorable) fileChanged()
      rows.set(block.rows.subarray(0, records), at)
      figures.count('read', records)

      const earlier = await keeper?.earlier(chunk)
      const answer = earlier?.answer ?? (await answerTo(chunk, block))
      if (earlier) figures.kept(records)

      const asked = { ...header, run: earlier?.run ?? header.run }
      const opened = await insist(() =>
        crew.sealers.run((sealer) => sealer.open(asked, chunk, records, answer), either),
      )
      predictors.set(opened.predictors, at * heads)
      // Only now: an answer that must not be believed is not worth going on from.
      if (!earlier) keeper?.keep(chunk, { run: header.run, answer })
      figures.opened(records, opened.took)
    }
  }

  // One lane's failure ends the others; the failure itself is what the caller hears of.
  const failures: unknown[] = []
  await Promise.all(
    Array.from({ length: lanes }, () =>
      lane().catch((thrown) => {
        failures.push(thrown)
        stopped.abort()
      }),
    ),
  )
  if (signal.aborted) fail('run/cancelled', 'Cancelled.')
  if (failures.length > 0) throw asBlindscoreError(failures[0])
  const progress = figures.finish()
  if (progress.records.opened !== run.scorable) fileChanged()
  return { predictors, rows, progress }
}

function fileChanged(): never {
  return fail('file/unreadable', 'The file is not what it was when it was checked. Choose it again.')
}

/**
 * Records per chunk: whole ciphertext blocks, an even number of them where there are several, enough chunks for
 * every lane to stay busy, and no more than the server takes or 2 MiB.
 */
function chunkCapacity(card: Card, keyBits: number, records: number, lanes: number, limits: Run['limits']): number {
  const slots = slotsPerCiphertext(card.slotBits, keyBits)
  if (slots < 1) fail('model/budget', `A record of this model needs a longer key than ${keyBits} bits.`)
  const blockBytes = (card.inputs.length * keyBits) / 4
  const byBytes = Math.floor((Math.min(limits.bodyBytes, 2 * 1024 * 1024) - 256) / blockBytes)
  const byRecords = Math.floor(limits.recordsPerChunk / slots)
  const byLanes = Math.floor(Math.ceil(records / slots) / (4 * lanes))
  const blocks = Math.max(1, Math.min(byBytes, byRecords, byLanes, 16))
  return slots * (blocks > 1 ? blocks & ~1 : 1)
}
