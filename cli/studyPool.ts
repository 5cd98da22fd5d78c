import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { platform } from '../client/owner/platform.ts'
import type { FileSource } from '../reader/source.ts'
import type { Summary } from '../stats/summary.ts'
import { type Design, designOf } from '../study/design.ts'
import { boardOf } from '../study/pool/board.ts'
import { digestOfStudy, joinPool, published } from '../study/pool/join.ts'
import { newPoolLedger, type PoolLedger, readPoolLedger, writePoolLedger } from '../study/pool/ledger.ts'
import { signerOf } from '../study/pool/messages.ts'
import type { StudyFile } from '../study/studyFile.ts'
import { UsageError } from './command.ts'
import { folderPlace } from './folderBoard.ts'
import { replace } from './replace.ts'
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

export interface PoolFiles {
  readonly board: string
  readonly ledger: string
  /** The public keys of all owners, this one's among them. */
  readonly owners: readonly string[]
  readonly patience: number
}

/** The fit of all owners' rows, rounded for being handed on. Throws `study/…`. */
export async function pool(
  study: StudyFile,
  input: FileSource,
  files: PoolFiles,
  say: Say,
): Promise<{ readonly design: Design; readonly summary: Summary }> {
  const ledger = await ledgerAt(files.ledger)
  if (!files.owners.includes(signerOf(ledger.seed))) throw new UsageError('--owners has not the key of this ledger.')
  const design = await designOf(study, 'both', platform.sha256)
  const rows = await readStudyRows(input, design, say)
  const folder = join(files.board, digestOfStudy(study).slice(0, 32))
  const summary = await joinPool({
    study,
    design,
    rows,
    ledger,
    board: boardOf(folderPlace({ folder, owners: files.owners.length }), files.patience),
    random: platform.random,
    isRoster: async (roster) => {
      say(`${roster.owners.length} owners, code ${roster.code}.`)
      return roster.owners.join() === [...files.owners].sort().join()
    },
    remember: (joined) => replace(files.ledger, writePoolLedger(joined)),
  })
  return { design, summary: published(summary) }
}

const ledgerAt = async (path: string): Promise<PoolLedger> => readPoolLedger(await readFile(path, 'utf8'))
