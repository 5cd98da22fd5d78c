import { asBlindscoreError } from '../../core/errors.ts'
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
import { drawsOf, type Journal, saidOnce } from './journal.ts'
import { begunBefore, checkOwners, checkRows, type PoolLedger, rowNames, withStudy } from './ledger.ts'
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
  /** What the owner calls itself, for the others to see. */
  readonly name?: string
  /** Resolves where the code of the owners is the one that they told each other. */
  readonly isRoster: (roster: Roster) => Promise<boolean>
  /** Keeps what is to be remembered. It is called before the first number leaves, whatever then becomes of the study. */
  readonly remember: (ledger: PoolLedger) => Promise<void>
  /** What the study is gone on with after a crash. Without it a study that was begun is over. */
  readonly journal?: Journal
  /** Hears of what is about to be opened: the question, and of how many numbers. */
  readonly onOpen?: (what: string, numbers: number) => void
}

/** All owners have the same text of a study, or no study. */
export const digestOfStudy = (study: StudyFile): string => digestOf('blindscore pool study 1', JSON.stringify(study))

/**
 * What an owner's own rows forbid, before anybody is spoken to. Throws `study/pool`, `study/records`, `study/cells`, `study/patterns`,
 * `study/leverage`, `study/joined`, `study/difference`.
 */
export function checkBefore({ study, design, rows, ledger, journal }: Asked) {
  if (study.weights !== undefined || study.offsets !== undefined) fail('study/pool', 'poolPlain')
  requirePowers(design)
  const { columns, outcomes, family, link } = glmProblem(study, design, rows)
  const own = { columns, outcomes }
  const isEvent = outcomes.every((y) => y === 0 || y === 1)
  checkOwn(design, own, isEvent)
  const digest = digestOfStudy(study)
  const names = rowNames(ledger, own)
  const before = begunBefore(ledger, digest, names, journal !== undefined && journal.said('commit') !== null)
  if (before === null) checkRows(ledger, names)
  return { own, kind: { family, link }, digest, names, before }
}

type Asked = Pick<Owner, 'study' | 'design' | 'rows' | 'ledger' | 'journal'>

/**
 * The fit of all owners' rows, in all digits. Throws `study/…`: what the own rows forbid is refused before the first message, and
 * such an error after it ends the study. Where the owner's process ends in its midst, or the board is not to be had (other errors), it
 * is gone on with by its journal, as long as the others wait.
 */
export async function joinPool(owner: Owner): Promise<Summary> {
  const { design, journal } = owner
  const checked = checkBefore(owner)
  const { own, kind } = checked
  const channel = await channelOf(owner, checked)
  try {
    const { fit, judged } = await fitPooled(kind, own, (what, values) => {
      owner.onOpen?.(what, values.length)
      return channel.open(what, values)
    })
    await channel.confirm()
    await journal?.end()
    return summarise(fit, design.inputs, { origin: 0, step: 1 }, { ...kind, warnings: [] }, judged)
  } catch (thrown) {
    if (asBlindscoreError(thrown).code.startsWith('study/')) await journal?.end()
    throw thrown
  }
}

/** Agrees with the other owners, and has the study remembered before the first number leaves. */
async function channelOf(owner: Owner, { digest, names, before }: ReturnType<typeof checkBefore>): Promise<SumChannel> {
  const { study, ledger, journal, name } = owner
  const voice = {
    seed: ledger.seed,
    board: journal ? saidOnce(owner.board, journal) : owner.board,
    random: journal ? drawsOf(journal, digest, names) : owner.random,
    ...(name !== undefined && { name }),
  }
  const roster = await agreeOnRoster(voice, digest)
  if (before === null) {
    checkOwners(ledger, roster.owners, names)
    if (!(await owner.isRoster(roster))) fail('study/roster', 'poolCode')
    await owner.remember(withStudy(ledger, { study: digest, title: study.title, owners: roster.owners, rows: names }))
  } else if (before.owners.join() !== roster.owners.join()) fail('study/roster', 'poolNotAmong')
  return new SumChannel(voice, roster)
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
