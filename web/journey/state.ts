import type { Card, KeySize } from '../../core/card.ts'
import type { BlindscoreError } from '../../core/errors.ts'
import type { CheckProgress, CheckReport } from '../workers/inside/check.ts'
import type { EngineReport } from '../workers/inside/engine.ts'
import type { Preview } from '../workers/inside/inspect.ts'
import type { Plan } from '../workers/inside/plan.ts'
import type { Repair } from '../workers/inside/repairs.ts'
import type { ColumnSuggestion } from '../workers/inside/suggestColumns.ts'
import type { Seen, Traffic } from './evidence.ts'
import type { Progress } from './figures.ts'
import type { Intake } from './intake.ts'
import type { KeyState } from './keyring.ts'
import type { Match } from './matching.ts'
import type { RunNote } from './runStore.ts'
import type { RunMap, Scores } from './scoreFile.ts'
import type { ModelList } from './server.ts'

/**
 * One person's way through the page, as state. Screens show it; nothing here knows of a screen. A change upstream
 * (another file, format, column) drops everything that depended on it.
 */
export interface SessionState {
  readonly card: Card | null
  readonly limits: ModelList['limits']
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
  /** A decimal comma was found and waits for the person's word. */
  readonly confirmDecimal: boolean
  readonly checking: CheckProgress | null
  readonly report: CheckReport | null
  /** The person agreed that the rows with problems are left out. */
  readonly agreed: boolean
  readonly keySize: KeySize
  readonly key: KeyState
  readonly run: RunState
  /** A run that did not come to its end, and that can be resumed. */
  readonly keptRun: KeptRun | null
  readonly scores: Scores | null
  /** Which rows went into which chunk of the last run. */
  readonly map: RunMap | null
  /** Which arithmetic the workers run on, once there is a key. */
  readonly engine: EngineReport | null
  /** What crossed the line, newest last, at most some hundred exchanges. */
  readonly exchanges: readonly Seen[]
  readonly traffic: Traffic
}

export type RunState =
  | { readonly status: 'idle' }
  | {
      readonly status: 'running' | 'paused'
      readonly progress: Progress | null
      /** Why the run paused itself. */
      readonly stuck: BlindscoreError | null
      /** Its answers are kept on this device as they come. */
      readonly kept: boolean
    }
  | { readonly status: 'cancelled' | 'done' }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

export interface KeptRun {
  readonly note: RunNote
  /** Records whose answers are kept. */
  readonly scored: number
  /** The present file, read as it is now, is the one that it was about. */
  readonly fits: boolean
}

/** What a change before the check drops. */
export const unchecked = {
  report: null,
  agreed: false,
  run: { status: 'idle' },
  scores: null,
  map: null,
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
  confirmDecimal: false,
  checking: null,
} as const satisfies Partial<SessionState>

export const initialState: SessionState = {
  ...noFile,
  card: null,
  limits: { recordsPerChunk: 1, bodyBytes: 1 },
  keySize: 3072,
  key: { status: 'none', why: 'unmade' },
  keptRun: null,
  engine: null,
  exchanges: [],
  traffic: { requests: 0, bytesUp: 0, bytesDown: 0 },
}

/** The plan, once every feature has its column. */
export function planOf({ card, preview, matches, repairs, confirmDecimal }: SessionState): Plan | null {
  if (!card || !preview || confirmDecimal || matches.length === 0) return null
  const columns = matches.flatMap((match) => (match.column === null ? [] : [match.column]))
  if (columns.length !== card.features.length) return null
  return { format: preview.format, card, columns, width: preview.header.length, repairs }
}

/** Whether a run is under way: what it depends on may not change then. */
export function isBusy({ run }: SessionState): boolean {
  return run.status === 'running' || run.status === 'paused'
}

export function canRun(state: SessionState): boolean {
  const { report, agreed } = state
  if (!report || report.scorable === 0 || !planOf(state) || isBusy(state)) return false
  return report.leftOut === 0 || agreed
}
