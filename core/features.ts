import type { Feature, Input } from './card.ts'
import { type Decimal, decimalInSteps, decimalOfNumber, parseDecimal, placesOf } from './decimal.ts'
import { fail } from './errors.ts'
import type { ModelFeature, ModelFile } from './model.ts'

/**
 * The features of a model file as the card publishes them: steps, ranges in steps, and the inputs that they become.
 */

/** The finest and the coarsest step that a card can hold are 10^-15 and 10^15. */
const mostPlaces = 15
/** A range's ends are kept exactly down to 10^-6 of its width. */
const endResolution = 6

/** Per feature, a number's weight or a category's weight per level. */
export type FeatureWeights = readonly { value: number; levels: ReadonlyMap<string, number> }[]

/** One head's terms by feature. Throws `model/invalid` for a term that does not fit the features. */
export function weightsOfHead(
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
 * one relative resolution for the whole model, so that a published step says nothing of a single weight. The ends of
 * a range are steps too, unless they are written finer than a millionth of its width: such an end moves outward to
 * the next step, or else a range measured from data, with all the digits of a double, would fill the slot.
 */
export function choosePlaces(
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
      const ends = Math.max(...feature.range.map((end) => placesOf(decimalOfNumber(end))))
      if (width === 0) return ends
      const coarse = resolution - Math.ceil(Math.log10(width))
      return Math.max(coarse, -mostPlaces, Math.min(ends, endResolution - Math.floor(Math.log10(width))))
    })
    const chosen = features.flatMap((feature, i) =>
      feature.type === 'number' && feature.step === undefined && feature.range[0] !== feature.range[1] ? [i] : [],
    )
    const error = weights.map((perFeature) =>
      chosen.reduce((sum, i) => sum + Math.abs(perFeature[i]?.value ?? 0) * 10 ** -(places[i] as number) * 0.5, 0),
    )
    if (Math.max(...error) <= tolerance / 2) return places
    const finest = chosen.find((i) => (places[i] as number) >= mostPlaces)
    if (finest !== undefined) {
      fail(
        'model/budget',
        `The tolerance needs a step below 10^-${mostPlaces} for "${features[finest]?.name}". Give its range in a larger unit, declare its step, or loosen the tolerance.`,
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

export function publicFeature(feature: ModelFeature, places: number, rounds: boolean): Feature {
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
  if (Math.abs(places) > mostPlaces) {
    fail(
      'model/invalid',
      `"${feature.name}" needs a step of 10^${-places}: its step or an end of its range is too fine or too coarse for a card, which holds 10^-${mostPlaces} to 10^${mostPlaces}.`,
    )
  }
  const ends = [decimalOfNumber(min), decimalOfNumber(max)].map((end) => decimalInSteps(end, places))
  if (!rounds && ends.some((end) => end.rest !== 'none')) {
    fail('model/invalid', `An end of the range of "${feature.name}" is not a multiple of its step.`)
  }
  const [first, last] = ends.map(({ floor, rest }, i) => floor + (i === 1 && rest !== 'none' ? 1 : 0)) as [
    number,
    number,
  ]
  if (!(Math.abs(first) < 2 ** 53 && Math.abs(last) < 2 ** 53 && last - first < 2 ** 53)) {
    fail(
      'model/budget',
      `"${feature.name}" has more than 2^53 steps in its range, or between an end of it and zero. Narrow or shift the range, or declare a coarser step.`,
    )
  }
  if (missing.policy === 'impute') {
    const value = parseDecimal(missing.value)
    if (value === null) fail('model/invalid', `The value for missing cells of "${feature.name}" is not a number.`)
    const { floor, rest } = decimalInSteps(value, places)
    if (floor < first || floor > last || (floor === last && rest !== 'none'))
      fail('model/invalid', `The value for missing cells of "${feature.name}" is outside its range.`)
    if (!rounds && rest !== 'none') {
      fail('model/invalid', `The value for missing cells of "${feature.name}" is not a multiple of its step.`)
    }
  }
  return {
    ...common,
    type: 'number',
    ...(feature.unit !== undefined && { unit: feature.unit }),
    min: textOfSteps(first, places),
    max: textOfSteps(last, places),
    places,
    finer: rounds ? 'nearest' : 'refuse',
  }
}

/** Every number, and every level that carries a coefficient in some head. */
export function inputsOf(
  declared: readonly ModelFeature[],
  features: readonly Feature[],
  weights: readonly FeatureWeights[],
): Input[] {
  const inputs: Input[] = []
  features.forEach((feature, f) => {
    if (feature.type === 'number') {
      inputs.push({ kind: 'value', feature: f, max: rangeInSteps(feature) })
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

/** A decimal text of the card, exactly. */
export function decimalOfText(text: string): Decimal {
  const point = text.indexOf('.')
  return point < 0
    ? { mantissa: BigInt(text), scale: 0 }
    : { mantissa: BigInt(text.replace('.', '')), scale: text.length - 1 - point }
}

/** Where each name stands. Throws `model/invalid` for a name that stands twice. */
export function uniqueIndex(names: readonly string[]): Map<string, number> {
  const index = new Map<string, number>()
  names.forEach((name, i) => {
    if (index.has(name)) fail('model/invalid', `The name "${name}" stands twice.`)
    index.set(name, i)
  })
  return index
}

/** The shortest decimal text of a whole number of steps. */
function textOfSteps(steps: number, places: number): string {
  let mantissa = BigInt(steps)
  let scale = places
  while (scale < 0 || (scale > 0 && mantissa % 10n === 0n)) {
    mantissa = scale < 0 ? mantissa * 10n : mantissa / 10n
    scale += scale < 0 ? 1 : -1
  }
  if (scale === 0) return mantissa.toString()
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(scale + 1, '0')
  return `${mantissa < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
