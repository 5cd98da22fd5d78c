import { readFile, writeFile } from 'node:fs/promises'
import { fail as failClient } from '../client/faults.ts'
import { makeComputingKey, unwrapComputingKey } from '../client/owner/computingKey.ts'
import { platform } from '../client/owner/platform.ts'
import { shortestPassphrase } from '../client/passphrase.ts'
import { exp } from '../core/number/elementary.ts'
import { defaultSet, parameterSet } from '../core/protocol/schemes.ts'
import { enableRelaxedSimd } from '../kernel/node.ts'
import { productOr } from '../kernel/products.ts'
import { publicArithmetic } from '../kernel/scoringEngines.ts'
import type { FileSource } from '../reader/source.ts'
import type { Summary } from '../stats/summary.ts'
import {
  answered,
  answerFacts,
  checkedFile,
  checkGiven,
  checkTold,
  outcomesByRow,
  type Told,
  toldBefore,
} from '../study/answering.ts'
import { type Design, designOf } from '../study/design.ts'
import { studyDigest } from '../study/keyLabel.ts'
import { newLedger, readLedger, writeLedger } from '../study/ledger.ts'
import { openAnswer } from '../study/owner/opening.ts'
import { checkRecords, sealedStudy } from '../study/owner/sealing.ts'
import { readOwnFile, writeOwnFile } from '../study/ownFile.ts'
import { productByIntegers } from '../study/product.ts'
import { usualEpsilon } from '../study/randomised.ts'
import type { StudyFile } from '../study/studyFile.ts'
import { answerConsent, answerConsentTitle, sealConsent, sealConsentTitle } from '../words/en/sideConsent.ts'
import { passphrase } from './keyOfBackup.ts'
import { replace } from './replace.ts'
import type { Say } from './say.ts'
import { agree, type ConsentOptions } from './sideConsent.ts'
import { answerAt, sealedAt, upload } from './studyPlaces.ts'
import { readStudyRows } from './studyRows.ts'

/** Outcomes elsewhere, by files: one side seals its records, the other multiplies by its outcomes, the first opens and fits. */

const { sha256, random } = platform
/** Names, proofs and backups of these keys are no other key's. */
const ofStudies = { ...platform, sha256: studyDigest(sha256) }

export interface SealFiles {
  /** For the sealed file, or with a server for the invitation of who seals. */
  readonly out: string
  readonly server: string | null
  readonly key: string
  readonly set: string | undefined
  readonly consent: ConsentOptions
}

/** Seals a file's records. Returns the other side's invitation where a server has them; otherwise null, and they are in a file. */
export async function seal(study: StudyFile, input: FileSource, files: SealFiles, say: Say): Promise<string | null> {
  enableRelaxedSimd()
  if (passphrase().length < shortestPassphrase)
    failClient('key/passphrase', 'passphraseShort', { least: shortestPassphrase })
  const records = await recordsOf(study, input, say)
  checkRecords(records)
  const { declared } = files.consent
  const { columns, rows } = records
  const sections = sealConsent({ study, declared, records: rows.length, numbers: columns.length })
  await agree({ title: sealConsentTitle, sections }, files.consent, say)
  const key = await makeComputingKey(parameterSet(files.set ?? defaultSet), passphrase(), ofStudies)
  const { file: bytes, own } = await sealedStudy(study, records, key, platform)
  await writeFile(files.key, writeOwnFile(own), { mode: 0o600, flag: 'wx' })
  const theirs = files.server === null ? null : await upload(files.server, files.out, bytes, own.sealed, say)
  if (files.server === null) await writeFile(files.out, bytes)
  say(
    `${rows.length} records sealed in ${bytes.length} bytes. The other side finds their outcomes by their rows: it needs a file with the same rows.`,
  )
  say(
    `It learns which rows those are, the study, and nothing of what is in them. What comes back are ${columns.length} sums.`,
  )
  return theirs
}

export interface AnswerFiles {
  readonly sealed: string
  readonly out: string
  readonly ledger: string
  /** ε, or null for outcomes as they are. */
  readonly epsilon: number | null
  readonly consent: ConsentOptions
}

export async function answer(input: FileSource, files: AnswerFiles, say: Say): Promise<void> {
  const { checked, outcomes, give } = await toAnswer(files.sealed, input, say)
  const kept = await readFile(files.ledger, 'utf8').then(readLedger, (thrown) => {
    if (thrown.code === 'ENOENT') return null
    throw thrown
  })
  const before = kept ?? newLedger(random)
  checkGiven(checked, before)
  checkTold(checked, files.epsilon)
  const told = toldBefore(checked, outcomes, files.epsilon ?? usualEpsilon)
  const { declared } = files.consent
  const sections = answerConsent({ ...answerFacts(checked, told, files.epsilon, kept), declared })
  await agree({ title: answerConsentTitle, sections }, files.consent, say)
  const given = await answered(checked, outcomes, files.epsilon, before, {
    ...platform,
    weightedProduct: productOr(productByIntegers),
  })
  // Before the answer is there: what was given must be known even if this ends here.
  await replace(files.ledger, writeLedger(given.ledger))
  await writeFile(files.out, given.answer)
  await give(given.answer)
  tellAnswered(checked.sealed.study, told, files.epsilon, say)
}

/** Says what an answer would give away, and gives none. */
export async function look(input: FileSource, sealed: string, epsilon: number, say: Say): Promise<Told> {
  const { checked, outcomes } = await toAnswer(sealed, input, say)
  return toldBefore(checked, outcomes, epsilon)
}

async function toAnswer(path: string, input: FileSource, say: Say) {
  enableRelaxedSimd()
  const { file, give } = await sealedAt(path)
  const checked = await checkedFile(file, publicArithmetic(), sha256)
  const design = await designOf(checked.sealed.study, 'outcome', sha256)
  const { rows, outcomes } = await readStudyRows(input, design, say)
  return { checked, outcomes: outcomesByRow(checked, rows, outcomes), give }
}

export function lookText({ records, readable, price }: Told, epsilon: number): string {
  const lines = [
    `As they are: if what was sealed was made for it, up to ${readable} single outcomes of ${records} could be read, and nobody could see it.`,
  ]
  if (price !== null)
    lines.push(
      `Randomised with ε = ${epsilon}: none for sure, nothing about a person more than ${exp(epsilon).toPrecision(3)} times as likely; standard errors are some ${price.toPrecision(3)} times as large, or more.`,
    )
  return `${lines.join('\n')}\n`
}

function tellAnswered(study: StudyFile, { records, readable, price }: Told, epsilon: number | null, say: Say): void {
  say(
    epsilon === null
      ? `Answered for ${records} records with outcomes as they are. If what was sealed was made for it, up to ${readable} single outcomes can be read from this answer; nobody can see whether it was.`
      : `Answered for ${records} records with outcomes that are randomised (ε = ${epsilon}): whatever was sealed, nothing about a person becomes more than ${exp(epsilon).toPrecision(3)} times as likely. Standard errors are some ${price?.toPrecision(3)} times as large, or more.`,
  )
  if (study.family === 'gaussian')
    say('The sum of the squares of the outcomes is in the answer in the clear: standard errors need it.')
}

export async function open(
  input: FileSource,
  files: { readonly answer: string; readonly key: string },
  say: Say,
): Promise<{ readonly study: StudyFile; readonly design: Design; readonly summary: Summary }> {
  enableRelaxedSimd()
  const own = readOwnFile(await readFile(files.key, 'utf8'))
  const text = await answerAt(files.answer)
  const { study } = own
  const records = await recordsOf(study, input, say)
  const summary = await openAnswer(own, text, records, {
    sha256,
    unlock: () => unwrapComputingKey(own.key, passphrase(), ofStudies),
    remember: (opening) => replace(files.key, writeOwnFile(opening)),
  })
  return { study, design: records.design, summary }
}

/** The design of a file, the ones of the intercept first. */
async function recordsOf(study: StudyFile, input: FileSource, say: Say) {
  const design = await designOf(study, 'explaining', sha256)
  const { columns, rows } = await readStudyRows(input, design, say)
  return { design, columns: [new Float64Array(rows.length).fill(1), ...columns], rows }
}
