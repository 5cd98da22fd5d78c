import type { Column, Derived, Feature, Input } from '../core/card/card.ts'
import type { Link } from '../core/card/link.ts'
import { decimalOfText } from '../core/card/steps.ts'
import { BlindscoreError } from '../core/errors.ts'
import { log2 } from '../core/number/elementary.ts'
import { bitLength } from '../core/number/integers.ts'
import { add, multiply, power, type Rational, rational, roundTimes } from '../core/number/rational.ts'
import { keySizes, slotsPerCiphertext } from '../core/protocol/paillier/layout.ts'
import type { Head, RealHead, SplitModel } from '../core/protocol/scoring.ts'
import type { Wanted } from './defaultRanges.ts'
import { fail } from './faults.ts'
import type { ModelColumn, ModelFile } from './modelFile.ts'
import { type Parts, partsOf } from './parts.ts'
import { choosePlaces, roundingError } from './places.ts'
import { inputsOf, publicDerived, publicFeature } from './published.ts'
import type { Range } from './range.ts'
import { rangesOf, usedByExpressions } from './ranges.ts'
import { usedBy } from './uses.ts'
import { type ColumnWeight, type ColumnWeights, seenColumns } from './weights.ts'

/**
 * The bit budget: real weights become integers, and the proof that every linear predictor fits its slot and is
 * within the tolerance. All of it in exact arithmetic.
 *
 * W_j = round(w_j · step_j · S) and C = round((b + Σ w_j · min_j) · S + Σ δ_j · X_j/2), with S = 2^scaleBits and
 * δ_j = w_j · step_j · S − W_j, so S·η ≈ C + Σ W_j·x_j.
 * Error: |η − (C + Σ W_j·x_j)/S| ≤ Σ |w_j|·step_j/2 (over inputs that round) + (Σ X_j/2 + 1)/(2S):
 * each W_j is off by δ_j, at most 1/2, and the constant stands for δ_j·X_j/2 of that, so what is left of δ_j·x_j is at
 * most |δ_j|·X_j/2 ≤ X_j/4; C is off by at most 1/2; a value rounded to its step is off by at most half a step.
 * Where an input counts in units, x_j and X_j are that many times larger, and W_j as many times smaller.
 * Slot: T = 1 + bits(max over heads of |C| + Σ |W_j|·X_j), so |S·η| < 2^(T−1), and S·η + 2^(T−1) is in (0, 2^T).
 * A slot also holds every x_j while it is sealed: that needs more only where all weights of an input round to zero.
 */

export interface CompiledModel extends SplitModel {
  /** Per column, features first: where its range comes from. */
  readonly rangesFrom: readonly Range['from'][]
  /** The heads before they became integers. */
  readonly realHeads: readonly RealHead[]
}

const limit53 = 2 ** 53
const mostScaleBits = 400
const leastScaleBits = -100

/**
 * Splits a model file into its public card and its private heads.
 * Throws `model/invalid` for terms and ranges that contradict each other, and `model/budget`, naming the feature
 * that costs most, when no steps and scale meet the tolerance within the smallest key.
 */
export function compileModel(file: ModelFile): CompiledModel {
  const failures: BlindscoreError[] = []
  const model = compileFirst(file, attempts(file), failures)
  if (model !== undefined) return model
  const failure = failures.at(-1)
  // Proven ranges may be wider than a double tells apart at that tolerance, which the file leaves open.
  const tooFine = failure?.fault === 'stepTooFine' || failure?.fault === 'roundingBudget'
  const looser = file.tolerance === undefined && tooFine ? [1e-5, 1e-4, 1e-3] : []
  const wanted = looser.map((most): Wanted => ({ most, stated: false, narrowed: 0 }))
  const loose = compileFirst(file, wanted, failures)
  if (loose === undefined) throw failure
  return loose
}

/** The first attempt that fits the budget; the failures of those before it are noted. */
function compileFirst(
  file: ModelFile,
  wanted: readonly Wanted[],
  failures: BlindscoreError[],
): CompiledModel | undefined {
  for (const each of wanted) {
    try {
      return compileAt(file, each)
    } catch (thrown) {
      if (!(thrown instanceof BlindscoreError && thrown.code === 'model/budget')) throw thrown
      failures.push(thrown)
    }
  }
  return undefined
}

/** A default range is not narrowed to less than a millionth of what its steps allow. */
const mostNarrowed = 6

/** What is tried until the budget holds: the tolerances, then the same with default ranges a digit narrower. */
function attempts(file: ModelFile): Wanted[] {
  const stated = file.tolerance !== undefined
  const tolerances = file.tolerance === undefined ? [...defaultTolerances(file.link), 1e-6] : [file.tolerance]
  const narrowest = hasDefaultRanges(file) ? mostNarrowed : 0
  return Array.from({ length: narrowest + 1 }, (_, narrowed) =>
    tolerances.map((most): Wanted => ({ most, stated, narrowed })),
  ).flat()
}

function hasDefaultRanges(file: ModelFile): boolean {
  const columns: readonly ModelColumn[] = [...file.features, ...(file.derived ?? [])]
  return columns.some((column) => column.type !== 'category' && column.range === undefined)
}

function compileAt(file: ModelFile, wanted: Wanted): CompiledModel {
  const parts = partsOf(file)
  const { columns, headNames, responses, reasons } = parts
  const steps = chooseSteps(file, parts, wanted)
  const { ranges, tolerance, features, derived, stepError } = steps
  const { inputs, scaleBits, heads } = chooseScale(file, parts, steps)
  // A hair above, for the doubles that it is computed in.
  const errorBound = (stepError + spanOf(inputs) / 2 / 2 ** scaleBits) * (1 + 1e-10)
  const slotBits = slotBitsOf(inputs, heads)
  const smallestKey = file.smallestKey ?? keySizes[0]
  if (slotsPerCiphertext(slotBits, smallestKey) < 1) {
    const most = largest(inputs, (input, j) => Math.max(...heads.map((head) => weightOf(head, j) * input.max)))
    const column = columns[most.column]?.name ?? ''
    fail('model/budget', 'noRecordFits', {
      bits: smallestKey,
      column,
      ...unstated(columns, ranges, [most.column], [...columns.keys()]),
    })
  }
  const realHeads = file.heads.map(({ intercept }, h) =>
    realHead(intercept, parts.weights[h] as ColumnWeights, [...features, ...derived], inputs),
  )
  return {
    heads,
    realHeads,
    rangesFrom: ranges.map(({ from }) => from),
    card: {
      format: 'blindscore-card/1',
      id: file.id,
      version: file.version,
      title: file.title,
      description: file.description,
      outcome: file.outcome ?? '',
      ...(file.data && { data: file.data }),
      ...(file.quality && { quality: file.quality }),
      features,
      derived,
      inputs,
      heads: headNames.map((name, i) => ({ name, ...(file.heads[i]?.role && { role: 'reason' as const }) })),
      link: file.link,
      responses,
      ...(file.outputs && { outputs: file.outputs }),
      ...(file.decision !== undefined && { decision: file.decision }),
      label: file.label ?? file.decision !== undefined,
      ...(reasons && { reasons }),
      tolerance,
      errorBound,
      scaleBits,
      slotBits,
      verification: (file.verification ?? []).map(({ record, ...expected }) => ({
        ...expected,
        record: Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)])),
      })),
    },
  }
}

/** What the columns are published as, and what rounding to their steps costs of the tolerance. */
interface Steps {
  readonly ranges: readonly Range[]
  readonly tolerance: number
  readonly features: Feature[]
  readonly derived: Derived[]
  readonly inputs: Input[]
  /** The most that rounding to steps may cost, over the heads; the scale gets the rest of the tolerance. */
  readonly stepError: number
}

function chooseSteps(file: ModelFile, { columns, weights }: Parts, wanted: Wanted): Steps {
  const seen = seenColumns(weights)
  const { ranges, tolerance } = rangesOf(file, columns, weights, seen, wanted)
  const places = choosePlaces(columns, ranges, weights, seen, tolerance)
  const features = file.features.map((feature, i) => publicFeature(feature, ranges[i] as Range, places[i] as number))
  const derived = (file.derived ?? []).map((column, i) => {
    const at = file.features.length + i
    return publicDerived(column, ranges[at] as Range, places[at] as number)
  })
  const inputs = inputsOf([...features, ...derived], weights, seen, usedByExpressions(file))
  const errorIn = (head: ColumnWeights, input: Input): number => {
    // A range of one value leaves nothing to round, where it is a step.
    if (input.kind !== 'value' || input.max === 0) return 0
    const c = input.column
    const weight = head.get(c)?.value ?? 0
    return roundingError(columns[c] as ModelColumn, ranges[c] as Range, weight, places[c] as number)
  }
  const stepError = weights
    .map((head) => inputs.reduce((sum, input) => sum + errorIn(head, input), 0))
    .reduce((a, b) => Math.max(a, b), 0)
  if (!(tolerance - stepError >= tolerance / 4)) {
    const most = largest(inputs, (input) => Math.max(...weights.map((head) => errorIn(head, input))))
    fail('model/budget', 'roundingBudget', { column: columns[most.column]?.name ?? '' })
  }
  return { ranges, tolerance, features, derived, inputs, stepError }
}

/** The scale that what is left of the tolerance needs, and the heads in integers of that scale. */
function chooseScale(
  file: ModelFile,
  { columns, weights }: Parts,
  { tolerance, stepError, features, derived, inputs: plain, ranges }: Steps,
): { readonly inputs: Input[]; readonly scaleBits: number; readonly heads: readonly Head[] } {
  const published = [...features, ...derived]
  const scaled = (inputs: Input[]) => {
    const scaleBits = scaleFor(inputs, tolerance - stepError)
    const heads = file.heads.map((head, h) =>
      integerHead(head.intercept, weights[h] as ColumnWeights, published, inputs, scaleBits),
    )
    return { inputs, scaleBits, heads, fit: heads.every(({ weights }) => weights.every((w) => Math.abs(w) < limit53)) }
  }
  const counted = scaled(plain)
  const { fit, ...chosen } = counted.fit ? counted : scaled(inUnits(plain))
  if (!fit) {
    const most = largest(chosen.inputs, (_, j) => Math.max(...chosen.heads.map((head) => weightOf(head, j))))
    // Inputs that count in units need about as many bits whatever is beside them, so that is no cure.
    fail('model/budget', 'weightBits', {
      column: columns[most.column]?.name ?? '',
      ...unstated(columns, ranges, [most.column]),
    })
  }
  return chosen
}

/** The width of a slot: of every predictor, in its sign and magnitude, and of every input while it is sealed. */
function slotBitsOf(inputs: readonly Input[], heads: readonly Head[]): number {
  const bounds = heads.map((head) =>
    inputs.reduce(
      (sum, input, j) => sum + BigInt(weightOf(head, j)) * BigInt(input.max),
      head.constant < 0n ? -head.constant : head.constant,
    ),
  )
  return Math.max(
    ...bounds.map((bound) => 1 + bitLength(bound)),
    ...inputs.map((input) => bitLength(BigInt(input.max))),
    2,
  )
}

/**
 * The features without a range that columns with a default range are made of: stating theirs is a cure. Those of the first
 * columns come first.
 */
function unstated(
  columns: readonly ModelColumn[],
  ranges: readonly Range[],
  ...of: readonly (readonly number[])[]
): { readonly unstated: string[]; readonly count: number } {
  const indexOf = new Map(columns.map(({ name }, c) => [name, c]))
  const used = of.flatMap((some) =>
    usedBy(
      some.filter((c) => ranges[c]?.from === 'default'),
      columns,
      indexOf,
    ),
  )
  const found = new Set<string>()
  for (const column of used.map((c) => columns[c] as ModelColumn)) {
    if (!('expression' in column) && column.type !== 'category' && column.range === undefined) found.add(column.name)
  }
  return { unstated: [...found].slice(0, 8), count: found.size }
}

/** |W_j|. */
const weightOf = (head: Head, j: number): number => Math.abs(head.weights[j] as number)

/**
 * What is tried before the promise of a millionth, where the file makes none: links that are steep at zero have their
 * predictors near it (a mean of 200 is a predictor of 0.005, or 0.000025).
 */
function defaultTolerances(link: Link): readonly number[] {
  if (link === 'inverse-square') return [1e-15, 1e-12, 1e-9]
  const steep =
    link === 'inverse' ||
    (typeof link === 'object' &&
      ('negativeBinomial' in link || ('power' in link && (link.power < 0 || link.power > 1))))
  return steep ? [1e-12, 1e-9] : []
}

/** Σ X_j/2 + 1. */
const spanOf = (inputs: readonly Input[]): number => inputs.reduce((sum, input) => sum + input.max / 2, 0) + 1

/** The scale's bits: the smallest S with span/(2S) ≤ left. */
function scaleFor(inputs: readonly Input[], left: number): number {
  // These sums are doubles: the 10^-9 here pays for the 10^-10 of the published bound, which keeps that at or above the
  // exact one and still within the tolerance, since `left` is a quarter of it or more.
  const scaleBits = Math.ceil(log2((spanOf(inputs) / (2 * left)) * (1 + 1e-9)))
  if (!(scaleBits >= leastScaleBits && scaleBits <= mostScaleBits)) {
    fail('model/budget', 'scaleBits', { bits: scaleBits })
  }
  return scaleBits
}

/**
 * Inputs of few steps beside inputs of very many: the scale that the many need gives the few weights beyond 53 bits.
 * They count in units instead, so that all inputs are about as large. That depends on the ranges alone.
 */
function inUnits(inputs: readonly Input[]): Input[] {
  const widest = Math.max(...inputs.map(({ max }) => max))
  return inputs.map((input) => {
    const unit = 2 ** Math.floor(log2(widest / Math.max(1, input.max)))
    return unit > 1 ? { ...input, max: input.max * unit, unit } : input
  })
}

function integerHead(
  intercept: number,
  weights: ColumnWeights,
  columns: readonly Column[],
  inputs: readonly Input[],
  scaleBits: number,
): Head {
  const scale = power(2n, scaleBits)
  let constant: Rational = multiply(rational(intercept), scale)
  const integers = inputs.map((input) => {
    const column = columns[input.column] as Column
    const exact = exactWeight(input, column, weights.get(input.column), scale)
    if (input.kind === 'value' && column.type === 'number') {
      const { mantissa, scale: places } = decimalOfText(column.min)
      const least = multiply({ over: mantissa, under: 1n }, power(10n, -places))
      constant = add(constant, multiply(multiply(rational(weights.get(input.column)?.value ?? 0), least), scale))
    }
    const weight = roundTimes(exact, one)
    // What rounding the weight takes from a record in the middle of the input's range is given back by the constant.
    const rest = add(exact, { over: -weight, under: 1n })
    constant = add(constant, multiply(rest, { over: BigInt(input.max), under: 2n }))
    return weight
  })
  return { weights: Float64Array.from(integers, Number), constant: roundTimes(constant, one) }
}

function realHead(
  intercept: number,
  weights: ColumnWeights,
  columns: readonly Column[],
  inputs: readonly Input[],
): RealHead {
  const real = inputs.map((input) => realWeight(input, columns[input.column] as Column, weights.get(input.column)))
  return { weights: Float64Array.from(real), intercept }
}

const one: Rational = { over: 1n, under: 1n }

/** The weight of one step of an input, of one unit where it counts in units, times the scale: not rounded yet. */
function exactWeight(input: Input, column: Column, weights: ColumnWeight | undefined, scale: Rational): Rational {
  const perUnit = multiply(scale, { over: 1n, under: BigInt(input.unit ?? 1) })
  const perInput = multiply(rational(realWeight(input, column, weights)), perUnit)
  return column.type === 'number' ? multiply(perInput, power(10n, -column.places)) : perInput
}

/** The weight of an input as the model file has it. */
function realWeight(input: Input, column: Column, weights: ColumnWeight | undefined): number {
  if (column.type === 'number') return weights?.value ?? 0
  return input.kind === 'level' ? (weights?.levels.get(column.levels[input.level] ?? '') ?? 0) : 0
}

function largest(inputs: readonly Input[], share: (input: Input, j: number) => number): Input {
  const shares = inputs.map(share)
  return inputs[shares.indexOf(Math.max(...shares))] as Input
}
