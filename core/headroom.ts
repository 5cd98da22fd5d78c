import { type CardBody, type Feature, type Input, keySizes, slotsPerCiphertext } from './card.ts'
import { type Decimal, decimalInSteps, decimalOfNumber, placesOf } from './decimal.ts'
import { fail } from './errors.ts'
import type { ModelFeature, ModelFile } from './model.ts'
import { add, multiply, power, type Rational, rational, roundTimes } from './rational.ts'

/**
 * The bit budget: real weights become integers, and the proof that every linear predictor fits its slot and is
 * within the tolerance. All of it in exact arithmetic.
 *
 * W_j = round(w_j · step_j · S) and C = round((b + Σ w_j · min_j) · S), with S = 2^scaleBits, so S·η ≈ C + Σ W_j·x_j.
 * Error: |η − (C + Σ W_j·x_j)/S| ≤ Σ |w_j|·step_j/2 (over inputs that round) + (Σ X_j + 1)/(2S):
 * each W_j is off by at most 1/2, so W_j·x_j by at most X_j/2, and C by at most 1/2; a value rounded to its step is
 * off by at most half a step.
 * Slot: T = 1 + bits(max over heads of |C| + Σ |W_j|·X_j), so |S·η| < 2^(T−1), and S·η + 2^(T−1) is in (0, 2^T).
 */

/** The private half of a compiled model: for one head, its integer weights and constant. */
export interface Head {
  /** W_j, one per input; |W_j| < 2^53. */
  readonly weights: Float64Array
  /** C. */
  readonly constant: bigint
}

export interface CompiledModel {
  readonly card: CardBody
  readonly heads: readonly Head[]
}

const defaultTolerance = 1e-6
const limit53 = 2n ** 53n

/**
 * Splits a model file into its public card and its private heads.
 * Throws `model/invalid` for terms and ranges that contradict each other, and `model/budget`, naming the feature
 * that costs most, when no steps and scale meet the tolerance within the smallest key.
 */
export function compileModel(file: ModelFile): CompiledModel {
  const tolerance = file.tolerance ?? defaultTolerance
  const smallestKey = file.smallestKey ?? keySizes[0]
  const indexOf = uniqueIndex(file.features.map((feature) => feature.name))
  const headNames = file.heads.map((head, i) => head.name ?? (file.heads.length === 1 ? 'score' : `head${i + 1}`))
  uniqueIndex(headNames)
  const weights = file.heads.map((head) => weightsOfHead(head.terms, file.features, indexOf))

  const places = choosePlaces(file.features, weights, tolerance)
  const features = file.features.map((feature, i) => publicFeature(feature, places[i] ?? 0, roundsInside(i)))
  const inputs = inputsOf(file.features, features, weights)

  function roundsInside(i: number): boolean {
    const declared = file.features[i]
    return declared?.type === 'number' && declared.step === undefined
  }

  // What rounding to steps may cost at most, over the heads; the scale gets the rest of the tolerance.
  const stepError = weights
    .map((perFeature) =>
      inputs.reduce((sum, input) => {
        const feature = features[input.feature]
        if (input.kind !== 'value' || feature?.type !== 'number' || feature.finer === 'refuse') return sum
        return sum + Math.abs(perFeature[input.feature]?.value ?? 0) * 10 ** -feature.places * 0.5
      }, 0),
    )
    .reduce((a, b) => Math.max(a, b), 0)
  const span = inputs.reduce((sum, input) => sum + input.max, 0) + 1
  const left = tolerance - stepError
  // Smallest S with span/(2S) ≤ left; the factor keeps the inequality true after the doubles above rounded.
  const scaleBits = Math.ceil(Math.log2((span / (2 * left)) * (1 + 1e-9)))
  const errorBound = stepError + span / 2 / 2 ** scaleBits

  const heads = file.heads.map((head, h) =>
    integerHead(head.intercept, weights[h] as FeatureWeights, features, inputs, scaleBits),
  )
  const bounds = heads.map((head) =>
    inputs.reduce(
      (sum, input, j) => sum + BigInt(Math.abs(head.weights[j] as number)) * BigInt(input.max),
      head.constant < 0n ? -head.constant : head.constant,
    ),
  )
  const slotBits = 1 + Math.max(...bounds.map((bound) => bound.toString(2).length))
  if (slotsPerCiphertext(slotBits, smallestKey) < 1 || !(left > 0)) {
    fail('model/budget', `No record fits a ${smallestKey}-bit key at this tolerance: ${costliest(file, inputs, heads)}`)
  }

  return {
    heads,
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
      inputs,
      heads: headNames.map((name) => ({ name })),
      link: file.link,
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

/** Per feature, a number's weight or a category's weight per level. */
type FeatureWeights = readonly { value: number; levels: ReadonlyMap<string, number> }[]

function weightsOfHead(
  terms: ModelFile['heads'][number]['terms'],
  features: readonly ModelFeature[],
  indexOf: ReadonlyMap<string, number>,
): FeatureWeights {
  const weights = features.map(() => ({ value: 0, levels: new Map<string, number>(), seen: false }))
  for (const [t, term] of terms.entries()) {
    const index = indexOf.get(term.feature)
    const feature = index === undefined ? undefined : features[index]
    const slot = index === undefined ? undefined : weights[index]
    if (!feature || !slot)
      fail('model/invalid', `Term ${t + 1} names the feature "${term.feature}", which the file does not describe.`)
    if (feature.type === 'category') {
      if (term.level === undefined)
        fail('model/invalid', `Term ${t + 1} needs a level: "${term.feature}" is a category.`)
      if (!feature.levels.includes(term.level))
        fail('model/invalid', `Term ${t + 1}: "${term.feature}" has no level "${term.level}".`)
      if (slot.levels.has(term.level))
        fail('model/invalid', `Term ${t + 1} repeats the level "${term.level}" of "${term.feature}".`)
      slot.levels.set(term.level, term.weight)
    } else {
      if (term.level !== undefined)
        fail('model/invalid', `Term ${t + 1} has a level, but "${term.feature}" is a number.`)
      if (slot.seen) fail('model/invalid', `Term ${t + 1} repeats the feature "${term.feature}".`)
      slot.seen = true
      slot.value = term.weight
    }
  }
  return weights
}

/**
 * The decimal places of each number's step. Declared steps stand. The others are chosen from the ranges alone, at
 * one relative resolution for the whole model, so that a published step says nothing of a single weight.
 */
function choosePlaces(
  features: readonly ModelFeature[],
  weights: readonly FeatureWeights[],
  tolerance: number,
): number[] {
  for (let resolution = 2; ; resolution++) {
    const places = features.map((feature) => {
      if (feature.type === 'category') return 0
      if (feature.type === 'integer') return declaredPlaces(feature.step ?? 1, feature.name)
      if (feature.step !== undefined) return declaredPlaces(feature.step, feature.name)
      const width = feature.range[1] - feature.range[0]
      const coarse = width > 0 ? resolution - Math.ceil(Math.log10(width)) : 0
      return Math.max(coarse, ...feature.range.map((end) => placesOf(decimalOfNumber(end))))
    })
    const error = weights.map((perFeature) =>
      features.reduce(
        (sum, feature, i) =>
          feature.type === 'number' && feature.step === undefined
            ? sum + Math.abs(perFeature[i]?.value ?? 0) * 10 ** -(places[i] ?? 0) * 0.5
            : sum,
        0,
      ),
    )
    if (Math.max(...error) <= tolerance / 2) return places
    const finest = Math.max(...places)
    if (finest >= 15) {
      const worst = features[places.indexOf(finest)]
      fail(
        'model/budget',
        `The tolerance needs a step below 10^-15 for "${worst?.name}". Give its range in a larger unit, declare its step, or loosen the tolerance.`,
      )
    }
  }
}

function declaredPlaces(step: number, name: string): number {
  const decimal = decimalOfNumber(step)
  const places = placesOf(decimal)
  if (decimalInSteps(decimal, places).floor !== 1) fail('model/invalid', `The step of "${name}" is not a power of ten.`)
  return places
}

function publicFeature(feature: ModelFeature, places: number, rounds: boolean): Feature {
  const missing =
    feature.missing === undefined || feature.missing === 'refuse'
      ? ({ policy: 'refuse' } as const)
      : ({ policy: 'impute', value: String(feature.missing.impute) } as const)
  const common = {
    name: feature.name,
    ...(feature.label !== undefined && { label: feature.label }),
    aliases: feature.aliases ?? [],
    missing,
  }
  if (feature.type === 'category') {
    uniqueIndex(feature.levels)
    if (missing.policy === 'impute' && !feature.levels.includes(missing.value)) {
      fail('model/invalid', `The value for missing cells of "${feature.name}" is not one of its levels.`)
    }
    return { ...common, type: 'category', levels: feature.levels, unknown: feature.unknown ?? 'refuse' }
  }
  const [min, max] = feature.range
  if (!(min <= max)) fail('model/invalid', `The range of "${feature.name}" ends below its start.`)
  const ends = [decimalOfNumber(min), decimalOfNumber(max)] as const
  if (ends.some((end) => decimalInSteps(end, places).rest !== 'none')) {
    fail('model/invalid', `An end of the range of "${feature.name}" is not a multiple of its step.`)
  }
  if (missing.policy === 'impute') {
    const value = Number(missing.value)
    if (!(value >= min && value <= max))
      fail('model/invalid', `The value for missing cells of "${feature.name}" is outside its range.`)
    if (!rounds && decimalInSteps(decimalOfNumber(value), places).rest !== 'none') {
      fail('model/invalid', `The value for missing cells of "${feature.name}" is not a multiple of its step.`)
    }
  }
  return {
    ...common,
    type: 'number',
    ...(feature.unit !== undefined && { unit: feature.unit }),
    min: plainText(ends[0]),
    max: plainText(ends[1]),
    places,
    finer: rounds ? 'nearest' : 'refuse',
  }
}

/** Every number that some head weighs, and every level that carries a coefficient in some head. */
function inputsOf(
  declared: readonly ModelFeature[],
  features: readonly Feature[],
  weights: readonly FeatureWeights[],
): Input[] {
  const inputs: Input[] = []
  features.forEach((feature, f) => {
    if (feature.type === 'number') {
      const max = rangeInSteps(feature)
      if (BigInt(max) >= limit53) {
        fail(
          'model/budget',
          `"${feature.name}" has more than 2^53 steps in its range. Narrow the range or declare a coarser step.`,
        )
      }
      inputs.push({ kind: 'value', feature: f, max })
      return
    }
    feature.levels.forEach((level, l) => {
      if (weights.some((perFeature) => perFeature[f]?.levels.has(level)))
        inputs.push({ kind: 'level', feature: f, level: l, max: 1 })
    })
  })
  if (inputs.length === 0) fail('model/invalid', `The model weighs none of its ${declared.length} features.`)
  return inputs
}

/** X_j of a number: its range in steps. */
export function rangeInSteps(feature: Extract<Feature, { type: 'number' }>): number {
  return stepsOfText(feature.max, feature.places) - stepsOfText(feature.min, feature.places)
}

/** A decimal text of the card in steps; exact for what a card may hold. */
export function stepsOfText(text: string, places: number): number {
  return decimalInSteps(decimalOfText(text), places).floor
}

function decimalOfText(text: string): Decimal {
  const point = text.indexOf('.')
  return point < 0
    ? { mantissa: BigInt(text), scale: 0 }
    : { mantissa: BigInt(text.replace('.', '')), scale: text.length - 1 - point }
}

function integerHead(
  intercept: number,
  weights: FeatureWeights,
  features: readonly Feature[],
  inputs: readonly Input[],
  scaleBits: number,
): Head {
  const scale = power(2n, scaleBits)
  let constant: Rational = rational(intercept)
  const integers = inputs.map((input) => {
    const feature = features[input.feature] as Feature
    const perFeature = weights[input.feature]
    if (input.kind === 'level' && feature.type === 'category') {
      return roundTimes(rational(perFeature?.levels.get(feature.levels[input.level] ?? '') ?? 0), scale)
    }
    const weight = rational(perFeature?.value ?? 0)
    if (feature.type === 'number') {
      const { mantissa, scale: places } = decimalOfText(feature.min)
      constant = add(constant, multiply(weight, multiply({ over: mantissa, under: 1n }, power(10n, -places))))
      return roundTimes(multiply(weight, power(10n, -feature.places)), scale)
    }
    return 0n
  })
  const tooLarge = integers.findIndex((weight) => (weight < 0n ? -weight : weight) >= limit53)
  if (tooLarge >= 0) {
    const feature = features[inputs[tooLarge]?.feature ?? 0]
    fail(
      'model/budget',
      `The weight of "${feature?.name}" needs more than 53 bits at this tolerance. Declare a finer step or loosen the tolerance.`,
    )
  }
  return { weights: Float64Array.from(integers, Number), constant: roundTimes(constant, scale) }
}

function costliest(file: ModelFile, inputs: readonly Input[], heads: readonly Head[]): string {
  let worst = 0
  let most = -1
  inputs.forEach((input, j) => {
    const share = Math.max(...heads.map((head) => Math.abs(head.weights[j] as number) * input.max))
    if (share > most) [worst, most] = [input.feature, share]
  })
  return `"${file.features[worst]?.name}" takes the most room. Narrow its range, declare a coarser step, or loosen the tolerance.`
}

function uniqueIndex(names: readonly string[]): Map<string, number> {
  const index = new Map<string, number>()
  names.forEach((name, i) => {
    if (index.has(name)) fail('model/invalid', `The name "${name}" stands twice.`)
    index.set(name, i)
  })
  return index
}

function plainText({ mantissa, scale }: Decimal): string {
  if (scale <= 0) return (mantissa * 10n ** BigInt(-scale)).toString()
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(scale + 1, '0')
  return `${mantissa < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
