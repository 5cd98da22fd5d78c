import type { RandomBytes } from '../../core/number/random.ts'
import { type Summary, summarise } from '../../stats/summary.ts'
import { requirePowers } from '../arranged.ts'
import type { Design, DesignRows } from '../design.ts'
import { fail } from '../faults.ts'
import { glmProblem } from '../fitted.ts'
import type { StudyFile } from '../studyFile.ts'
import { SumChannel } from './channel.ts'
import { checkOwn } from './checks.ts'
import { fitPooled } from './fit.ts'
import { checkOwners, checkRows, type PoolLedger, rowNames, withStudy } from './ledger.ts'
import { type Board, digestOf } from './messages.ts'
import { agreeOnRoster, type Roster } from './roster.ts'

/** An owner's way through a pooled study, from its own checks to the summary that all have confirmed. */
export interface Owner {
  readonly study: StudyFile
  readonly design: Design
  readonly rows: DesignRows
  readonly ledger: PoolLedger
  readonly board: Board
  readonly random: RandomBytes
  /** Resolves where the code of the owners is the one that they told each other. */
  readonly isRoster: (roster: Roster) => Promise<boolean>
  /** Keeps what is to be remembered. It is called before the first number leaves, whatever then becomes of the study. */
  readonly remember: (ledger: PoolLedger) => Promise<void>
}

/** All owners have the same text of a study, or no study. */
export const digestOfStudy = (study: StudyFile): string => digestOf('blindscore pool study 1', JSON.stringify(study))

/**
 * The fit of all owners' rows, in all digits. Throws `study/…`: what the own rows forbid is refused before the first message, and
 * whatever is thrown after it ends the study.
 */
export async function joinPool(owner: Owner): Promise<Summary> {
  const { study, design, rows, ledger, board, random } = owner
  if (study.weights !== undefined || study.offsets !== undefined) fail('study/pool', 'poolPlain')
  requirePowers(design)
  const { columns, outcomes, family, link } = glmProblem(study, design, rows)
  const own = { columns, outcomes }
  checkOwn(
    design,
    own,
    outcomes.every((y) => y === 0 || y === 1),
  )
  const digest = digestOfStudy(study)
  const names = rowNames(ledger, own)
  checkRows(ledger, digest, names)
  const voice = { board, random, seed: ledger.seed }
  const roster = await agreeOnRoster(voice, digest)
  checkOwners(ledger, roster.owners, names)
  if (!(await owner.isRoster(roster))) fail('study/roster', 'poolCode')
  await owner.remember(withStudy(ledger, { study: digest, title: study.title, owners: roster.owners, rows: names }))
  const channel = new SumChannel(voice, roster)
  const { fit, judged } = await fitPooled({ family, link }, own, (what, values) => channel.open(what, values))
  await channel.confirm()
  return summarise(fit, design.inputs, { origin: 0, step: 1 }, { family, link, warnings: [] }, judged)
}

/**
 * What may be handed on: six digits. More of them, of a covariance above all, are sums of rows again. The largest predictor is
 * one of the owner's own records, and is none.
 */
export function published(summary: Summary): Summary {
  const rounded: Summary = JSON.parse(JSON.stringify(summary), (_, value) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
  )
  return { ...rounded, largestPredictor: Number.NaN }
}
