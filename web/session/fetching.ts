import { fail } from '../../client/faults.ts'
import { blankBlocks, type FetchedRun, fetchRun, storedAnswers } from '../../client/fetchRun.ts'
import { type HandOverReceipt, requireKey, requireSame } from '../../client/handOverReceipt.ts'
import { RecordsDigest } from '../../client/recordsDigest.ts'
import { makeFetchedReceipt } from '../../client/runReceipt.ts'
import { sealersOf } from '../../client/sealerPool.ts'
import { fromHex } from '../../core/number/bytes.ts'
import type { PublicKey } from '../../core/protocol/scheme.ts'
import type { Checkpoint } from '../../files/checkpoint.ts'
import { fileDigest } from '../../platform/fileDigest.ts'
import { FileBlocks } from './fileBlocks.ts'
import type { FileOwner } from './fileOwner.ts'
import type { HandHold } from './handHold.ts'
import type { CheckedFile } from './handingOver.ts'
import type { LaterParts } from './laterParts.ts'
import type { Scores } from './scored.ts'
import { scoreFile } from './scoreFile.ts'
import type { OpenedFileOfScores } from './sealedState.ts'

/** The second half of a run that was handed over: its answers fetched, opened, and joined with the file's rows where that is here. */

type Parts = Pick<LaterParts, 'store' | 'server' | 'workers' | 'owner'>

export interface Fetching {
  readonly hold: HandHold
  readonly onOpened: (records: number) => void
}

/** What a run is opened with. */
interface Opening {
  readonly key: PublicKey
  readonly keeper: Awaited<ReturnType<FileOwner['keeper']>>
  /** The run's own key, or that one. */
  readonly own: PublicKey
  readonly fetched: FetchedRun
}

/** Scores, and what the server signed of its log when they were fetched (`RunReceipt.audit`). */
interface FetchedScores {
  readonly scores: Scores
  readonly audit: Checkpoint | null | undefined
}

/** The scores of the file that was handed over. Throws `run/foreign` for another one, or for the same one read otherwise. */
export function fetchWithFile(
  parts: Parts,
  receipt: HandOverReceipt,
  from: CheckedFile,
  { hold, onOpened }: Fetching,
  signal: AbortSignal,
): Promise<FetchedScores> {
  return opening(parts, receipt, hold, signal, async ({ keeper, own, fetched }) => {
    const { server, workers, store } = parts
    const { file, plan, records, kept } = from
    if (records !== receipt.records.count || plan.card.hash !== receipt.card.hash)
      fail('run/foreign', 'recordsOfAnother')
    await requireSame(keeper, receipt, 'file', fromHex(await fileDigest(file, signal)))
    await requireSame(keeper, receipt, 'records', await digestOf(parts, from, receipt.capacity, signal))
    const held = { control: hold.control, onStuck: hold.onStuck }
    const checkpoint = await storedAnswers(fetched, { server, card: receipt.card, key: own }, held, signal)
    const run = { workers, server, limits: store.getState().limits, key: own, file, plan, kept, checkpoint }
    const signed = new Signed()
    const onProgress = ({ records: { opened } }: Scores['progress']): void => onOpened(opened)
    const options = { ...held, onProgress, onCheckpoint: signed.note }
    const scores = await scoreFile({ ...run, scorable: records, pass: 'hand over' }, options, signal)
    return { scores, audit: signed.audit }
  })
}

/** The scores by the records' numbers, for who does not have the file here. */
export function fetchAlone(
  parts: Parts,
  receipt: HandOverReceipt,
  { hold, onOpened }: Fetching,
  signal: AbortSignal,
): Promise<OpenedFileOfScores> {
  return opening(parts, receipt, hold, signal, async ({ key, own, fetched }) => {
    const { server, workers, store } = parts
    const { card, records } = receipt
    const heads = card.heads.length
    const predictors = new Float64Array(records.count * heads)
    const signed = new Signed()
    const progress = await fetchRun(
      fetched,
      {
        ...{ server, card, key: own, limits: store.getState().limits, sealers: sealersOf(workers.sealers) },
        blocks: (capacity) => blankBlocks(card, records.count, capacity),
        known: () => workers.reader.call((reader) => reader.knownRecords(card), signal),
      },
      {
        ...{ control: hold.control, onStuck: hold.onStuck },
        onProgress: ({ records: { opened } }) => onOpened(opened),
        onOpened: ({ at }, opened) => predictors.set(opened, at * heads),
        onCheckpoint: signed.note,
      },
      signal,
    )
    const rows = Uint32Array.from({ length: records.count }, (_, i) => i + 1)
    const texts = Array.from(rows, () => [])
    const kept = makeFetchedReceipt(receipt, { report: null, progress, audit: signed.audit })
    return { card, key, sender: null, vendor: null, columns: [], texts, predictors, rows, receipt: kept }
  })
}

/** Hears what the server signed at the end of a fetching; nothing where it keeps no log. */
class Signed {
  audit: Checkpoint | null | undefined
  readonly note = (audit: Checkpoint | null): void => {
    this.audit = audit
  }
}

/** Works with the key that a run was sealed with, which the sealers have meanwhile; one that is locked is waited for. */
async function opening<T>(
  { owner }: Pick<Parts, 'owner'>,
  receipt: HandOverReceipt,
  hold: HandHold,
  signal: AbortSignal,
  work: (opening: Opening) => Promise<T>,
): Promise<T> {
  const key = await hold.key(owner, signal)
  requireKey(receipt, key)
  const keeper = await owner.keeper(key)
  const { run, own: named, capacity, records, stored } = receipt
  const number = fromHex(run)
  const seed = Uint8Array.from(await keeper.plantingSeed(number))
  const fetched = { ticket: stored, run, seed, capacity, records: records.count }
  if (named === null) return work({ key, keeper, own: key, fetched })
  return owner.withKeyOf(named.set, number, async (own) => {
    if (own.fingerprint !== named.fingerprint) fail('run/receipt', 'runReceiptUnread')
    return work({ key, keeper, own, fetched })
  })
}

/** Of the records as they are read now. */
async function digestOf(
  { workers }: Pick<Parts, 'workers'>,
  { file, plan, kept }: CheckedFile,
  capacity: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const digest = new RecordsDigest()
  const blocks = new FileBlocks(workers, file, plan, capacity, { pass: 'hand over', checked: kept })
  for (let block = await blocks.next(signal); block !== null; block = await blocks.next(signal))
    digest.note(block.at / capacity, block)
  return digest.bytes()
}
