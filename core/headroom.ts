import { type CardBody, type Feature, type Input, keySizes, slotsPerCiphertext } from './card.ts'
import { fail } from './errors.ts'
import {
  choosePlaces,
  decimalOfText,
  type FeatureWeights,
  inputsOf,
  publicFeature,
  uniqueIndex,
  weightsOfHead,
} from './features.ts'
import { bitLength } from './integers.ts'
import type { ModelFile } from './model.ts'
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
 * A slot also holds every x_j while it is sealed: that needs more only where all weights of an input round to zero.
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
const mostScaleBits = 400
const leastScaleBits = -100

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

  for (const feature of file.features) {
    if (feature.type !== 'category' && !(feature.range[0] <= feature.range[1])) {
      fail('model/invalid', `The range of "${feature.name}" ends below its start.`)
    }
  }
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
        // A range of one value leaves nothing to round.
        if (input.kind !== 'value' || input.max === 0) return sum
        if (feature?.type !== 'number' || feature.finer === 'refuse') return sum
        return sum + Math.abs(perFeature[input.feature]?.value ?? 0) * 10 ** -feature.places * 0.5
      }, 0),
    )
    .reduce((a, b) => Math.max(a, b), 0)
  const span = inputs.reduce((sum, input) => sum + input.max, 0) + 1
  const left = tolerance - stepError
  // Smallest S with span/(2S) ≤ left. These sums are doubles: the 10^-9 here pays for the 10^-10 below, which keeps the
  // published bound at or above the exact one and still within the tolerance, since `left` is half of it or more.
  const scaleBits = Math.ceil(Math.log2((span / (2 * left)) * (1 + 1e-9)))
  if (!(scaleBits >= leastScaleBits && scaleBits <= mostScaleBits)) {
    fail('model/budget', `The tolerance needs a scale of 2^${scaleBits}, which a card cannot hold.`)
  }
  const errorBound = (stepError + span / 2 / 2 ** scaleBits) * (1 + 1e-10)

  const heads = file.heads.map((head, h) =>
    integerHead(head.intercept, weights[h] as FeatureWeights, features, inputs, scaleBits),
  )
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
