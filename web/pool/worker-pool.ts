import { unforeseen } from '../../core/errors.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { digestOfStudy } from '../../study/pool/join.ts'
import { parseStudy, type StudyFile } from '../../study/studyFile.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import { studyRows } from '../trainer/studyRows.ts'
import { heldJournal, heldLedger } from './held.ts'
import { Participation, type Ready } from './participation.ts'
import { openPoolStore } from './poolStore.ts'
import type { Answer } from './turns.ts'

/** The worker of an owner in a pooled study: it has the rows, the keys and the pads, and no network. */

let participation: Participation | null = null

const held = (): Participation => participation ?? unforeseen('a study that nothing was read for')

const api = {
  /** A study that came from elsewhere, or was put together. Throws `study/invalid`. */
  read: (text: string): StudyFile => parseStudy(text),
  /** Reads the owner's rows and checks them. Throws `study/…`, and what a check of the file throws. */
  async prepare(looked: LookedAt, given: StudyFile): Promise<Ready> {
    const study = parseStudy(JSON.stringify(given))
    const store = await openPoolStore()
    const [ledger, journal] = [await heldLedger(store), await heldJournal(store, digestOfStudy(study))]
    participation = new Participation(study, await studyRows(looked, study), ledger, journal)
    return participation.ready
  },
  begin: (name: string) => held().begin(name),
  next: () => held().turns.next(),
  answer: (answer: Answer) => held().turns.answer(answer),
}

export type PoolApi = typeof api
serveIsolated(api)
