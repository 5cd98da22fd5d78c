import { unforeseen } from '../../core/errors.ts'
import { sha256 } from '../../platform/digest.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { checkStudySize, digestOfStudy } from '../../study/pool/join.ts'
import { writeReceipt } from '../../study/pool/receipt.ts'
import { releaseFor } from '../../study/pool/release.ts'
import { parseStudy, type StudyFile } from '../../study/studyFile.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import { studyRows } from '../trainer/studyRows.ts'
import { heldJournal, heldLedger, heldReceipt } from './held.ts'
import { type Begun, Participation, type Ready } from './participation.ts'
import { openPoolStore } from './poolStore.ts'
import type { Answer } from './turns.ts'

/** The worker of an owner in a pooled study: it has the rows, the keys and the pads, and no network. */

let participation: Participation | null = null

const held = (): Participation => participation ?? unforeseen('a study that nothing was read for')

const api = {
  /** A study that came from elsewhere, or was put together, for so many owners. Throws `study/invalid`, `study/too-large`. */
  async read(text: string, owners: number): Promise<StudyFile> {
    const study = parseStudy(text)
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
    }
    participation = new Participation(study, await studyRows(looked, study), kept)
    return participation.ready
  },
  begin: (begun: Begun) => held().begin(begun),
  next: () => held().turns.next(),
  answer: (answer: Answer) => held().turns.answer(answer),
  /** The receipt of this owner's consent to a study, as text; null where it gave none here. */
  async receipt(study: StudyFile): Promise<string | null> {
    const kept = await heldReceipt(await openPoolStore(), digestOfStudy(study)).read()
    return kept === null ? null : writeReceipt(kept)
  },
  /** This owner's signature that the others can compute its totals, for the study of that digest (`study/pool/release.ts`). */
  release: async (digest: string): Promise<string> =>
    releaseFor(digest, (await heldLedger(await openPoolStore())).ledger.seed),
}

export type PoolApi = typeof api
serveIsolated(api)
