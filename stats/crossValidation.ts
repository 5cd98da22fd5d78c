import { gramOf } from './exactSums.ts'
import { gaussianPenalised, meanSquaredError } from './gaussianPath.ts'
import { type GlmProblem, weighted } from './glm.ts'
import { glmPenalised } from './glmPath.ts'
import { momentsOf } from './moments.ts'
import { type Path, type PenalisedFit, pathOf } from './path.ts'
import { Sum } from './sums.ts'

/**
 * Which penalty does best on records that it was not fitted to: each fold is left out once, and all penalties of the whole
 * path are fitted to the others. glmnet's `cv.glmnet` with those penalties, by fold, a fold counting as its records do.
 */
export interface CrossValidated {
  readonly folds: number
  /** For each penalty: the mean squared error of a linear model, else the mean deviance, and the standard error of that. */
  readonly errors: readonly number[]
  readonly spreads: readonly number[]
  /** The places of the penalty with the least error, and of the largest one that is within a standard error of it. */
  readonly best: number
  readonly simplest: number
}

/** How a fold is left out: what it counts, and the error of each penalty on it. */
interface LeftOut {
  readonly counts: number
  readonly errors: readonly number[]
}

/** By sums alone: those of a fold are taken off those of all. `columns` begin with that of ones; the outcomes are the last. */
export function gaussianByFolds(
  columns: readonly Float64Array[],
  folds: Uint8Array,
  unit: number,
  alpha: number,
  lambdas?: readonly number[],
): { readonly path: Path; readonly validated: CrossValidated } {
  const grams = placesByFold(folds).map((places) => gramOf(columns.map((column) => at(column, places))))
  const whole = sumOfGrams(grams)
  const path = pathOf(gaussianPenalised(whole, unit), alpha, lambdas)
  const used = path.fits.map(({ lambda }) => lambda)
  const leftOut = grams.map((gram): LeftOut => {
    const others = whole.map((row, j) => row.map((sum, k) => sum - (gram[j]?.[k] as bigint)))
    const moments = momentsOf(gram)
    const { fits } = pathOf(gaussianPenalised(others, unit), alpha, used)
    return { counts: moments.records, errors: fits.map((fit) => meanSquaredError(fit, moments, unit)) }
  })
  return { path, validated: judged(used, leftOut) }
}

const sumOfGrams = (grams: readonly (readonly (readonly bigint[])[])[]): bigint[][] =>
  (grams[0] as readonly (readonly bigint[])[]).map((row, j) =>
    row.map((_, k) => grams.reduce((sum, gram) => sum + (gram[j]?.[k] as bigint), 0n)),
  )

/** By the records. */
export function glmByFolds(
  problem: GlmProblem,
  folds: Uint8Array,
  alpha: number,
  lambdas?: readonly number[],
): { readonly path: Path; readonly validated: CrossValidated } {
  const path = pathOf(glmPenalised(problem), alpha, lambdas)
  const used = path.fits.map(({ lambda }) => lambda)
  const leftOut = placesByFold(folds).map((places): LeftOut => {
    const isOut = new Set(places)
    const others = [...folds.keys()].filter((i) => !isOut.has(i))
    const { fits } = pathOf(glmPenalised(recordsAt(problem, others)), alpha, used)
    return lossesOf(recordsAt(problem, places), fits)
  })
  return { path, validated: judged(used, leftOut) }
}

const at = (values: Float64Array, places: readonly number[]): Float64Array =>
  Float64Array.from(places, (i) => values[i] as number)

function placesByFold(folds: Uint8Array): number[][] {
  const places = Array.from({ length: Math.max(...folds) + 1 }, (): number[] => [])
  for (const [i, fold] of folds.entries()) places[fold]?.push(i)
  return places
}

const recordsAt = (problem: GlmProblem, places: readonly number[]): GlmProblem => ({
  ...problem,
  columns: problem.columns.map((column) => at(column, places)),
  outcomes: at(problem.outcomes, places),
  weights: problem.weights && at(problem.weights, places),
  offset: problem.offset && at(problem.offset, places),
})

/** As near to 0 and 1 as `cv.glmnet` lets a probability be: one record that was told apart is not to decide. */
const leastShare = 1e-5

function lossesOf(problem: GlmProblem, fits: readonly PenalisedFit[]): LeftOut {
  const { family, link, columns, outcomes, weights, offset } = weighted(problem)
  const held = (mean: number): number =>
    family.outcomes === 'shares' ? Math.min(Math.max(mean, leastShare), 1 - leastShare) : mean
  const counts = new Sum()
  for (const w of weights) counts.add(w)
  const errors = fits.map(({ slopes, constant }) => {
    const sum = new Sum()
    for (const [i, y] of outcomes.entries()) {
      let eta = constant + (offset[i] as number)
      for (const [j, slope] of slopes.entries()) eta += slope * (columns[j + 1]?.[i] as number)
      sum.addProduct(weights[i] as number, family.deviance(y, held(link.mean(eta))))
    }
    return sum.value[0] / counts.value[0]
  })
  return { counts: counts.value[0], errors }
}

function judged(lambdas: readonly number[], leftOut: readonly LeftOut[]): CrossValidated {
  const all = leftOut.reduce((sum, { counts }) => sum + counts, 0)
  const mean = (of: (fold: LeftOut) => number): number =>
    leftOut.reduce((sum, fold) => sum + (fold.counts / all) * of(fold), 0)
  const errors = lambdas.map((_, i) => mean((fold) => fold.errors[i] as number))
  const spreads = errors.map((error, i) =>
    Math.sqrt(mean((fold) => ((fold.errors[i] as number) - error) ** 2) / (leftOut.length - 1)),
  )
  const best = errors.indexOf(Math.min(...errors))
  const most = (errors[best] as number) + (spreads[best] as number)
  return { folds: leftOut.length, errors, spreads, best, simplest: errors.findIndex((error) => error <= most) }
}
