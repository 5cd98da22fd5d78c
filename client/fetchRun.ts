import type { Card } from '../core/card/card.ts'
import { fromHex } from '../core/number/bytes.ts'
import { layoutOf } from '../core/protocol/schemes.ts'
import { mostAnswerBytes, readAnswer } from './answer.ts'
import type { BlockSource, EncodedBlock } from './block.ts'
import { fail } from './faults.ts'
import { chunkTotal } from './handOver.ts'
import type { Progress } from './progress.ts'
import { type AnswerStore, type Run, type RunOptions, type StoredAnswer, scoreBlocks } from './score.ts'
import { askUntilAnswered } from './send.ts'
import { ServerWait } from './serverWait.ts'
import { type RunTicket, type StoredRunStatus, StoredRuns } from './storedRuns.ts'

/** A run that was handed over, as far as fetching its scores needs it. */
export interface FetchedRun {
  readonly ticket: RunTicket
  /** Its number, in hexadecimal, and what its planted records follow from. */
  readonly run: string
  readonly seed: Uint8Array<ArrayBuffer>
  readonly capacity: number
  readonly records: number
}

/**
 * The second half of a run's journey: its answers are fetched, opened and held against what was planted, exactly as those of a
 * live run (`scoreBlocks`, whose rules and errors these are). Of `run.blocks` only the rows are needed where nobody joins the
 * scores with them: {@link blankBlocks} has none.
 */
export async function fetchRun(
  fetched: FetchedRun,
  run: Omit<Run, 'store' | 'records'>,
  options: RunOptions,
  signal: AbortSignal,
): Promise<Progress> {
  const { records } = fetched
  return scoreBlocks({ ...run, records, store: await storedAnswers(fetched, run, options, signal) }, options, signal)
}

/** Throws for a run that is not answered in whole: what became of it. */
export function mustBeDone({ state, stored, answered, chunks, failed }: StoredRunStatus): void {
  const [first] = failed
  if (state === 'failed' || first) {
    fail('run/failed', 'chunkGivenUp', { chunk: first?.chunk ?? 0, reason: first?.code ?? 'internal' })
  }
  if (state === 'open') fail('run/incomplete', 'handedOverPartly', { stored, chunks })
  if (state !== 'done') fail('run/unanswered', 'notScoredYet', { answered, chunks })
}

/** The server's store, as what has every answer of a run. Throws what {@link mustBeDone} throws. */
export async function storedAnswers(
  { ticket, run, seed, capacity, records }: FetchedRun,
  { server, card, key }: Pick<Run, 'server' | 'card' | 'key'>,
  options: Pick<RunOptions, 'control' | 'onStuck' | 'onWait'>,
  signal: AbortSignal,
): Promise<AnswerStore> {
  const runs = new StoredRuns(server)
  mustBeDone(await runs.status(ticket, signal))
  const wait = new ServerWait(options.onWait)
  const number = fromHex(run)
  const header = { card, fingerprint: key.fingerprint, run: number }
  const cut = { capacity, records, layout: layoutOf(key.set, card) }
  return {
    capacity,
    whole: true,
    async earlier(chunk): Promise<StoredAnswer> {
      const asked = { header, chunk, records: chunkTotal(chunk, cut), set: key.set }
      const get = async (): Promise<Uint8Array> => {
        const answer = await runs.answer(ticket, chunk, mostAnswerBytes(asked), signal)
        readAnswer(asked, answer)
        return answer
      }
      return { run: number, seed, answer: await askUntilAnswered(get, wait, options, signal) }
    },
    save() {},
  }
}

/** Blocks of which nothing is known but how many records they have: rows are numbered from 1. */
export function blankBlocks({ inputs }: Pick<Card, 'inputs'>, records: number, capacity: number): BlockSource {
  let at = 0
  return {
    async next(): Promise<EncodedBlock | null> {
      const count = Math.min(capacity, records - at)
      if (count <= 0) return null
      const rows = Uint32Array.from({ length: count }, (_, i) => at + i + 1)
      const block = { integers: new Float64Array(inputs.length * count), capacity: count, records: count, at, rows }
      at += count
      return block
    },
  }
}
