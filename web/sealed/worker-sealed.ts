import { makeComputingKey, unwrapComputingKey } from '../../client/owner/computingKey.ts'
import { platform } from '../../client/owner/platform.ts'
import { unforeseen } from '../../core/errors.ts'
import { defaultSet, parameterSet } from '../../core/protocol/schemes.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import type { Summary } from '../../stats/summary.ts'
import { modelOf } from '../../study/fitted.ts'
import { studyDigest } from '../../study/keyLabel.ts'
import { readableOutcomes, sealedLayout } from '../../study/layout.ts'
import { maximaOf, openAnswer, type Records } from '../../study/owner/opening.ts'
import { checkRecords, sealedStudy } from '../../study/owner/sealing.ts'
import { readOwnFile, withOpened, writeOwnFile } from '../../study/ownFile.ts'
import { parseStudy, type StudyFile, sumFamily } from '../../study/studyFile.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import { openPoolStore } from '../pool/poolStore.ts'
import { studyRows } from '../trainer/studyRows.ts'

/** The worker of who has records whose outcomes are elsewhere: it has the rows and the study's key, and no network. */

export interface Prepared {
  readonly study: StudyFile
  readonly records: number
  readonly leftOut: number
  /** So many sums come back, the intercept's among them. */
  readonly sums: number
  /** Single outcomes that could be read from them, if what is sealed were made for it. */
  readonly readable: number
}

export interface Sealed {
  readonly file: Uint8Array<ArrayBuffer>
  /** SHA-256 of the file. */
  readonly digest: string
  /** What who sealed keeps. */
  readonly key: string
}

export interface Opened {
  readonly summary: Summary
  readonly model: string
  /** What who sealed keeps from now on: it says which answer was opened. */
  readonly key: string
}

const { sha256, random } = platform
/** Names, proofs and backups of these keys are no other key's. */
const ofStudies = { ...platform, sha256: studyDigest(sha256) }

let prepared: { readonly study: StudyFile; readonly records: Records } | null = null

async function recordsOf(looked: LookedAt, study: StudyFile) {
  const { design, rows, numbers, leftOut } = await studyRows(looked, study, 'explaining')
  const columns = [new Float64Array(numbers.length).fill(1), ...rows.columns]
  return { records: { design, columns, rows: numbers }, leftOut }
}

const api = {
  /** Reads a study and the rows that are to be sealed for it. Throws what either is refused for. */
  async prepare(looked: LookedAt, text: string): Promise<Prepared> {
    const study = parseStudy(text)
    sumFamily(study)
    const { records, leftOut } = await recordsOf(looked, study)
    checkRecords(records)
    prepared = { study, records }
    const { length } = records.rows
    const { bits } = sealedLayout(study, maximaOf(records.design), length, parameterSet(defaultSet).bits)
    const readable = Math.min(length, readableOutcomes(study, bits))
    return { study, records: length, leftOut, sums: records.columns.length, readable }
  },

  /** Seals what was prepared, under a key that is made for it. */
  async seal(passphrase: string, onSealed: (records: number) => void): Promise<Sealed> {
    const { study, records } = prepared ?? unforeseen('records that nothing was read of')
    const key = await makeComputingKey(parameterSet(defaultSet), passphrase, ofStudies)
    const { file, own } = await sealedStudy(study, records, key, { sha256, random, onSealed })
    return { file, digest: own.sealed, key: writeOwnFile(own) }
  },

  /**
   * The fit that an answer gives, of the same rows. Which answer was opened is kept in this browser before it is, and is in the key's
   * file afterwards. Throws `storage/unavailable` where nothing is kept.
   */
  async open(looked: LookedAt, key: string, answer: Uint8Array<ArrayBuffer>, passphrase: string): Promise<Opened> {
    const store = await openPoolStore()
    let own = readOwnFile(key)
    const name = `sealed ${own.sealed}`
    const before = await store.read(name)
    if (before !== null) own = own.opened === null ? { ...own, opened: before } : withOpened(own, own.sealed, before)
    const { records } = await recordsOf(looked, own.study)
    const summary = await openAnswer(own, answer, records, {
      sha256,
      unlock: () => unwrapComputingKey(own.key, passphrase, ofStudies),
      async remember(opening) {
        await store.write(name, opening.opened ?? '')
        own = opening
      },
    })
    const model = `${JSON.stringify(modelOf(own.study, records.design, summary), null, 2)}\n`
    return { summary, model, key: writeOwnFile(own) }
  },
}

export type SealedApi = typeof api
serveIsolated(api)
