import type { RequestLimits } from '../../client/chunks.ts'
import type { Choice } from '../../client/estimate.ts'
import type { Progress } from '../../client/progress.ts'
import type { SchemeChoice } from '../../client/schemeChoice.ts'
import type { ModelList } from '../../client/server.ts'
import type { Wait } from '../../client/serverWait.ts'
import type { Card } from '../../core/card/card.ts'
import type { Threshold } from '../../core/card/threshold.ts'
import type { BlindscoreError } from '../../core/errors.ts'
import type { KeyName, PublicKey } from '../../core/protocol/scheme.ts'
import { defaultSet } from '../../core/protocol/schemes.ts'
import type { EngineReport } from '../../kernel/public.ts'
import type { CheckProgress, CheckReport } from '../../reader/check.ts'
import { givenValues } from '../../reader/givenValues.ts'
import type { EncodingGuess } from '../../reader/guess.ts'
import type { Preview } from '../../reader/inspect.ts'
import { headerInDoubt, type Match, rowNamesInDoubt, unnamedInDoubt } from '../../reader/matching.ts'
import { noColumn, type Plan, planOf as planOfFile } from '../../reader/plan.ts'
import type { Repair } from '../../reader/repairs.ts'
import type { ColumnSuggestion } from '../../reader/suggestColumns.ts'
import type { KeyStatus } from '../keys/vault.ts'
import type { Isolation } from '../workers/isolation.ts'
import type { StoragePromise } from './deviceStorage.ts'
import type { HandOversState } from './handOverState.ts'
import type { Intake } from './intake.ts'
import type { ReceiptFacts } from './readReceipt.ts'
import type { Scores } from './scored.ts'
import type { RunMap } from './scoreFile.ts'
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

export interface KeySlice {
  /** The id of the parameter set that the present key has, or the next one gets. */
  readonly keySet: string
  readonly key: KeyState
  /** How long the browser keeps a key that this device remembers. */
  readonly storage: StoragePromise
  /** Which arithmetic the workers run on, once there is a key. */
  readonly engine: EngineReport | null
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

/** The key as the page knows it: its public half and where it stands. The private half is in the vault's workers. */
export type KeyState =
  /** `unmade` and `forgotten` are made good by a new key; for the others the backup is asked for first. */
  | { readonly status: 'none'; readonly why: 'unmade' | 'forgotten' | 'lost' | 'evicted' }
  | { readonly status: 'making'; readonly set: string }
  | { readonly status: 'ready'; readonly publicKey: PublicKey; readonly held: KeyStatus }
  | { readonly status: 'locked'; readonly name: KeyName; readonly held: KeyStatus }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

/** What is public of the key that is here, open or locked. */
export function keyName(key: KeyState): KeyName | null {
  if (key.status === 'ready') return key.publicKey
  return key.status === 'locked' ? key.name : null
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
  /** The same records were scored with the same model before, and the person is asked whether to score them again. */
  readonly scoredBefore: Result | null
  /** What the runs of this tab came to, oldest first: no change drops them. */
  readonly results: readonly Result[]
}

/** A sealed file that is saved: handed out once all of it is there. */
export type SealingState =
  | { readonly status: 'none' | 'saved' }
  | { readonly status: 'sealing'; readonly sealed: number; readonly total: number }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

/** Sealed scores: what they came to. */
export type SealedState =
  | { readonly status: 'none' }
  | { readonly status: 'opening'; readonly name: string; readonly opened: number; readonly total: number }
  | { readonly status: 'failed'; readonly name: string; readonly error: BlindscoreError }
  | { readonly status: 'done'; readonly name: string; readonly opened: OpenedFileOfScores }
  /** Sealed records, as whoever was handed them sees them. */
  | { readonly status: 'records'; readonly file: File; readonly name: string; readonly facts: SealedFacts }

/** What a file of sealed records tells anybody. */
export interface SealedFacts {
  readonly model: string
  readonly records: number
  readonly features: readonly string[]
  readonly sealedColumns: readonly string[]
  readonly tokens: boolean
  readonly key: string
  readonly sender: string
}

/** The scores of a sealed file, opened. */
export interface OpenedFileOfScores {
  readonly card: Card
  readonly key: KeyName
  /** Who signed the records and, if anybody did, the scores: fingerprints. Nobody signs a run that was handed over. */
  readonly sender: string | null
  readonly vendor: string | null
  /** The sealed columns, and their texts record by record. */
  readonly columns: readonly string[]
  readonly texts: readonly (readonly string[])[]
  readonly predictors: Float64Array
  /** The records' numbers in the file, from 1. */
  readonly rows: Uint32Array
}

export type RunState =
  | { readonly status: 'idle' }
  | {
      readonly status: 'running' | 'paused'
      readonly progress: Progress | null
      /** Why the run paused itself. */
      readonly stuck: BlindscoreError | null
      /** Why nothing is sent for a while, and until when: of a run that goes on by itself. */
      readonly wait: Wait | null
      /** When a run that paused itself is tried again, in milliseconds since 1970. */
      readonly again: number | null
      /** The device stores its answers as they come, so that it outlives its tab. */
      readonly resumable: boolean
    }
  | { readonly status: 'done' }
  /** `scored`: the records that were scored before it ended, which are a result of the tab; 0 where there is none. */
  | { readonly status: 'cancelled'; readonly scored: number }
  | { readonly status: 'failed'; readonly scored: number; readonly error: BlindscoreError }

export interface ResumableRun {
  readonly note: RunNote
  /** Records whose answers are stored. */
  readonly scored: number
  /** The present file, read as it is now, is the one that it was about. */
  readonly fits: boolean
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

/** What is stored of a run beside its answers. No cell, no score and no key; of the file its name and a digest. */
export interface RunNote {
  readonly fileName: string
  /** Of the file's bytes. */
  readonly file: string
  /** Of the plan: columns, format, repairs. */
  readonly plan: string
  readonly cardHash: string
  readonly modelTitle: string
  /** The key that has to be open to go on: the run's, or the one that the run's own follows from. */
  readonly key: KeyName
  /** What the run's own key follows from beside that one, where its scheme's keys are for one run. */
  readonly own: OwnKey | null
  readonly capacity: number
  readonly scorable: number
}

/** Which key of its own a run has: one of that set, made with the key that outlives runs and these 16 bytes. */
export interface OwnKey {
  readonly set: string
  readonly id: Uint8Array
}

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

/** The name of the column that feeds a feature. */
export function columnName({ preview, matches }: Pick<SessionState, 'preview' | 'matches'>, feature: number): string {
  return preview?.header[matches[feature]?.column ?? -1] ?? ''
}

const isAscii = (text: string): boolean => !/[\u0080-\uffff]/.test(text)

/**
 * The encoding was guessed and nobody has said that the letters are right. A guess that is certain is taken by itself where the
 * model's columns and their values have no other letters than those of ASCII: then it changes nothing that is scored.
 */
export function encodingWaits({ card, preview, matches, guess, encodingSaid }: SessionState): boolean {
  if (guess === null || encodingSaid || preview === null) return false
  if (!guess.certain) return true
  return (
    card?.features.some((feature, i) => {
      const header = preview.header[matches[i]?.column ?? -1] ?? ''
      return !isAscii(header) || (feature.type === 'category' && !feature.levels.every(isAscii))
    }) ?? false
  )
}

/** The first line may be a record, and nobody has said yet that it is none. */
export function headerWaits(state: SessionState): boolean {
  const { card, preview, matches, headerSaid, fits } = state
  if (preview === null || headerSaid) return false
  if (card !== null) return headerInDoubt(card, preview, matches)
  // Without a model it is a record where it has no column of any.
  return preview.headerMayBeRecord && modelAsked(state) && (fits?.models.every(({ matched }) => matched === 0) ?? false)
}

/** What stands before each row's cells may be no name of it, and nobody has said yet what it is. */
export function rowNamesWait({ card, preview, matches, headerSaid }: SessionState): boolean {
  return card !== null && preview !== null && !headerSaid && rowNamesInDoubt(card, preview, matches)
}

/** Whether somebody has to say that a column without a name is one. */
export function unnamedWaits({ card, preview, matches, table, headerSaid }: SessionState): boolean {
  if (card === null || preview === null || table !== null || headerSaid) return false
  return unnamedInDoubt(card, preview, matches)
}

/** Whether somebody has to say how the file is written before anything of it is checked. */
export function formatWaits(state: SessionState): boolean {
  if (state.confirmDecimal || encodingWaits(state)) return true
  return headerWaits(state) || rowNamesWait(state) || unnamedWaits(state)
}

/** The models whose every column the present file has. */
export function wholeFits({ fits, preview }: Pick<SessionState, 'fits' | 'preview'>): readonly Fit[] {
  if (fits === null || fits.preview !== preview) return []
  return fits.models.filter(({ matched, total }) => matched === total && total > 0)
}

/** Whether a person has to say which model is meant: the file's columns fit several, or none as a whole. */
export function modelAsked(state: Pick<SessionState, 'fits' | 'preview' | 'modelSaid'>): boolean {
  const { fits, preview, modelSaid } = state
  return !modelSaid && fits !== null && fits.preview === preview && wholeFits(state).length !== 1
}

/** The plan, once every feature has its column and nothing waits for the person's word. */
export function planOf(state: SessionState): Plan | null {
  const { card, preview, table, matches, repairs, totals, tables } = state
  if (modelAsked(state)) return null
  if (!card || !preview || matches.length === 0 || formatWaits(state)) return null
  const given = givenValues(repairs)
  const columns = matches.flatMap(({ feature, column }) => column ?? (given.has(feature) ? noColumn : []))
  if (columns.length !== card.features.length) return null
  return {
    ...planOfFile(card, preview, columns, table),
    repairs,
    ...(totals && { totals: 'score' }),
    ...(tables && { tables: 'score' }),
  }
}

/** Whether a run is under way: what it depends on may not change then. */
export function isBusy({ run }: Pick<SessionState, 'run'>): boolean {
  return run.status === 'running' || run.status === 'paused'
}

export function canRun(state: SessionState): boolean {
  const { report, agreed } = state
  if (!report || report.scorable === 0 || report.doubts.length > 0 || !planOf(state) || isBusy(state)) return false
  return report.leftOut === 0 || agreed
}
