import type { BlindscoreError } from '../../core/errors.ts'
import type { MarkDoubt } from '../../reader/marks.ts'
import { unmatched } from '../../reader/matching.ts'
import { onlyFit } from './fits.ts'
import type { HandedTold } from './handOverState.ts'
import { leftToResume } from './leftToResume.ts'
import {
  columnName,
  encodingWaits,
  headerWaits,
  modelAsked,
  planOf,
  rowNamesWait,
  unnamedWaits,
  wholeFits,
} from './questions.ts'
import { isBusy, type RunState } from './runState.ts'
import type { Fit, Handed, HourReach, Result, SessionState } from './state.ts'

/** Where a person is in the way of a file, and the one thing to do next: what the page's bar says. */
export type NextAct =
  /** Work of the page that ends by itself. */
  | { readonly what: 'reading' | 'makingKey' | 'givingKey' | 'makingMasks' }
  | { readonly what: 'checking'; readonly rows: number }
  | { readonly what: 'opening'; readonly opened: number; readonly total: number }
  /** What the person has to look at. */
  | {
      readonly what: 'noModel' | 'letters' | 'rowNames' | 'unnamed' | 'sealedOpened' | 'sealedRecords'
    }
  | { readonly what: 'unreadable' | 'sealedFailed'; readonly why: BlindscoreError }
  | { readonly what: 'handed'; readonly kind: Handed['kind'] }
  | { readonly what: 'nothingScorable'; readonly rows: number }
  | { readonly what: 'columns'; readonly missing: number; readonly total: number }
  /** The file's columns fit several models, or none (0), and none is chosen. */
  | { readonly what: 'models'; readonly count: number }
  /** They lack some of the chosen model's, and fit another one as a whole. */
  | { readonly what: 'otherModel'; readonly fit: Fit }
  | { readonly what: 'leftOut'; readonly leftOut: number; readonly rows: number }
  /** What the person is asked. */
  | { readonly what: 'header' }
  | { readonly what: 'comma'; readonly cell: string }
  | { readonly what: 'marks'; readonly doubt: MarkDoubt; readonly column: string }
  /** The run. */
  | {
      readonly what: 'ready'
      readonly records: number
      readonly leftOut: number
      /** Where the server's hour has no room for all of them. */
      readonly reach: HourReach | null
    }
  | { readonly what: 'resumable'; readonly left: number }
  | { readonly what: 'running'; readonly opened: number; readonly total: number }
  /** The file is handed over to the server, or the scores of one that was are fetched. */
  | { readonly what: 'handing' | 'fetching'; readonly done: number; readonly total: number }
  | HandedTold
  | { readonly what: 'waiting'; readonly milliseconds: number }
  /** Nothing is sent until then, in milliseconds since 1970; null where that waits for somebody. */
  | { readonly what: 'held'; readonly why: BlindscoreError; readonly until: number | null }
  | {
      readonly what: 'paused'
      readonly why: BlindscoreError | null
      /** When it is tried again, where it is by itself. */
      readonly until: number | null
      readonly opened: number
      readonly total: number
    }
  | { readonly what: 'cancelled'; readonly scored: number; readonly total: number }
  | { readonly what: 'failed'; readonly why: BlindscoreError; readonly scored: number; readonly total: number }
  | { readonly what: 'done'; readonly records: number; readonly saved: boolean }

/** The server's silence is worth a word from here on, in milliseconds. */
const longWait = 5000

/** What to do next, by where everything stands; null before anything was handed in. */
export function nextAct(state: SessionState): NextAct | null {
  const { sealed, file, origin, reading, handed } = state
  if (handed && !isBusy(state)) return { what: 'handed', kind: handed.kind }
  if (sealed.status !== 'none' && (file === null || origin === 'sample')) return ofSealed(state)
  if (file === null && !reading) return ofHandOver(state)
  return ofRun(state) ?? ofHandOver(state) ?? ofFile(state) ?? ofReport(state)
}

function ofSealed({ sealed }: SessionState): NextAct | null {
  switch (sealed.status) {
    case 'opening':
      return { what: 'opening', opened: sealed.opened, total: sealed.total }
    case 'failed':
      return { what: 'sealedFailed', why: sealed.error }
    case 'done':
      return { what: 'sealedOpened' }
    case 'records':
      return { what: 'sealedRecords' }
    default:
      return null
  }
}

/** A run that is under way, or what the last one came to. */
function ofRun(state: SessionState): NextAct | null {
  const { run, scores, results, report } = state
  if (run.status === 'running' || run.status === 'paused') return underWay(state, run)
  if (scores) {
    const saved = results.some((result) => result.scores === scores && result.saved)
    return { what: 'done', records: scores.rows.length, saved }
  }
  if (run.status !== 'cancelled' && run.status !== 'failed') return null
  const came = { scored: run.scored, total: report?.scorable ?? run.scored }
  return run.status === 'failed' ? { what: 'failed', why: run.error, ...came } : { what: 'cancelled', ...came }
}

function underWay(
  { key, report }: SessionState,
  { status, progress, stuck, wait, again }: Extract<RunState, { progress: unknown }>,
): NextAct {
  const { opened = 0, sealed = 0 } = progress?.records ?? {}
  const total = report?.scorable ?? progress?.total ?? 0
  if (status === 'paused') return { what: 'paused', why: stuck, until: again, opened, total }
  if (wait) return { what: 'held', why: wait.error, until: wait.until }
  if (key.status === 'making') return { what: 'makingKey' }
  if (!progress) return { what: 'givingKey' }
  if (sealed === 0) return { what: 'makingMasks' }
  if (progress.waiting >= longWait) return { what: 'waiting', milliseconds: progress.waiting }
  return { what: 'running', opened, total }
}

/** What of a hand-over is under way, or where one stands that is. */
function ofHandOver({ handOvers }: SessionState): NextAct | null {
  const work = handOvers?.work
  if (!work || !('total' in work)) return handOvers?.told ?? null
  const { what, done, total, stuck, again } = work
  return stuck ? { what: 'held', why: stuck, until: again } : { what, done, total }
}

/** What keeps the file from being checked. */
function ofFile(state: SessionState): NextAct | null {
  const { card, matches, repairs, preview, fileProblem, reading, confirmDecimal } = state
  if (reading) return { what: 'reading' }
  if (fileProblem) return { what: 'unreadable', why: fileProblem }
  if (!preview) return { what: 'reading' }
  if (encodingWaits(state)) return { what: 'letters' }
  if (confirmDecimal) return { what: 'comma', cell: cellWithComma(preview) }
  // Before the model: where a record stands for the header, its cells fit the columns of none.
  if (headerWaits(state)) return { what: 'header' }
  if (modelAsked(state)) return { what: 'models', count: wholeFits(state).length }
  if (!card) return { what: 'noModel' }
  if (rowNamesWait(state)) return { what: 'rowNames' }
  if (unnamedWaits(state)) return { what: 'unnamed' }
  const missing = unmatched(card, matches, repairs).length
  if (missing === 0) return null
  const fit = onlyFit(state)
  return fit ? { what: 'otherModel', fit } : { what: 'columns', missing, total: card.features.length }
}

/** A number of the file that a comma cuts in two, to ask about. */
function cellWithComma({ rows }: NonNullable<SessionState['preview']>): string {
  const found = rows.flat().find((cell) => /^\s*[+-]?\d{1,9},\d{1,9}\s*$/.test(cell))
  return found?.trim() ?? '1,5'
}

/** What the check of the file found. */
function ofReport(state: SessionState): NextAct {
  const { report, checking, agreed, reach } = state
  if (!report || !planOf(state)) return { what: 'checking', rows: checking?.rows ?? 0 }
  const { scorable, leftOut, rows, doubts } = report
  const [doubt] = doubts
  if (doubt) return { what: 'marks', doubt, column: columnName(state, doubt.feature) }
  if (scorable === 0) return { what: 'nothingScorable', rows }
  if (leftOut > 0 && !agreed) return { what: 'leftOut', leftOut, rows }
  const left = leftToResume(state)
  if (left !== null) return { what: 'resumable', left }
  return { what: 'ready', records: scorable, leftOut, reach }
}

/** What the run that the page speaks of came to before its end, where that is still to be had. */
export function partialOf({ results, preview, card, run }: SessionState): Result | null {
  if (run.status !== 'cancelled' && run.status !== 'failed') return null
  const { scored } = run
  return (
    results.findLast(
      ({ partial, scores, of, card: own }) =>
        partial && scores.rows.length === scored && of.preview === preview && own.hash === card?.hash,
    ) ?? null
  )
}
