import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { platform } from '../client/owner/platform.ts'
import { asBlindscoreError } from '../core/errors.ts'
import type { FileSource } from '../reader/source.ts'
import type { Summary } from '../stats/summary.ts'
import { type Design, designOf } from '../study/design.ts'
import { boardOf, type Place } from '../study/pool/board.ts'
import { digestOfStudy, joinPool, published } from '../study/pool/join.ts'
import { newPoolLedger, type PoolLedger, readPoolLedger, writePoolLedger } from '../study/pool/ledger.ts'
import { signerOf } from '../study/pool/messages.ts'
import { releaseFor } from '../study/pool/release.ts'
import type { StudyFile } from '../study/studyFile.ts'
import { UsageError } from './command.ts'
import { folderPlace } from './folderPlace.ts'
import { journalAt } from './journalFile.ts'
import { Consent } from './poolConsent.ts'
import { ownRowsText } from './poolText.ts'
import { replace } from './replace.ts'
import type { ConsentOptions } from './sideConsent.ts'
import { readStudyRows } from './studyRows.ts'

/** Owners without a person at the screen: they know each other by keys that people exchanged before. */

type Say = (line: string) => void

/** The public key by which others know the owner of a ledger, which is made where there is none. */
export async function ownerKey(ledger: string): Promise<string> {
  const isThere = await access(ledger).then(
    () => true,
    () => false,
  )
  if (!isThere) await writeFile(ledger, writePoolLedger(newPoolLedger(platform.random)), { mode: 0o600, flag: 'wx' })
  return signerOf((await ledgerAt(ledger)).seed)
}

/** What the owner of a ledger signs where it leaves or joins a study, for the others' `--release`. */
export async function release(study: StudyFile, ledger: string): Promise<string> {
  return releaseFor(digestOfStudy(study), (await ledgerAt(ledger)).seed)
}

/** What an owner says of itself and the others, wherever the messages are left. */
export interface PoolOptions {
  readonly ledger: string
  /** The public keys of all owners, this one's among them. */
  readonly owners: readonly string[]
  /** How long the others may take for one message, in milliseconds. */
  readonly patience: number
  /** Files with what owners signed who came or went since an earlier study. */
  readonly releases: readonly string[]
  readonly consent: ConsentOptions
}

/** The fit of all owners' rows, rounded for being handed on. */
export interface PooledFit {
  readonly design: Design
  readonly summary: Summary
}

/** The fit of owners who leave messages in a folder that all of them reach. Throws `study/…`. */
export function pool(
  study: StudyFile,
  input: FileSource,
  options: PoolOptions & { readonly board: string },
  say: Say,
): Promise<PooledFit> {
  const folder = join(options.board, digestOfStudy(study).slice(0, 32))
  const place = folderPlace({ folder, owners: options.owners.length })
  return poolAt({ place, address: options.board }, study, input, options, say)
}

/** Where the messages lie, and what that is called. */
export interface Placed {
  readonly place: Place
  readonly address: string
}

/** The same, wherever they leave them. */
export async function poolAt(
  { place, address }: Placed,
  study: StudyFile,
  input: FileSource,
  { ledger: path, owners, patience, releases, consent: options }: PoolOptions,
  say: Say,
): Promise<PooledFit> {
  const ledger = await ledgerAt(path)
  if (!owners.includes(signerOf(ledger.seed))) throw new UsageError('--owners has not the key of this ledger.')
  const design = await designOf(study, 'both', platform.sha256)
  const rows = await readStudyRows(input, design, say)
  const key = signerOf(ledger.seed)
  const consent = new Consent(options, { study, place: address, key, leftOut: rows.leftOut }, say)
  const summary = await joinPool({
    study,
    design,
    rows,
    ledger,
    introduction: options.declared,
    board: boardOf(place, patience),
    random: platform.random,
    isRoster: async (roster, part) => {
      say(`${roster.owners.length} owners, code ${roster.code}.`)
      if (roster.owners.join() !== [...owners].sort().join()) return false
      await consent.given(roster, part)
      return true
    },
    onOpen: (what, numbers) => consent.opened(what, numbers),
    remember: (joined) => replace(path, writePoolLedger(joined)),
    releases: await Promise.all(releases.map((name) => readFile(name, 'utf8'))),
    onFitted: (own) => {
      for (const line of ownRowsText(own)) say(line)
    },
    journal: await journalAt(`${path}.${digestOfStudy(study).slice(0, 16)}`),
  }).catch(async (thrown: unknown) => {
    const { code } = asBlindscoreError(thrown)
    if (code.startsWith('study/')) await consent.over(code)
    throw thrown
  })
  await consent.over('done')
  return { design, summary: published(summary) }
}

const ledgerAt = async (path: string): Promise<PoolLedger> => readPoolLedger(await readFile(path, 'utf8'))
