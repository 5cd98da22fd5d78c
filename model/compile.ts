import type { Card, Column, Input } from '../core/card/card.ts'
import { type Link, linkProblem, responseNames } from '../core/card/link.ts'
import { decimalOfText } from '../core/card/steps.ts'
import { BlindscoreError, fail } from '../core/errors.ts'
import { bitLength } from '../core/number/integers.ts'
import { add, multiply, power, type Rational, rational, roundTimes } from '../core/number/rational.ts'
import { keySizes, slotsPerCiphertext } from '../core/protocol/paillier/layout.ts'
import type { Head, SplitModel } from '../core/protocol/scoring.ts'
import type { ModelColumn, ModelFile } from './modelFile.ts'
import { choosePlaces, roundingError } from './places.ts'
import { inputsOf, publicDerived, publicFeature } from './published.ts'
import { type Range, rangesOf, usedByExpressions } from './ranges.ts'
import { type ColumnWeights, seenColumns, uniqueIndex, weightsOfHead } from './weights.ts'

/**
 * The bit budget: real weights become integers, and the proof that every linear predictor fits its slot and is
 * within the tolerance. All of it in exact arithmetic.
 *
 * W_j = round(w_j · step_j · S) and C = round((b + Σ w_j · min_j) · S), with S = 2^scaleBits, so S·η ≈ C + Σ W_j·x_j.
 * Error: |η − (C + Σ W_j·x_j)/S| ≤ Σ |w_j|·step_j/2 (over inputs that round) + (Σ X_j + 1)/(2S):
 * each W_j is off by at most 1/2, so W_j·x_j by at most X_j/2, and C by at most 1/2; a value rounded to its step is
 * off by at most half a step.
 * Where an input counts in units, x_j and X_j are that many times larger, and W_j as many times smaller.
 * Slot: T = 1 + bits(max over heads of |C| + Σ |W_j|·X_j), so |S·η| < 2^(T−1), and S·η + 2^(T−1) is in (0, 2^T).
 * A slot also holds every x_j while it is sealed: that needs more only where all weights of an input round to zero.
 */

export interface CompiledModel extends SplitModel {
  /** Per column, features first: where its range comes from. */
  readonly rangesFrom: readonly Range['from'][]
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
  if (file.tolerance !== undefined) return compileAt(file, { most: file.tolerance, stated: true })
  for (const most of defaultTolerances(file.link)) {
    try {
      return compileAt(file, { most, stated: false })
    } catch (thrown) {
      if (!(thrown instanceof BlindscoreError && thrown.code === 'model/budget')) throw thrown
    }
  }
  return compileAt(file, { most: 1e-6, stated: false })
}

function compileAt(file: ModelFile, wanted: { readonly most: number; readonly stated: boolean }): CompiledModel {
  const smallestKey = file.smallestKey ?? keySizes[0]
  const columns: readonly ModelColumn[] = [...file.features, ...(file.derived ?? [])]
  const indexOf = uniqueIndex(columns.map((column) => column.name))
  const headNames = file.heads.map((head, i) => head.name ?? (file.heads.length === 1 ? 'score' : `head${i + 1}`))
  uniqueIndex(headNames)
  const responses = responsesOf(file, headNames)
  const reasons = reasonsOf(file, headNames, columns)
  const levelSets = new Map<number, ReadonlyMap<string, number>>()
  const levelsOf = (c: number): ReadonlyMap<string, number> => {
    const column = columns[c]
    const levels = levelSets.get(c) ?? uniqueIndex(column?.type === 'category' ? column.levels : [])
    levelSets.set(c, levels)
    return levels
  }
  const weights = file.heads.map((head) => weightsOfHead(head.terms, columns, indexOf, levelsOf))

  const seen = seenColumns(weights)
  const { ranges, tolerance } = rangesOf(file, columns, weights, seen, wanted)
  const places = choosePlaces(columns, ranges, weights, seen, tolerance)
  const features = file.features.map((feature, i) => publicFeature(feature, ranges[i] as Range, places[i] as number))
  const derived = (file.derived ?? []).map((column, i) => {
    const at = file.features.length + i
    return publicDerived(column, ranges[at] as Range, places[at] as number)
  })
  const published: readonly Column[] = [...features, ...derived]
  const plain = inputsOf(published, weights, seen, usedByExpressions(file))

  // What rounding to steps may cost at most, over the heads; the scale gets the rest of the tolerance.
  const errorOf = (head: ColumnWeights, input: Input): number => {
    // A range of one value leaves nothing to round, where it is a step.
    if (input.kind !== 'value' || input.max === 0) return 0
    const c = input.column
    const weight = head.get(c)?.value ?? 0
    return roundingError(columns[c] as ModelColumn, ranges[c] as Range, weight, places[c] as number)
  }
  const stepError = weights
    .map((head) => plain.reduce((sum, input) => sum + errorOf(head, input), 0))
    .reduce((a, b) => Math.max(a, b), 0)
  const left = tolerance - stepError
  if (!(left >= tolerance / 4)) {
    const most = largest(plain, (input) => Math.max(...weights.map((head) => errorOf(head, input))))
    fail(
      'model/budget',
      `Rounding alone takes more than three quarters of the tolerance, most of it for "${columns[most.column]?.name}". Declare a finer step or a narrower range for it, or loosen the tolerance.`,
    )
  }
  const integerHeads = (inputs: Input[]) => {
    const scaleBits = scaleFor(inputs, left)
    const heads = file.heads.map((head, h) =>
      integerHead(head.intercept, weights[h] as ColumnWeights, published, inputs, scaleBits),
    )
    return { inputs, scaleBits, heads, fit: heads.every(({ weights }) => weights.every((w) => Math.abs(w) < limit53)) }
  }
  const counted = integerHeads(plain)
  const { inputs, scaleBits, heads, fit } = counted.fit ? counted : integerHeads(inUnits(plain))
  if (!fit) {
    const most = largest(inputs, (_, j) => Math.max(...heads.map((head) => Math.abs(head.weights[j] as number))))
    fail(
      'model/budget',
      `The weight of "${columns[most.column]?.name}" needs more than 53 bits at this tolerance. Declare a finer step or loosen the tolerance.`,
    )
  }
  const errorBound = (stepError + spanOf(inputs) / 2 / 2 ** scaleBits) * (1 + 1e-10)
  const bounds = heads.map((head) =>
    inputs.reduce(
      (sum, input, j) => sum + BigInt(Math.abs(head.weights[j] as number)) * BigInt(input.max),
      head.constant < 0n ? -head.constant : head.constant,
    ),
  )
  const slotBits = Math.max(
    ...bounds.map((bound) => 1 + bitLength(bound)),
    ...inputs.map((input) => bitLength(BigInt(input.max))),
    2,
  )
  if (slotsPerCiphertext(slotBits, smallestKey) < 1) {
    fail(
      'model/budget',
      `No record fits a ${smallestKey}-bit key at this tolerance: ${costliest(columns, inputs, heads)}`,
    )
  }

  return {
    heads,
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
      label: file.label ?? false,
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

/** Σ X_j + 1. */
const spanOf = (inputs: readonly Input[]): number => inputs.reduce((sum, input) => sum + input.max, 0) + 1

/** The scale's bits: the smallest S with span/(2S) ≤ left. */
function scaleFor(inputs: readonly Input[], left: number): number {
  // These sums are doubles: the 10^-9 here pays for the 10^-10 of the published bound, which keeps that at or above the
  // exact one and still within the tolerance, since `left` is a quarter of it or more.
  const scaleBits = Math.ceil(Math.log2((spanOf(inputs) / (2 * left)) * (1 + 1e-9)))
  if (!(scaleBits >= leastScaleBits && scaleBits <= mostScaleBits)) {
    fail('model/budget', `The tolerance needs a scale of 2^${scaleBits}, which a card cannot hold.`)
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
    const unit = 2 ** Math.floor(Math.log2(widest / Math.max(1, input.max)))
    return unit > 1 ? { ...input, max: input.max * unit, unit } : input
  })
}

/** The response names, checked against the link. */
function responsesOf(file: ModelFile, headNames: readonly string[]): string[] {
  const scored = headNames.filter((_, i) => file.heads[i]?.role === undefined)
  const problem = linkProblem(file.link, scored.length)
  if (problem) fail('model/invalid', problem)
  const own = responseNames(file.link, scored)
  const names = file.responses ?? own
  if (names.length !== own.length)
    fail('model/invalid', `The link gives ${own.length} responses; the file names ${names.length}.`)
  uniqueIndex(names)
  return names
}

/** The reason codes, checked against heads and columns: every reason head is told of once, and every level has a code. */
function reasonsOf(file: ModelFile, headNames: readonly string[], columns: readonly ModelColumn[]): Card['reasons'] {
  const roles = new Set(headNames.filter((_, i) => file.heads[i]?.role === 'reason'))
  if (roles.size === 0 && !file.reasons) return undefined
  const { characteristics } = file.reasons ?? { characteristics: [] }
  uniqueIndex(characteristics.map(({ head }) => head))
  if (characteristics.length !== roles.size || !characteristics.every(({ head }) => roles.has(head)))
    fail('model/invalid', 'The characteristics of "reasons" are not those of the heads with the role "reason".')
  for (const { head, column: name, codes } of characteristics) {
    const column = columns.find((candidate) => candidate.name === name)
    if (column?.type !== 'category')
      fail('model/invalid', `The reason "${head}" names "${name}", which is not a category of the file.`)
    const levels = uniqueIndex(codes.map(([level]) => level))
    const without = column.levels.find((level) => !levels.has(level))
    if (without !== undefined) fail('model/invalid', `The reason "${head}" has no code for the level "${without}".`)
  }
  return file.reasons
}

function integerHead(
  intercept: number,
  weights: ColumnWeights,
  columns: readonly Column[],
  inputs: readonly Input[],
  scaleBits: number,
): Head {
  const scale = power(2n, scaleBits)
  let constant: Rational = rational(intercept)
  const integers = inputs.map((input) => {
    const column = columns[input.column] as Column
    const ofColumn = weights.get(input.column)
    const perUnit = multiply(scale, { over: 1n, under: BigInt(input.unit ?? 1) })
    if (input.kind === 'level' && column.type === 'category') {
      return roundTimes(rational(ofColumn?.levels.get(column.levels[input.level] ?? '') ?? 0), perUnit)
    }
    const weight = rational(ofColumn?.value ?? 0)
    if (column.type === 'number') {
      const { mantissa, scale: places } = decimalOfText(column.min)
      constant = add(constant, multiply(weight, multiply({ over: mantissa, under: 1n }, power(10n, -places))))
      return roundTimes(multiply(weight, power(10n, -column.places)), perUnit)
    }
    return 0n
  })
  return { weights: Float64Array.from(integers, Number), constant: roundTimes(constant, scale) }
}

function largest(inputs: readonly Input[], share: (input: Input, j: number) => number): Input {
  const shares = inputs.map(share)
  return inputs[shares.indexOf(Math.max(...shares))] as Input
}

function costliest(columns: readonly ModelColumn[], inputs: readonly Input[], heads: readonly Head[]): string {
  const { column } = largest(inputs, (input, j) =>
    Math.max(...heads.map((head) => Math.abs(head.weights[j] as number) * input.max)),
  )
  return `"${columns[column]?.name}" takes the most room. Narrow its range, declare a coarser step, or loosen the tolerance.`
}
