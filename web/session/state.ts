import type { RequestLimits } from '../../client/chunks.ts'
import type { Choice } from '../../client/estimate.ts'
import type { RunReceipt } from '../../client/runReceipt.ts'
import type { SchemeChoice } from '../../client/schemeChoice.ts'
import type { ModelList } from '../../client/server.ts'
import type { Card, CardSummary } from '../../core/card/card.ts'
import type { Threshold } from '../../core/card/threshold.ts'
import type { BlindscoreError } from '../../core/errors.ts'
import { defaultSet } from '../../core/protocol/schemes.ts'
import type { CheckProgress, CheckReport } from '../../reader/check.ts'
import type { EncodingGuess } from '../../reader/guess.ts'
import type { Preview } from '../../reader/inspect.ts'
import type { Match } from '../../reader/matching.ts'
import type { Repair } from '../../reader/repairs.ts'
import type { ColumnSuggestion } from '../../reader/suggestColumns.ts'
import type { Isolation } from '../workers/isolation.ts'
import type { HandOversState } from './handOverState.ts'
import type { Intake } from './intake.ts'
import type { KeySlice } from './keyState.ts'
import type { ReceiptFacts } from './readReceipt.ts'
import type { ResumableRun, RunState } from './runState.ts'
import type { Scores } from './scored.ts'
import type { RunMap } from './scoreFile.ts'
import type { SealedState, SealingState } from './sealedState.ts'
import type { Seen, Traffic } from './traffic.ts'

/**
 * One person's way through the page, as state, in the slices that change together. Screens show it; nothing here knows of
 * a screen. A change upstream (another file, format, column) drops everything that depended on it.
 */
export interface SessionState extends FileState, KeySlice, SchemeState, RunSlice {
  /** A file of sealed scores that was handed in. */
  readonly sealed: SealedState
  /** The checked records, on their way into a sealed file. */
  readonly sealing: SealingState
  /** Another file that was handed in and is no file of records. */
  readonly handed: Handed | null
  readonly card: Card | null
  /** The person named the model. */
  readonly modelSaid: boolean
  /** The server has another version of the model by now, or none, and the person is asked before anything is sent. */
  readonly offered: Offered | null
  /** Which models a file's columns fit, the best first, once that was looked at. */
  readonly fits: { readonly preview: Preview; readonly models: readonly Fit[] } | null
  readonly limits: RequestLimits & Pick<ModelList['limits'], 'runs'>
  /** What this page's workers proved of their isolation. */
  readonly isolation: Isolation
  /** What crossed the line, newest last, at most some hundred exchanges. */
  readonly exchanges: readonly Seen[]
  readonly traffic: Traffic
  /** Files of python-paillier, while they are open. */
  readonly numbers: NumbersState | null
  /** Runs that were handed over, once somebody looked for them. */
  readonly handOvers: HandOversState | null
}

/** What a server has in place of the version of a model that the page shows. */
export interface Offered {
  /** Null where it has the model no more. */
  readonly now: CardSummary | null
}

/** How many of a model's columns a file has. */
export interface Fit {
  readonly id: string
  readonly title: string
  readonly matched: number
  readonly total: number
}

/** A file that waits for the person to say what becomes of it. */
export type Handed =
  | { readonly kind: 'backup' | 'model' | 'scores'; readonly file: File }
  | { readonly kind: 'receipt'; readonly file: File; readonly receipt: ReceiptFacts | null }

/** Files of python-paillier, next to the page's own way: a private key that was dropped, and numbers that it opens. */
export interface NumbersState {
  /** The key that the worker holds. */
  readonly key: { readonly fingerprint: string; readonly bits: number } | null
  /** The file that was handed in last, which waits where there is no key for it yet. */
  readonly file: File | null
  /** What was in it, record by record. */
  readonly records: readonly (readonly string[])[] | null
  readonly busy: boolean
  readonly error: BlindscoreError | null
}

export interface FileState {
  readonly file: File | null
  /** Whose the file is: one's own, or a sample that came with the page. */
  readonly origin: 'own' | 'sample'
  /** The file as it was handed in, and what it was read from where that is no text: a workbook's sheet, say. */
  readonly source: File | null
  readonly table: Intake['table']
  readonly preview: Preview | null
  readonly reading: boolean
  /** Why the file could not be read. */
  readonly fileProblem: BlindscoreError | null
  readonly matches: readonly Match[]
  /** The matches before each change that the person made, oldest first. */
  readonly matchesBefore: readonly (readonly Match[])[]
  /** Columns that look like what a feature needs. */
  readonly columnSuggestions: readonly ColumnSuggestion[]
  /** What the person said of cells that are written otherwise. */
  readonly repairs: readonly Repair[]
  /** Those of the repairs that were said of an earlier file. */
  readonly keptRepairs: readonly Repair[]
  /** How the file is encoded, guessed where it is not UTF-8. */
  readonly guess: EncodingGuess | null
  /** The person said how it is encoded. */
  readonly encodingSaid: boolean
  /** A decimal comma was found and waits for the person's word. */
  readonly confirmDecimal: boolean
  /** The person said which line is the header. */
  readonly headerSaid: boolean
  /** Rows that look like sums or means of others are scored. */
  readonly totals: boolean
  /** Rows below another header are scored. */
  readonly tables: boolean
  readonly checking: CheckProgress | null
  readonly report: CheckReport | null
  /** The person agreed that the rows with problems are left out. */
  readonly agreed: boolean
}

/** How far the server's hour reaches for the next run, where not all of it. */
export interface HourReach {
  /** Records that can be scored now, those that are left then, and those that a whole hour has room for. */
  readonly now: number
  readonly rest: number
  readonly perHour: number
  /** When the hour begins anew, in milliseconds since 1970. */
  readonly at: number
}

export interface SchemeState {
  /** The schemes that the server scores the model under. */
  readonly served: readonly string[]
  /** What the person chose, remembered on this device. */
  readonly scheme: SchemeChoice
  /** What there is to choose for the checked file: seconds under either scheme. */
  readonly offer: Choice | null
  /** Null where all of the next run can be scored at once. */
  readonly reach: HourReach | null
}

export interface RunSlice {
  readonly run: RunState
  /** A run that did not come to its end, and that can be resumed. */
  readonly resumableRun: ResumableRun | null
  readonly scores: Scores | null
  /** What the person decides by, once that was set. */
  readonly threshold: Threshold | null
  /** Which rows went into which chunk of the last run. */
  readonly map: RunMap | null
  /** The receipt of a run whose scores were fetched, where they are the ones on show. */
  readonly fetched: RunReceipt | null
  /** The same records were scored with the same model before, and the person is asked whether to score them again. */
  readonly scoredBefore: Result | null
  /** What the runs of this tab came to, oldest first: no change drops them. */
  readonly results: readonly Result[]
}

/** What one run came to, with the file as it was read for it: all that a tab shows of it, and saves of it. */
export interface Result {
  readonly id: number
  /** When it was there, in milliseconds since 1970. */
  readonly at: number
  readonly card: Card
  readonly scores: Scores
  readonly of: Pick<SessionState, keyof typeof noFile>
  /** The run ended before its end: some of the file's records have no score. */
  readonly partial: boolean
  /** Its scores were saved or copied. */
  readonly saved: boolean
}

/** A result, or what a run has come to up to now. */
export type Saveable = Pick<Result, 'card' | 'of'>

/** What a change before the check drops. */
export const unchecked = {
  report: null,
  offer: null,
  reach: null,
  agreed: false,
  run: { status: 'idle' },
  scores: null,
  threshold: null,
  map: null,
  fetched: null,
  scoredBefore: null,
} as const satisfies Partial<SessionState>

/** What a change of the file drops: all but the model, the key and what crossed the line. */
export const noFile = {
  ...unchecked,
  file: null,
  origin: 'own',
  source: null,
  table: null,
  preview: null,
  reading: false,
  fileProblem: null,
  matches: [],
  matchesBefore: [],
  columnSuggestions: [],
  repairs: [],
  keptRepairs: [],
  guess: null,
  encodingSaid: false,
  confirmDecimal: false,
  headerSaid: false,
  totals: false,
  tables: false,
  checking: null,
} as const satisfies Partial<SessionState>

export const initialState: SessionState = {
  ...noFile,
  sealed: { status: 'none' },
  sealing: { status: 'none' },
  handed: null,
  card: null,
  modelSaid: false,
  offered: null,
  fits: null,
  limits: { recordsPerChunk: 1, bodyBytes: 1 },
  served: [],
  scheme: 'paillier',
  keySet: defaultSet,
  key: { status: 'none', why: 'unmade' },
  storage: 'evictable',
  resumableRun: null,
  results: [],
  engine: null,
  isolation: { status: 'unknown' },
  exchanges: [],
  traffic: { requests: 0, bytesUp: 0, bytesDown: 0 },
  numbers: null,
  handOvers: null,
}
