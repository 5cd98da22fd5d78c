import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sin } from '../../core/number/elementary.ts'
import { type CrossValidated, gaussianByFolds, glmByFolds } from '../crossValidation.ts'
import { gramOf } from '../exactSums.ts'
import type { FamilyName } from '../families.ts'
import { foldsOf } from '../folds.ts'
import { gaussianPenalised } from '../gaussianPath.ts'
import type { GlmProblem } from '../glm.ts'
import { glmPenalised } from '../glmPath.ts'
import type { LinkName } from '../links.ts'
import { type Path, type Penalised, type PenalisedFit, pathOf, penaltiesOf } from '../path.ts'
import { column, counted, farthest } from './samples.ts'

/** Penalised paths against R's glmnet (`fixtures/paths.R`), and by the conditions of the optimum, which are exact. */

interface Case {
  readonly data: string
  readonly family: FamilyName
  readonly link: LinkName
  readonly outcome: string
  readonly terms: readonly string[]
  readonly alpha: number
  readonly weights: string | null
  readonly offset: string | null
  readonly lambdas: readonly number[]
  readonly nullDeviance: number
  /** The places of the penalties whose coefficients, the intercept's first, and shares of the deviance are here. */
  readonly at: readonly number[]
  readonly shares: readonly number[]
  readonly coefficients: readonly (readonly number[])[]
  readonly cv: {
    readonly errors: readonly number[]
    readonly spreads: readonly number[]
    readonly best: number
    readonly simplest: number
  } | null
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('fixtures/paths.json', import.meta.url), 'utf8'))

const bySums = ({ family, weights, offset }: Case): boolean =>
  family === 'gaussian' && weights === null && offset === null

/** By sums, so that a path takes no time. */
const isQuick = bySums

const stepsOf = (each: Case) => each.terms.map((term) => counted(each.data, term))

function columnsOf(each: Case): Float64Array[] {
  const steps = stepsOf(each).map((term) => term.steps)
  return [new Float64Array(steps[0]?.length ?? 0).fill(1), ...steps]
}

function problemOf(each: Case): GlmProblem {
  const { data, family, link, outcome, weights, offset } = each
  return {
    family,
    link,
    columns: columnsOf(each),
    outcomes: column(data, outcome),
    weights: weights === null ? undefined : column(data, weights),
    offset: offset === null ? undefined : column(data, offset),
  }
}

const summed = (each: Case): { readonly columns: Float64Array[]; readonly unit: number } => {
  const { steps, scale } = counted(each.data, each.outcome)
  return { columns: [...columnsOf(each), steps], unit: 1 / scale.units }
}

function penalisedOf(each: Case): Penalised {
  if (!bySums(each)) return glmPenalised(problemOf(each))
  const { columns, unit } = summed(each)
  return gaussianPenalised(gramOf(columns), unit)
}

/** As glmnet gives them: by the columns' own units. */
function ownCoefficients(each: Case, { slopes, constant }: PenalisedFit): number[] {
  const scales = stepsOf(each).map(({ scale }) => scale)
  const { shift, units } = bySums(each) ? counted(each.data, each.outcome).scale : { shift: 0, units: 1 }
  const moved = scales.reduce((left, scale, j) => left - (slopes[j] as number) * scale.shift, constant)
  return [(moved + shift) / units, ...scales.map((scale, j) => ((slopes[j] as number) * scale.units) / units)]
}

/** In shares of the largest coefficient of the columns' deviations: what glmnet's own accuracy is of. */
function apart(each: Case, ours: PenalisedFit, theirs: readonly number[]): number {
  const own = ownCoefficients(each, ours)
  const spreads = each.terms.map((term) => {
    const values = column(each.data, term)
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)
  })
  const sized = (values: readonly number[]): number[] => spreads.map((spread, j) => spread * (values[j + 1] as number))
  const [a, b] = [sized(own), sized(theirs)]
  const size = Math.max(...b.map(Math.abs))
  return Math.max(...a.map((value, j) => Math.abs(value - (b[j] as number)) / size))
}

describe.each(cases)('$family, $link, of $data, α = $alpha (weights $weights, offset $offset)', (each) => {
  const penalised = penalisedOf(each)

  test('begins where glmnet does, with its null deviance', () => {
    expect(farthest([penalised.nullDeviance], [each.nullDeviance])).toBeLessThan(1e-11)
    const ours = penaltiesOf(penalised, each.alpha).slice(0, each.lambdas.length)
    // By a family's object glmnet's first slope is no nearer than its first fit with an offset.
    expect(farthest(ours, each.lambdas)).toBeLessThan(each.family === 'Gamma' ? 1e-8 : 1e-11)
  })

  test.runIf(isQuick(each) || process.env.SLOW)('ends where glmnet does', () => {
    const { fits } = pathOf(penalised, each.alpha)
    expect(fits).toHaveLength(each.lambdas.length)
    for (const { violation } of fits) expect(violation).toBeLessThan(1e-12)
    // With the largest penalty a lasso has nothing, and with less something.
    if (each.alpha === 1) {
      expect(fits[0]?.standardised.every((b) => Math.abs(b) < 1e-12)).toBe(true)
      expect(fits[1]?.standardised.some((b) => b !== 0)).toBe(true)
    }
  })

  test('has glmnet’s coefficients as far as glmnet goes', () => {
    const places = isQuick(each) || process.env.SLOW ? [...each.at.keys()] : [1, 3]
    const lambdas = places.map((place) => each.lambdas[each.at[place] as number] as number)
    const { fits, nullDeviance } = pathOf(penalised, each.alpha, lambdas)
    fits.forEach((fit, i) => {
      const place = places[i] as number
      expect(fit.violation).toBeLessThan(1e-12)
      const theirs = each.coefficients[place] as readonly number[]
      expect(apart(each, fit, theirs)).toBeLessThan(1e-7)
      expect(1 - fit.deviance / nullDeviance).toBeCloseTo(each.shares[place] as number, 8)
      expect(Math.abs((ownCoefficients(each, fit)[0] as number) / (theirs[0] as number) - 1)).toBeLessThan(1e-6)
      // What is 0 there is 0 here.
      expect([...fit.slopes].map((b) => b !== 0)).toEqual(theirs.slice(1).map((b) => b !== 0))
    })
  })

  test.runIf(each.cv !== null)('is cross-validated as cv.glmnet does', () => {
    const folds = Uint8Array.from({ length: penalised.records }, (_, i) => (i * 7) % 10)
    // A few of the penalties, since glmnet fitted all of them to each fold.
    const at = bySums(each) ? [...each.lambdas.keys()] : [10]
    const lambdas = at.map((i) => each.lambdas[i] as number)
    const { validated }: { path: Path; validated: CrossValidated } = bySums(each)
      ? gaussianByFolds(summed(each).columns, folds, summed(each).unit, each.alpha, lambdas)
      : glmByFolds(problemOf(each), folds, each.alpha, lambdas)
    const of = (values: readonly number[]) => at.map((i) => values[i] as number)
    // glmnet's first ridge is of an infinite penalty, whatever it calls it.
    const from = each.alpha === 0 ? 1 : 0
    const cv = each.cv as NonNullable<Case['cv']>
    expect(farthest(validated.errors.slice(from), of(cv.errors).slice(from))).toBeLessThan(1e-7)
    expect(farthest(validated.spreads.slice(from), of(cv.spreads).slice(from))).toBeLessThan(1e-6)
    if (!bySums(each)) return
    expect(lambdas[validated.best]).toBe(cv.best)
    expect(lambdas[validated.simplest]).toBe(cv.simplest)
  })
})

describe('sums and records', () => {
  const each = cases[1] as Case

  test('give a linear model’s penalised fit alike', () => {
    const lambdas = [0.1, 1].map((share) => share * (each.lambdas[20] as number))
    const records = pathOf(glmPenalised(problemOf(each)), each.alpha, lambdas)
    const sums = pathOf(penalisedOf(each), each.alpha, lambdas)
    sums.fits.forEach((fit, i) => {
      const other = records.fits[i] as PenalisedFit
      expect(farthest([fit.deviance], [other.deviance])).toBeLessThan(1e-11)
      expect(
        apart(each, fit, [0, ...[...other.slopes].map((b, j) => b * (stepsOf(each)[j]?.scale.units ?? 1))]),
      ).toBeLessThan(1e-11)
    })
  })

  test('have no coefficient for a column of one value', () => {
    const { columns, unit } = summed(each)
    const constant = [columns[0], columns[0]?.map(() => 7), ...columns.slice(1)] as Float64Array[]
    const [fit] = pathOf(gaussianPenalised(gramOf(constant), unit), 0.5, [1]).fits
    expect(fit?.slopes[0]).toBe(0)
    expect(fit?.violation).toBeLessThan(1e-12)
    const problem = problemOf(each)
    const [other] = pathOf(glmPenalised({ ...problem, columns: constant.slice(0, -1) }), 0.5, [1]).fits
    expect(other?.slopes[0]).toBe(0)
  })

  test('of two columns that are the same give each a half under a ridge', () => {
    const { columns, unit } = summed(each)
    const twice = [columns[0], columns[1], ...columns.slice(1)] as Float64Array[]
    const [fit] = pathOf(gaussianPenalised(gramOf(twice), unit), 0, [1]).fits
    expect(farthest([fit?.slopes[0] as number], [fit?.slopes[1] as number])).toBeLessThan(1e-12)
    const [lasso] = pathOf(gaussianPenalised(gramOf(twice), unit), 1, [1]).fits
    expect(lasso?.violation).toBeLessThan(1e-12)
  })
})

test('of curves that are all but the same, more than the records, a lasso is at its optimum', () => {
  // What a spectrum looks like: each column is next to those beside it.
  const columns = Array.from({ length: 50 }, (_, j) =>
    Float64Array.from({ length: 40 }, (_each, i) => {
      const at = j / 50
      return Math.round(1e5 * (3 + sin(at + i / 7) + sin(2 * at + (i * i) / 11) / 9 + sin(5 * at + i ** 3 / 13) / 99))
    }),
  )
  const outcomes = Float64Array.from({ length: 40 }, (_, i) => 100 + ((i * 37) % 41) + ((i * i) % 7))
  const ones = outcomes.map(() => 1)
  const { fits } = pathOf(gaussianPenalised(gramOf([ones, ...columns, outcomes]), 1), 1)
  expect(Math.max(...fits.map(({ violation }) => violation))).toBeLessThan(1e-12)
  expect(Math.max(...fits.map(({ slopes }) => slopes.filter((b) => b !== 0).length))).toBeGreaterThan(3)
})

test('folds are as many of one as of another, and those of a seed', () => {
  const folds = foldsOf(103, 10, 1)
  const counts = Array.from({ length: 10 }, (_, fold) => folds.filter((each) => each === fold).length)
  expect(counts).toEqual([11, 11, 11, 10, 10, 10, 10, 10, 10, 10])
  expect([...folds.subarray(0, 8)]).toEqual([...foldsOf(103, 10, 1).subarray(0, 8)])
  expect([...foldsOf(103, 10, 2)]).not.toEqual([...folds])
  expect([...folds].some((fold, i) => fold !== i % 10)).toBe(true)
})
