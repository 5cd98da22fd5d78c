import { add, type DoubleDouble, multiply, negate } from '../core/number/doubleDouble.ts'
import { backward, cholesky, forward } from './cholesky.ts'
import { type Basis, basisOf } from './exactBasis.ts'
import { gramOf } from './exactSums.ts'
import { type Family, type FamilyName, families } from './families.ts'
import { fail } from './faults.ts'
import { dotOfTwo, lengthOf, Sum } from './sums.ts'

/**
 * Fits a generalised linear model with its canonical link by Newton's method, which for such links is iteratively
 * reweighted least squares: β ← β + A⁻¹(X'y − X'μ), A = X'WX, W = b''(η). Of the outcomes it takes X'y alone, and where
 * a fit is to stop as R's does, the outcomes as well, since R begins with them.
 */
export interface Problem {
  readonly family: FamilyName
  /** The design: columns of integers in [0, 2^53), as long as there are records; the first one is all ones. */
  readonly columns: readonly Float64Array[]
  /** X'y. */
  readonly totals: readonly DoubleDouble[]
  /** The variance that each outcome has beside the family's, because it was randomised. */
  readonly noise?: number
}

/**
 * Where a fit stops: at the optimum, within 1e-10 of a standard error, and standard errors are those of the optimum; or
 * where R's `glm` does by default, with the standard errors of its last but one estimate.
 */
export type Stopping = { readonly at: 'optimum' } | { readonly at: 'r'; readonly outcomes: Float64Array }

export interface Fit {
  readonly records: number
  /** The columns that have a coefficient: the others are sums of columns before them. */
  readonly kept: readonly number[]
  /** β of all columns; 0 where a column has none. */
  readonly coefficients: readonly DoubleDouble[]
  /** F with FF' the covariance where the dispersion is 1, a row for each column, zeros where it has no coefficient. */
  readonly factor: readonly Float64Array[]
  /** β'X'y − Σ b(η). */
  readonly likelihood: DoubleDouble
  readonly rounds: number
  /** The largest |η|: beyond some 12 the data all but tell outcomes apart. */
  readonly largest: number
}

const mostRounds = 50
const enough = 1e-10

/** Throws `study/fit` where there is no finite estimate. */
export function fitModel(
  { family: name, columns, totals, noise = 0 }: Problem,
  stopping: Stopping = { at: 'optimum' },
): Fit {
  const records = columns[0]?.length ?? 0
  const family = families[name]
  const basis = basisOf(gramOf(columns), records)
  if (records < basis.kept.length) fail('study/fit', 'noFreedom', { records, columns: basis.kept.length })
  const z = rotated(columns, basis)
  const wanted = basis.vectors.map((vector) =>
    dotOfTwo(
      vector,
      basis.kept.slice(0, vector.length).map((column) => totals[column] as DoubleDouble),
    ),
  )
  const round: Round = { family, z, wanted, records }
  const found = stopping.at === 'r' ? asR(round, stopping.outcomes) : toOptimum(round)
  return { records, kept: basis.kept, ...inColumns(found, basis, columns.length, spreadOf(found, round, noise)) }
}

/** Z = XV, column by column, each value in twice the precision before it is rounded. */
function rotated(columns: readonly Float64Array[], { kept, vectors }: Basis): Float64Array[] {
  return vectors.map((vector) => {
    const used = kept.slice(0, vector.length).map((column) => columns[column] as Float64Array)
    return Float64Array.from(used[0] as Float64Array, (_, i) => {
      const sum = new Sum()
      for (const [k, column] of used.entries()) sum.addProduct(column[i] as number, vector[k] as number)
      return sum.value[0]
    })
  })
}

interface Round {
  readonly family: Family
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
}

interface Found {
  readonly state: State
  /** L with Z'WZ = LL', of the weights whose standard errors are given. */
  readonly root: readonly Float64Array[]
  readonly rounds: number
}

/** Everything of one estimate that the next one needs. */
function stateAt(gamma: Float64Array, { family, z, wanted, records }: Round): State {
  const means = new Float64Array(records)
  const weights = new Float64Array(records)
  const cumulants = new Sum()
  let largest = 0
  for (let i = 0; i < records; i++) {
    let eta = 0
    for (let j = 0; j < gamma.length; j++) eta += (z[j]?.[i] as number) * (gamma[j] as number)
    const mean = family.mean(eta)
    means[i] = mean
    weights[i] = family.variance(mean)
    cumulants.add(family.cumulant(eta))
    largest = Math.max(largest, Math.abs(eta))
  }
  const likelihood = add(dotOfTwo(gamma, wanted), negate(cumulants.value))
  return { gamma, means, weights, likelihood, largest }
}

/** Z'y − Z'μ. */
function scoreOf({ means }: State, { z, wanted }: Round): Float64Array {
  return Float64Array.from(z, (column, j) => {
    const sum = new Sum()
    for (let i = 0; i < means.length; i++) sum.addProduct(column[i] as number, means[i] as number)
    return add(wanted[j] as DoubleDouble, negate(sum.value))[0]
  })
}

/** L of Z'WZ. Throws where the weights have all but vanished. */
function rootOf(weights: Float64Array, { z }: Round, rounds: number): Float64Array[] {
  const information = z.map(() => new Float64Array(z.length))
  const weighed = new Float64Array(weights.length)
  for (const [j, left] of z.entries()) {
    for (let i = 0; i < weights.length; i++) weighed[i] = (left[i] as number) * (weights[i] as number)
    for (let k = 0; k <= j; k++) {
      const right = z[k] as Float64Array
      let sum = 0
      for (let i = 0; i < weights.length; i++) sum += (weighed[i] as number) * (right[i] as number)
      ;(information[j] as Float64Array)[k] = sum
      ;(information[k] as Float64Array)[j] = sum
    }
  }
  return cholesky(information) ?? fail('study/fit', 'noFiniteFit', { rounds })
}

const solve = (root: readonly Float64Array[], b: Float64Array): Float64Array => backward(root, forward(root, b))

/** From the mean of all outcomes, with halved steps where a whole one makes things worse. */
function toOptimum(round: Round): Found {
  let state = stateAt(firstGuess(round), round)
  for (let rounds = 1; rounds <= mostRounds; rounds++) {
    const root = rootOf(state.weights, round, rounds)
    const score = scoreOf(state, round)
    const step = solve(root, score)
    // Newton's decrement: the distance from the optimum in standard errors, to first order.
    const near = lengthOf(forward(root, score)) <= enough
    state = stepped(state, step, round, near)
    if (near) return { state, root: rootOf(state.weights, round, rounds), rounds }
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
  const eta = family.link(mean)
  if (!Number.isFinite(eta)) fail('study/fit', 'oneOutcome')
  const gamma = new Float64Array(z.length)
  gamma[0] = eta / scale
  return gamma
}

/** R's default: its own first means, and the end when the deviance changes by less than 1e-8 of itself. */
function asR(round: Round, outcomes: Float64Array): Found {
  const { family, z } = round
  const means = outcomes.map(family.start)
  const weights = means.map(family.variance)
  const working = means.map((mean, i) => family.link(mean) + ((outcomes[i] as number) - mean) / (weights[i] as number))
  let root = rootOf(weights, round, 1)
  const right = Float64Array.from(z, (column) => {
    const sum = new Sum()
    for (const [i, w] of weights.entries()) sum.addProduct(column[i] as number, w * (working[i] as number))
    return sum.value[0]
  })
  let state = stateAt(solve(root, right), round)
  const saturated = saturatedLikelihood(family, outcomes)[0]
  let before = 2 * (saturated - likelihoodOf(family, means, outcomes))
  for (let rounds = 1; rounds <= mostRounds; rounds++) {
    const deviance = 2 * (saturated - state.likelihood[0])
    if (Math.abs(deviance - before) / (Math.abs(deviance) + 0.1) < 1e-8) return { state, root, rounds }
    before = deviance
    root = rootOf(state.weights, round, rounds)
    state = stateAt(
      solve(root, scoreOf(state, round)).map((step, j) => step + (state.gamma[j] as number)),
      round,
    )
  }
  return fail('study/fit', 'noFiniteFit', { rounds: mostRounds })
}

function likelihoodOf(family: Family, means: Float64Array, outcomes: Float64Array): number {
  const sum = new Sum()
  for (const [i, mean] of means.entries()) {
    const eta = family.link(mean)
    sum.addProduct(outcomes[i] as number, eta)
    sum.add(-family.cumulant(eta))
  }
  return sum.value[0]
}

/** The likelihood where every mean is its outcome: what a deviance is measured from. */
export function saturatedLikelihood(family: Family, outcomes: Float64Array): DoubleDouble {
  const sum = new Sum()
  for (const y of outcomes) sum.add(family.saturated(y))
  return sum.value
}

/** What a row of V becomes in F: with A = LL' and A⁻¹ the covariance L⁻¹v, with noise of variance s² in all outcomes K'A⁻¹v, KK' = A + s²Z'Z. */
type Spread = (row: Float64Array) => Float64Array

function spreadOf({ state, root, rounds }: Found, round: Round, noise: number): Spread {
  if (noise === 0) return (row) => forward(root, row)
  const wider = rootOf(
    state.weights.map((weight) => weight + noise),
    round,
    rounds,
  )
  return (row) => {
    const solved = solve(root, row)
    return Float64Array.from(row, (_, j) =>
      wider.reduce((sum, below, i) => sum + (below[j] as number) * (solved[i] as number), 0),
    )
  }
}

function inColumns({ state, rounds }: Found, { kept, vectors }: Basis, count: number, spread: Spread) {
  const coefficients = Array.from({ length: count }, (): DoubleDouble => [0, 0])
  const factor: Float64Array[] = Array.from({ length: count }, () => new Float64Array(kept.length))
  for (const [place, column] of kept.entries()) {
    // Row `place` of V, which has a value in the columns from there on.
    const row = Float64Array.from(vectors, (vector) => vector[place] ?? 0)
    let sum: DoubleDouble = [0, 0]
    for (const [j, g] of state.gamma.entries()) sum = add(sum, multiply([row[j] as number, 0], [g, 0]))
    coefficients[column] = sum
    factor[column] = spread(row)
  }
  return { coefficients, factor, rounds, likelihood: state.likelihood, largest: state.largest }
}
