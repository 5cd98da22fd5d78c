import type { FamilyName } from '../../stats/families.ts'
import type { Stopping } from '../../stats/irls.ts'
import type { LinkName } from '../../stats/links.ts'
import { fitHere } from '../fitted.ts'
import { checkedStudy, type StudyFile } from '../studyFile.ts'
import { rowsOf } from './data.ts'

/** Data sets and formulas that `fixtures/drawn.R` drew, and how far a fit of ours is from R's. */

export interface Drawn {
  /** Which one it is: the seed that it was drawn by, or its name. */
  readonly seed: number | string
  readonly family: FamilyName
  readonly link: LinkName
  readonly terms: readonly string[]
  readonly weights: string | null
  readonly offset: string | null
  readonly data: Readonly<Record<string, readonly Cell[]>>
  readonly r: Reference
  readonly optimum: Reference
}

/** Null where a record has none. */
type Cell = number | string | null

interface Reference {
  /** Why R has no fit. */
  readonly refused?: string
  readonly names: readonly string[]
  readonly coefficients: readonly (number | null)[]
  readonly errors: readonly (number | null)[]
  readonly lnP: readonly (number | null)[]
  readonly dispersion: number | null
  readonly deviance: number
  readonly nullDeviance: number | null
  readonly aic: number | null
  readonly extractAic: number | null
  readonly freedom: number
  readonly nullFreedom: number
  readonly rounds: number
  readonly converged: boolean
  /** How far one more round still moved an estimate, of the estimate. */
  readonly moved: number
  /** How far R is from itself with the same columns in another order. */
  readonly noise: number
  readonly warnings: readonly string[]
}

const placesOf = (values: readonly number[]): number =>
  Math.max(...values.map((value) => (String(value).split('.')[1] ?? '').length))

type Feature = StudyFile['features'][number]

function featureOf(name: string, cells: readonly Cell[]): Feature {
  const values = cells.filter((cell) => cell !== null)
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length === 0) {
    const levels = [...new Set(values.map(String))].sort()
    return { name, type: 'category', levels }
  }
  const range: [number, number] = [Math.min(...numbers), Math.max(...numbers)]
  return { name, type: 'number', range, step: Number(`1e-${placesOf(numbers)}`) }
}

function studyOfDrawn({ seed, data, terms, family, link, weights, offset }: Omit<Drawn, 'r' | 'optimum'>): StudyFile {
  const { told = [], ...others } = data
  const numbers = told.flatMap((cell) => (cell === null ? [] : [Number(cell)]))
  const events = numbers.every((value) => value === 0 || value === 1)
  const whole = numbers.every(Number.isInteger)
  const shares = family.includes('binomial') || family === 'quasi(mu(1-mu))'
  const counts = family.includes('poisson') || family === 'quasi(mu)'
  const outcome: Feature =
    (shares && events) || (counts && whole)
      ? { name: 'told', type: 'integer', range: [0, shares ? 1 : Math.max(...numbers)] }
      : shares
        ? { name: 'told', type: 'number', range: [0, 1], step: 1e-15 }
        : featureOf('told', told)
  return checkedStudy({
    format: 'blindscore-study/1',
    id: `drawn-${String(seed)
      .replace(/[^a-z0-9]+/gi, '-')
      .toLowerCase()}`,
    title: 'Drawn',
    description: '',
    features: Object.entries(others).map(([name, values]) => featureOf(name, values)),
    terms,
    outcome,
    family,
    link,
    ...(weights !== null && { weights }),
    ...(offset !== null && { offsets: [offset] }),
  })
}

/** A data set as it is read, with the study of it. */
export async function readDrawn(drawn: Omit<Drawn, 'r' | 'optimum'>) {
  const names = Object.keys(drawn.data)
  const rows = (drawn.data.told ?? []).map((_, i) => names.map((name) => drawn.data[name]?.[i]).join(','))
  const study = studyOfDrawn(drawn)
  return { study, ...(await rowsOf(study, new Blob([[names.join(','), ...rows, ''].join('\n')]), 'both')) }
}

export async function fittedDrawn(drawn: Drawn, stopping: Stopping) {
  const { study, design, rows } = await readDrawn(drawn)
  return { ...fitHere(study, design, rows, stopping), leftOut: rows.leftOut }
}

type FittedDrawn = Awaited<ReturnType<typeof fittedDrawn>>

/** How far a fit is from R's: estimates by the larger of themselves and a hundredth of their errors, all else by itself. */
export function distances(ours: FittedDrawn, theirs: Reference): Readonly<Record<string, number>> {
  const of = (value: number | null | undefined, right: number | null | undefined, least = 0): number => {
    const [a, b] = [value ?? null, right ?? null]
    if (a === null || b === null) return a === b ? 0 : Number.POSITIVE_INFINITY
    return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(b), least)
  }
  const each = (member: 'estimate' | 'error' | 'lnP', right: readonly (number | null)[]): number =>
    Math.max(
      ...ours.coefficients.map((coefficient, j) =>
        of(
          coefficient[member],
          right[j],
          member === 'estimate' ? Math.abs(theirs.errors[j] ?? 0) / 100 : member === 'lnP' ? 1e-2 : 0,
        ),
      ),
    )
  return {
    names: ours.coefficients.map(({ name }) => name).join() === theirs.names.join() ? 0 : Number.POSITIVE_INFINITY,
    estimates: each('estimate', theirs.coefficients),
    errors: each('error', theirs.errors),
    lnP: each('lnP', theirs.lnP),
    dispersion: of(ours.dispersion, theirs.dispersion),
    deviance: of(ours.deviance, theirs.deviance),
    nullDeviance: of(ours.nullDeviance, theirs.nullDeviance),
    aic: of(ours.aic, theirs.aic),
    extractAic: of(ours.extractAic, theirs.extractAic),
    freedom: of(ours.freedom, theirs.freedom),
    nullFreedom: of(ours.nullFreedom, theirs.nullFreedom),
  }
}

/**
 * How near R's numbers are to its own model: its roundings, and what a round more moves. Where outcomes are told apart, or all
 * but, each round moves estimates, and nothing is to be compared with.
 */
export function nearness(
  { noise, moved, converged, deviance }: Reference,
  largest: number,
  family: FamilyName,
): number | null {
  const isBounded = /binomial|poisson|mu\(1-mu\)/.test(family)
  const known = Math.max(1e-11, 10 * noise, 10 * moved)
  return (isBounded && largest > 12) || !converged || !Number.isFinite(deviance) || known > 1e-6 ? null : known
}
