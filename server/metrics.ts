import type { Spent } from './compute/tasks.ts'
import type { Used } from './state/state.ts'

/** What the gauges read when they are scraped. */
export interface Levels {
  readonly keys: () => number
  readonly masks: () => number
  readonly tables: () => number
  readonly tableBytes: () => number
  readonly scoring: () => number
  readonly waiting: () => number
  readonly used: () => Promise<readonly Used[]>
  readonly models: () => number
  readonly oldVersions: () => number
  readonly refusedFiles: () => number
}

/** Counts by labels. */
interface Counts<Label extends string> {
  inc(labels: Readonly<Record<Label, string | number>>, by?: number): void
}

/** What becomes of stored runs, and of their chunks. */
export const runEvents = ['created', 'started', 'removed', 'expired', 'answered', 'late', 'failed', 'damaged'] as const

/** What a server counts of its work. Labels come from closed sets: routes, statuses, codes, model ids. */
export interface Metrics {
  /** Counts what a task took. */
  count(spent: Spent): void
  /** Answers. */
  readonly requests: Counts<'method' | 'route' | 'status'>
  /** Times from a request's headers to its answer. */
  readonly seconds: { observe(labels: { readonly route: string }, seconds: number): void }
  /** Answers that were problems. */
  readonly problems: Counts<'code'>
  /** Records scored, as their chunks declare them, and slots: what budgets count. */
  readonly records: Counts<'model'>
  readonly slots: Counts<'model'>
  readonly masksUsed: Counts<'from'>
  /** Checks of keys that this process began. */
  readonly keyChecks: Counts<never>
  /** What became of stored runs, and of what is stored of them. */
  readonly runs: { inc(labels: { readonly event: (typeof runEvents)[number] }): void }
  /** Lines for the log of answers. */
  readonly audit: Counts<'result'>
  /** Looks at the models folder after the first. */
  readonly reloads: Counts<'result'>
  /** All of it for who scrapes it, or null where nothing is counted. */
  text(): Promise<{ readonly text: string; readonly type: string } | null>
}

export type MakeMetrics = (levels: Levels) => Metrics

const none = { inc: () => {} }

/** Of a server that nobody watches. */
export const noMetrics: MakeMetrics = () => ({
  count: () => {},
  requests: none,
  seconds: { observe: () => {} },
  problems: none,
  records: none,
  slots: none,
  masksUsed: none,
  keyChecks: none,
  runs: none,
  audit: none,
  reloads: none,
  text: async () => null,
})
