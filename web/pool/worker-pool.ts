import { unforeseen } from '../../core/errors.ts'
import { sha256 } from '../../platform/digest.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { checkStudySize, digestOfStudy, readPooled } from '../../study/pool/join.ts'
import { writeReceipt } from '../../study/pool/receipt.ts'
import { releaseFor } from '../../study/pool/release.ts'
import { parseStudy, type StudyFile } from '../../study/studyFile.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import { studyRows } from '../trainer/studyRows.ts'
import { heldJournal, heldLedger, heldReceipt, heldResults, joinedTitles, type PoolResults } from './held.ts'
import { keepMade, type MadeStudy, madeHere } from './made.ts'
import { type Begun, Participation, type Ready } from './participation.ts'
import { openPoolStore, openPoolTexts } from './poolStore.ts'
import type { Answer } from './turns.ts'

/** The worker of an owner in a pooled study: it has the rows, the keys and the pads, and no network. */

/** What is left of a study that is over, each null where there is none. */
export interface Kept {
  /** The receipt of this owner's consent, as text. */
  readonly receipt: string | null
  readonly results: PoolResults | null
}

let participation: Participation | null = null

const held = (): Participation => participation ?? unforeseen('a study that nothing was read for')

const api = {
  /**
   * A study that came from elsewhere, or was put together, for so many owners. Throws `study/invalid`, `study/too-large`, and
   * `study/pool` for one that is not pooled.
   */
  async read(text: string, owners: number): Promise<StudyFile> {
    const study = readPooled(text)
    await checkStudySize(study, owners, sha256)
    return study
  },
  /** Reads the owner's rows and checks them. Throws `study/…`, and what a check of the file throws. */
  async prepare(looked: LookedAt, given: StudyFile): Promise<Ready> {
    const study = parseStudy(JSON.stringify(given))
    const store = await openPoolStore()
    const digest = digestOfStudy(study)
    const kept = {
      ledger: await heldLedger(store),
      journal: await heldJournal(store, digest),
      receipt: heldReceipt(store, digest),
      results: heldResults(store, digest),
    }
    participation = new Participation(study, await studyRows(looked, study), kept)
    return participation.ready
  },
  begin: (begun: Begun) => held().begin(begun),
  next: () => held().turns.next(),
  answer: (answer: Answer) => held().turns.answer(answer),
  /** What this device has of a study that is over. */
  async kept(study: StudyFile): Promise<Kept> {
    const [store, digest] = [await openPoolStore(), digestOfStudy(study)]
    const receipt = await heldReceipt(store, digest).read()
    return { receipt: receipt && writeReceipt(receipt), results: await heldResults(store, digest).read() }
  },
  /** The titles of the studies that this device has taken part in. */
  joined: async (): Promise<readonly string[]> => joinedTitles(await openPoolTexts()),
  /** A study that was set up on this device, with its invitations; null where it was not. */
  made: async (id: string): Promise<MadeStudy | null> => madeHere(await openPoolTexts(), id),
  keepMade: async (made: MadeStudy): Promise<void> => keepMade(await openPoolTexts(), made),
  /** This owner's signature that the others can compute its totals, for the study of that digest (`study/pool/release.ts`). */
  release: async (digest: string): Promise<string> =>
    releaseFor(digest, (await heldLedger(await openPoolStore())).ledger.seed),
}

export type PoolApi = typeof api
serveIsolated(api)
