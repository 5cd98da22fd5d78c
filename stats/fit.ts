import { add, type DoubleDouble, negate } from '../core/number/doubleDouble.ts'
import { forward } from './cholesky.ts'
import { basisBefore, basisOf, type ExactOutcomes } from './exactBasis.ts'
import { gramOf } from './exactSums.ts'
import { type CanonicalName, canonicalLink, cumulants, families } from './families.ts'
import { fail } from './faults.ts'
import { type InColumns, inColumns, predictorAt, rootOf, rotated, solve, sumsOf } from './rotation.ts'
import { dotOfTwo, lengthOf, Sum } from './sums.ts'

/**
 * Fits a generalised linear model with its canonical link by Newton's method, which for such links is iteratively
 * reweighted least squares: β ← β + A⁻¹(X'y − X'μ), A = X'WX, W = b''(η). Of the outcomes it takes X'y alone, within 1e-10
 * of a standard error of the optimum; `glm.ts` is for outcomes that are here.
 */
export interface Problem {
  readonly family: CanonicalName
  /** The design: columns of integers in [0, 2^53), as long as there are records; the first one is all ones. */
  readonly columns: readonly Float64Array[]
  /** X'y. */
  readonly totals: readonly DoubleDouble[]
  /** The same exactly, with y'y: then what a linear model leaves of the outcomes is known to the last digit. */
  readonly exact?: ExactOutcomes | undefined
  /** The variance that each outcome has beside the family's, because it was randomised. */
  readonly noise?: number
}

/** What every way to fit gives. */
export interface Fit extends InColumns {
  readonly records: number
  /** The columns that have a coefficient: the others are sums of columns before them. */
  readonly kept: readonly number[]
  readonly rounds: number
  /** The largest |η|: beyond some 12 the data all but tell outcomes apart. */
  readonly largest: number
}

export interface FitOfSums extends Fit {
  /** β'X'y − Σ b(η). */
  readonly likelihood: DoubleDouble
  /** Σ (y − η)² of a linear model whose outcomes are known exactly. */
  readonly residual: number | null
}

const mostRounds = 50
const enough = 1e-10
/** What rounding leaves of a decrement, by the length of the predictors: outcomes may be counted in fine steps. */
export const rounding = 1e-13

/** Throws `study/fit` where there is no finite estimate. */
export function fitModel({ family, columns, totals, exact, noise = 0 }: Problem): FitOfSums {
  const records = columns[0]?.length ?? 0
  const gram = gramOf(columns)
  const { basis, residual } =
    family === 'gaussian' && exact
      ? basisBefore(gram, exact, records)
      : { basis: basisOf(gram, records), residual: null }
  if (records < basis.kept.length) fail('study/fit', 'noFreedom', { records, columns: basis.kept.length })
  const z = rotated(columns, basis)
  const wanted = basis.vectors.map((vector) =>
    dotOfTwo(
      vector,
      basis.kept.slice(0, vector.length).map((column) => totals[column] as DoubleDouble),
    ),
  )
  const round: Round = { family, z, wanted, records }
  const { state, rounds, root } = toOptimum(round)
  return {
    records,
    kept: basis.kept,
    ...inColumns(state, basis, columns.length, spreadOf(state, root, round, noise)),
    rounds,
    likelihood: state.likelihood,
    residual,
    largest: state.largest,
  }
}

interface Round {
  readonly family: CanonicalName
  readonly z: readonly Float64Array[]
  /** Z'y. */
  readonly wanted: readonly DoubleDouble[]
  readonly records: number
}

interface State {
  readonly gamma: Float64Array
  readonly means: Float64Array
  readonly weights: Float64Array
  readonly likelihood: DoubleDouble
  readonly largest: number
  /** Σ wη². */
  readonly size: number
}

/** Everything of one estimate that the next one needs. */
function stateAt(gamma: Float64Array, { family, z, wanted, records }: Round): State {
  const means = new Float64Array(records)
  const weights = new Float64Array(records)
  const cumulated = new Sum()
  const [{ variance }, { mean: meanOf }, cumulant] = [families[family], canonicalLink(family), cumulants[family]]
  let [largest, size] = [0, 0]
  for (let i = 0; i < records; i++) {
    const eta = predictorAt(z, gamma, i)
    const mean = meanOf(eta)
    means[i] = mean
    weights[i] = variance(mean)
    cumulated.add(cumulant(eta))
    largest = Math.max(largest, Math.abs(eta))
    size += (weights[i] as number) * eta * eta
  }
  const likelihood = add(dotOfTwo(gamma, wanted), negate(cumulated.value))
  return { gamma, means, weights, likelihood, largest, size }
}

/** Z'y − Z'μ. */
function scoreOf({ means }: State, { z, wanted }: Round): Float64Array {
  return Float64Array.from(sumsOf(z, means), (sum, j) => add(wanted[j] as DoubleDouble, negate(sum))[0])
}

/** L with Z'WZ = LL', of the weights whose standard errors are given. */
type Found = { readonly state: State; readonly root: readonly Float64Array[]; readonly rounds: number }

/** From the mean of all outcomes, with halved steps where a whole one makes things worse. */
function toOptimum(round: Round): Found {
  let state = stateAt(firstGuess(round), round)
  for (let rounds = 1; rounds <= mostRounds; rounds++) {
    const root = rootOf(state.weights, round.z, rounds)
    const score = scoreOf(state, round)
    const step = solve(root, score)
    // Newton's decrement: the distance from the optimum in standard errors, to first order.
    const near = lengthOf(forward(root, score)) <= Math.max(enough, rounding * Math.sqrt(state.size))
    state = stepped(state, step, round, near)
    if (near) return { state, root: rootOf(state.weights, round.z, rounds), rounds }
  }
  return fail('study/fit', 'noFiniteFit', { rounds: mostRounds })
}

function stepped(state: State, step: Float64Array, round: Round, last: boolean): State {
  for (let factor = 1; ; factor /= 2) {
    const next = stateAt(
      state.gamma.map((g, j) => g + factor * (step[j] as number)),
      round,
    )
    // The last step is below what a likelihood can show.
    if (last || factor < 1e-3 || next.likelihood[0] >= state.likelihood[0] - 1e-12 * Math.abs(state.likelihood[0]))
      return next
  }
}

/** The estimate whose means all are that of the outcomes: the first column of Z is a multiple of ones. */
function firstGuess({ family, z, wanted, records }: Round): Float64Array {
  const scale = z[0]?.[0] as number
  const mean = (wanted[0] as DoubleDouble)[0] / scale / records
  const eta = canonicalLink(family).predictor(mean)
  if (!Number.isFinite(eta)) fail('study/fit', 'oneOutcome')
  const gamma = new Float64Array(z.length)
  gamma[0] = eta / scale
  return gamma
}

/** What a row of V becomes in F: with A = LL' and A⁻¹ the covariance L⁻¹v, with noise of variance s² in all outcomes K'A⁻¹v, KK' = A + s²Z'Z. */
function spreadOf(state: State, root: readonly Float64Array[], { z }: Round, noise: number) {
  if (noise === 0) return (row: Float64Array): Float64Array => forward(root, row)
  const wider = rootOf(
    state.weights.map((weight) => weight + noise),
    z,
    mostRounds,
  )
  return (row: Float64Array): Float64Array => {
    const solved = solve(root, row)
    return Float64Array.from(row, (_, j) =>
      wider.reduce((sum, below, i) => sum + (below[j] as number) * (solved[i] as number), 0),
    )
  }
}
