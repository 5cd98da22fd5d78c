import { createStore, type StoreApi } from 'zustand/vanilla'
import { csvCell, csvNumber } from '../../reader/csvCell.ts'
import type { RpcHost } from '../../rpc/rpcHost.ts'
import { pValueText } from '../../stats/pValue.ts'
import type { Coefficient, Summary } from '../../stats/summary.ts'
import { normalQuantile } from '../../stats/tails.ts'
import {
  type CallOfR,
  type Clicked,
  type ClickedColumn,
  type ClickedPolynomial,
  clickedInR,
  familiesOf,
  formulaOf,
  studyOf,
  takesTrials,
} from '../../study/clicked.ts'
import type { PenalisedSummary } from '../../study/penalised.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import type { Found, Way } from '../trainer/fitFile.ts'
import type { FitApi } from '../trainer/worker-fit.ts'
import { fileColumns } from './fileColumns.ts'
import { Latest } from './store.ts'
import { telling } from './telling.ts'

/** What was found, with what was asked as it was then. */
export type Fitted = Found & {
  readonly formula: string
  readonly lineOfR: string
}

export interface FittingState {
  /** The file's columns that can explain or be explained; null until they were looked at. */
  readonly columns: readonly ClickedColumn[] | null
  readonly clicked: Clicked | null
  readonly way: Way
  readonly busy: boolean
  readonly fitted: Fitted | null
  readonly error: unknown
}

/** What of each way is said first. */
export const ways: { readonly [K in Way['kind']]: Extract<Way, { readonly kind: K }> } = {
  plain: { kind: 'plain', step: false, profile: false },
  penalised: { kind: 'penalised', alpha: 1, lambda: 'best', folds: 10, seed: 1 },
  components: { kind: 'components', scaled: true },
}

const nothing: FittingState = {
  columns: null,
  clicked: null,
  way: ways.plain,
  busy: false,
  fitted: null,
  error: null,
}

/** A model that is fitted to a file in this tab, by a formula that is clicked together. */
export class Fitting {
  readonly store: StoreApi<FittingState> = createStore(() => nothing)
  readonly #worker: RpcHost<FitApi>
  readonly #file: LookedAt
  readonly #name: string
  readonly #work = new Latest()

  constructor(worker: RpcHost<FitApi>, file: LookedAt, name: string) {
    this.#worker = worker
    this.#file = file
    this.#name = name
  }

  /** Looks at what the columns hold. Of two with one name neither can be pointed at. */
  async look(): Promise<void> {
    const { header } = this.#file.preview
    await this.#do(async (signal) => {
      const all = await fileColumns(this.#worker, this.#file, signal)
      const once = (name: string): boolean =>
        name.trim() !== '' && name.length <= 100 && header.indexOf(name) === header.lastIndexOf(name)
      this.store.setState({ columns: all.filter(({ name }) => once(name)) })
    })
  }

  /** That column is explained from now on. An event is asked for where it has texts. */
  explain(outcome: string): void {
    const { clicked } = this.store.getState()
    const column = this.#column(outcome)
    const [family] = column ? familiesOf(column) : []
    if (!family) return
    const { terms = [], squares = [], polynomials = [], crossed = [], weights = null, offset = null } = clicked ?? {}
    const other = (name: string | null): string | null => (name === outcome ? null : name)
    const without = (name: string): boolean => name !== outcome
    this.#change({
      outcome,
      event: null,
      family,
      link: null,
      weights: other(weights),
      failures: null,
      offset: other(offset),
      terms: terms.filter(without),
      squares: squares.filter(without),
      polynomials: polynomials.filter(({ name }) => without(name)),
      crossed: crossed.filter((pair) => pair.every(without)),
    })
  }

  /** Another family begins with its usual link. */
  change(change: Partial<Pick<Clicked, 'event' | 'family' | 'link' | 'squares' | 'weights' | 'offset'>>): void {
    const { clicked } = this.store.getState()
    if (clicked) this.#change({ ...clicked, ...(change.family && { link: null }), ...change })
  }

  /** That column counts the failures of the trials whose successes are explained; or none does. */
  countFailures(failures: string | null): void {
    const { clicked } = this.store.getState()
    const column = clicked && this.#column(clicked.outcome)
    const [family] = column ? familiesOf(column, failures) : []
    if (!clicked || !family) return
    this.take(clicked.terms.filter((name) => name !== failures))
    const { clicked: left } = this.store.getState()
    if (!left) return
    const offset = left.offset === failures ? null : left.offset
    this.#change({ ...left, failures, family, link: null, weights: null, offset })
  }

  /** A polynomial of that column explains it in place of the column and its square; of degree 1 the column itself. */
  bend(polynomial: ClickedPolynomial): void {
    const { clicked } = this.store.getState()
    if (!clicked?.terms.includes(polynomial.name)) return
    const others = clicked.polynomials.filter(({ name }) => name !== polynomial.name)
    this.#change({
      ...clicked,
      squares: clicked.squares.filter((name) => name !== polynomial.name),
      polynomials: polynomial.degree > 1 ? [...others, polynomial] : others,
    })
  }

  /** These columns explain it: squares and products of others go with them. */
  take(terms: readonly string[]): void {
    const { clicked } = this.store.getState()
    if (!clicked) return
    this.#change({
      ...clicked,
      terms,
      squares: clicked.squares.filter((name) => terms.includes(name)),
      polynomials: clicked.polynomials.filter(({ name }) => terms.includes(name)),
      crossed: clicked.crossed.filter((pair) => pair.every((name) => terms.includes(name))),
    })
  }

  /** Their product explains it, too, or no more. */
  cross(a: string, b: string, wanted: boolean): void {
    const { clicked } = this.store.getState()
    if (!clicked || a === b) return
    const others = clicked.crossed.filter(([x, y]) => !((x === a && y === b) || (x === b && y === a)))
    this.#change({ ...clicked, crossed: wanted ? [...others, [a, b]] : others })
  }

  /** That is made of the records from now on. */
  go(way: Way): void {
    this.#work.stop()
    this.store.setState({ way, fitted: null, busy: false, error: null })
  }

  #column(name: string): ClickedColumn | undefined {
    return this.store.getState().columns?.find((column) => column.name === name)
  }

  #change(clicked: Clicked): void {
    this.#work.stop()
    this.store.setState({ clicked, fitted: null, busy: false, error: null })
  }

  /** Whether what was clicked is a model. */
  get ready(): boolean {
    return isReady(this.store.getState())
  }

  async fit(): Promise<void> {
    const { columns, clicked, way } = this.store.getState()
    if (!columns || !clicked || !this.ready) return
    const title = this.#name.replace(/\.[^.]+$/, '')
    await this.#do(async (signal) => {
      const study = studyOf(columns, clicked, title)
      const found = await this.#worker.call<Found>(async (worker) => await worker.fit(this.#file, study, way), signal)
      const said = {
        formula: found.kind === 'plain' ? formulaOf(clicked, found.terms) : formulaOf(clicked),
        lineOfR: clickedInR(columns, clicked, this.#name, callOf(way, found)),
      }
      this.store.setState({ fitted: { ...found, ...said } })
    })
  }

  #do(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return telling(this.store, this.#work, { fitted: null }, work)
  }

  /** The worker and all that it holds is let go. */
  end(): void {
    this.#work.stop()
    this.#worker.end()
  }
}

/** What R is asked for: the penalty that was found best is said to it as a number. */
function callOf(way: Way, found: Found): CallOfR {
  if (way.kind === 'plain') return { kind: way.step ? 'step' : 'summary', profile: way.profile }
  if (way.kind === 'components') return way
  return { kind: 'glmnet', alpha: way.alpha, lambda: found.kind === 'penalised' ? found.penalised.lambda : 0 }
}

/** Whether there is a formula, an event where the outcome has texts, and trials where it is shares of them. */
export function isReady({ columns, clicked }: Pick<FittingState, 'columns' | 'clicked'>): boolean {
  if (!clicked || clicked.terms.length === 0) return false
  const outcome = columns?.find(({ name }) => name === clicked.outcome)
  if (!outcome || (outcome.kind === 'category' && clicked.event === null)) return false
  return clicked.failures !== null || !takesTrials(outcome, clicked.family) || clicked.weights !== null
}

/** One coefficient as people read it; texts are empty where there is nothing. */
export interface CoefficientRow {
  readonly name: string
  readonly estimate: number | null
  readonly error: number | null
  readonly statistic: number | null
  readonly p: string
  readonly lnP: number | null
  /** Wald's interval of 95 %, and the one of the profile likelihood where that was asked for. */
  readonly interval: readonly [number, number] | null
  readonly profile: Coefficient['profile'] | null
}

export function coefficientRows({ coefficients }: Summary): CoefficientRow[] {
  return coefficients.map(({ name, estimate, error, statistic, lnP, profile = null }) => ({
    name,
    estimate,
    error,
    statistic,
    lnP,
    p: lnP === null ? '' : pValueText(lnP),
    profile,
    interval:
      estimate === null || error === null
        ? null
        : [estimate - normalQuantile * error, estimate + normalQuantile * error],
  }))
}

const csv = { delimiter: ',', decimalMark: '.' } as const

/** The coefficients with every digit. */
export function coefficientsCsv(summary: Summary): string {
  const number = (value: number | null): string => (value === null ? '' : csvNumber(value, csv))
  const isProfiled = summary.coefficients.some(({ profile }) => profile !== undefined)
  const rows = coefficientRows(summary).map(({ name, estimate, error, statistic, p, lnP, interval, profile }) =>
    [
      csvCell(name, csv),
      number(estimate),
      number(error),
      number(statistic),
      p,
      number(lnP),
      ...(interval ?? [null, null]).map(number),
      ...(isProfiled ? (profile ?? [null, null]).map(number) : []),
    ].join(','),
  )
  const head = `term,estimate,std_error,statistic,p,ln_p,lower_95,upper_95${isProfiled ? ',profile_lower_95,profile_upper_95' : ''}`
  return `${[head, ...rows].join('\n')}\n`
}

/** The same of a fit with a penalty, whose coefficients have no errors. */
export function penalisedCsv({ coefficients }: PenalisedSummary): string {
  const rows = coefficients.map(({ name, estimate }) => `${csvCell(name, csv)},${csvNumber(estimate, csv)}`)
  return `${['term,estimate', ...rows].join('\n')}\n`
}
