import { asBlindscoreError } from '../../core/errors.ts'
import type { Sha256 } from '../../core/number/digest.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import { type Summary, summarise } from '../../stats/summary.ts'
import { requirePowers } from '../arranged.ts'
import { type Design, type DesignRows, designOf } from '../design.ts'
import { fail } from '../faults.ts'
import { glmProblem } from '../fitted.ts'
import { parseStudy, type StudyFile } from '../studyFile.ts'
import { counted, mostNumbers, usualNumbers } from './budget.ts'
import { SumChannel } from './channel.ts'
import { checkOwn, mostRounds, patternsTold } from './checks.ts'
import { type Comparison, comparedWithOwn } from './compare.ts'
import { fitPooled, isLinear } from './fit.ts'
import type { Introduction } from './introduction.ts'
import { mostOpened } from './iterate.ts'
import { drawsOf, type Journal, saidOnce } from './journal.ts'
import {
  begunBefore,
  checkOwners,
  checkRows,
  type Earlier,
  earlierOf,
  type PoolLedger,
  rowNames,
  withStudy,
} from './ledger.ts'
import { type Board, digestOf } from './messages.ts'
import { rehearse } from './rehearse.ts'
import { releasedIn } from './release.ts'
import { agreeOnRoster, leastOwners, type Roster } from './roster.ts'
import { checkSize } from './size.ts'

/** An owner's way through a pooled study, from its own checks to the summary that all have confirmed. */
export interface Owner {
  readonly study: StudyFile
  readonly design: Design
  readonly rows: DesignRows
  readonly ledger: PoolLedger
  readonly board: Board
  readonly random: RandomBytes
  /** What the owner says of itself, for the others to see. */
  readonly introduction?: Introduction
  /** Resolves where the code of the owners is the one that they told each other, and whoever answers for the rows consents. */
  readonly isRoster: (roster: Roster, part: OwnPart) => Promise<boolean>
  /** Keeps what is to be remembered: before the first number leaves, whatever then becomes of the study, and at its end. */
  readonly remember: (ledger: PoolLedger) => Promise<void>
  /** What the study is gone on with after a crash. Without it a study that was begun is over. */
  readonly journal?: Journal
  /** Hears of what is about to be opened: the question, and of how many numbers. */
  readonly onOpen?: (what: string, numbers: number) => void
  /** What owners signed who came or went since an earlier study of these rows (`release.ts`). */
  readonly releases?: readonly string[]
  /** Hears, before the fit is given, what it says of the owner's own rows, and how many sums of them were opened. */
  readonly onFitted?: (own: OwnRowsTold) => void
}

/** What an owner's part in a study comes to, before it consents. */
export interface OwnPart {
  readonly records: number
  /** So many numbers are opened at most, as sums of all owners, and in so many rounds of estimates. */
  readonly mostOpened: number
  readonly mostRounds: number
  /** Columns of levels. */
  readonly levels: readonly string[]
  /** How many distinct records are possible, where the table of all of them follows from sums; else null. */
  readonly patterns: number | null
  /** What the ledger knows of other studies of these rows. */
  readonly earlier: Earlier
}

export interface OwnRowsTold {
  readonly comparison: Comparison
  /** In this study, and in all studies of these rows; and how many of them may be. */
  readonly numbers: { readonly here: number; readonly all: number; readonly most: number }
}

/** A study's text, as far as owners can pool it. Throws `study/invalid`, `study/pool`. */
export function readPooled(text: string): StudyFile {
  const study = parseStudy(text)
  requirePlain(study)
  return study
}

function requirePlain({ weights, failures, offsets }: StudyFile): void {
  if ([weights, failures, offsets].some((each) => each !== undefined)) fail('study/pool', 'poolPlain')
}

/** All owners have the same text of a study, or no study. */
export const digestOfStudy = (study: StudyFile): string => digestOf('blindscore pool study 1', JSON.stringify(study))

/** The intercept's among them. */
const coefficientsOf = ({ inputs }: Design): number => inputs.length + 1

/** Throws `study/too-large`, before a study is made or anything is said in it, and `model/…` for columns that no card can have. */
export async function checkStudySize(study: StudyFile, owners: number, sha256: Sha256): Promise<void> {
  checkSize(coefficientsOf(await designOf(study, 'both', sha256)), owners)
}

/**
 * What an owner's own rows forbid, before anybody is spoken to. Throws `study/pool`, `study/too-large`, `study/records`, `study/cells`, `study/patterns`,
 * `study/leverage`, `study/joined`, `study/difference`, `study/numbers`.
 */
export function checkBefore({ study, design, rows, ledger, journal }: Asked) {
  requirePlain(study)
  requirePowers(design)
  checkSize(coefficientsOf(design), leastOwners)
  const problem = glmProblem(study, design, rows)
  const { columns, outcomes, family, link } = problem
  const own = { columns, outcomes }
  const isEvent = outcomes.every((y) => y === 0 || y === 1)
  checkOwn(design, own, isEvent)
  const digest = digestOfStudy(study)
  const names = rowNames(ledger, own)
  const before = begunBefore(ledger, digest, names, journal !== undefined && journal.said('commit') !== null)
  if (before === null) checkRows(ledger, names)
  const most = mostNumbers(outcomes.length, columns.length)
  const earlier = earlierOf(ledger, digest, names)
  const left = most - earlier.numbers
  if (left < usualNumbers(columns.length, isLinear({ family, link }))) fail('study/numbers', 'poolNumbers', { most })
  const { inputs } = design
  const part: OwnPart = {
    records: outcomes.length,
    mostOpened: Math.min(mostOpened(columns.length), left),
    mostRounds,
    levels: [...new Set(inputs.flatMap(({ term, level }) => (level === undefined ? [] : [term])))],
    patterns: patternsTold(inputs),
    earlier,
  }
  return { problem, own, kind: { family, link }, digest, names, before, part, numbers: { left, most } }
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
  const { problem, own, kind } = checked
  await rehearse(kind, own)
  const { left, most } = checked.numbers
  const { channel, joined } = await agreed(owner, checked)
  const { open, opened } = counted((what, values) => {
    owner.onOpen?.(what, values.length)
    return channel.open(what, values)
  }, left)
  const over = async (): Promise<void> => {
    await owner.remember(withStudy(owner.ledger, { ...joined, numbers: opened() }))
    await journal?.end()
  }
  try {
    const { fit, judged, means } = await fitPooled(kind, own, open)
    await channel.confirm()
    await over()
    const numbers = { here: opened(), all: opened() + most - left, most }
    owner.onFitted?.({ comparison: comparedWithOwn(problem, means, judged), numbers })
    return summarise(fit, design.inputs, { origin: 0, step: 1 }, { ...kind, warnings: [] }, judged)
  } catch (thrown) {
    if (asBlindscoreError(thrown).code.startsWith('study/')) await over()
    throw thrown
  }
}

/** Agrees with the other owners, and has the study remembered, with all that it may open, before the first number leaves. */
async function agreed(owner: Owner, { digest, names, before, part, numbers }: ReturnType<typeof checkBefore>) {
  const { study, ledger, journal, introduction } = owner
  const released = releasedIn(owner.releases ?? [], digest)
  const voice = {
    seed: ledger.seed,
    board: journal ? saidOnce(owner.board, journal) : owner.board,
    random: journal ? drawsOf(journal, digest, names) : owner.random,
    ...(introduction !== undefined && { introduction }),
  }
  const roster = await agreeOnRoster(voice, digest)
  checkSize(coefficientsOf(owner.design), roster.owners.length)
  const joined = { study: digest, title: study.title, owners: roster.owners, rows: names, numbers: numbers.left }
  if (before === null) {
    checkOwners(ledger, roster.owners, names, released)
    if (!(await owner.isRoster(roster, part))) fail('study/roster', 'poolCode')
    await owner.remember(withStudy(ledger, joined))
  } else if (before.owners.join() !== roster.owners.join()) fail('study/roster', 'poolNotAmong')
  return { channel: new SumChannel(voice, roster), joined }
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
