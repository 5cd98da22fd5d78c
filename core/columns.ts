import type { Column, Derived, Feature, Input, NumberFeature } from './card.ts'
import { type Decimal, decimalInSteps, decimalOfNumber, parseDecimal } from './decimal.ts'
import { fail } from './errors.ts'
import type { ModelColumn, ModelDerived, ModelFeature, ModelFile } from './model.ts'
import type { Range } from './ranges.ts'
import { declaredPlaces, endPlaces, finestPlaces, mostPlaces } from './steps.ts'

/**
 * The columns of a model file (features, then derived columns) as the card publishes them: steps, ranges in steps,
 * policies, and the inputs that they become.
 */

/** Per column that a term of the head names, a number's weight or a category's weight per level. */
export type ColumnWeights = ReadonlyMap<
  number,
  { readonly value: number; readonly levels: ReadonlyMap<string, number> }
>

/** One head's terms by column. Throws `model/invalid` for a term that does not fit the columns. */
export function weightsOfHead(
  terms: ModelFile['heads'][number]['terms'],
  columns: readonly ModelColumn[],
  indexOf: ReadonlyMap<string, number>,
  levelsOf: (column: number) => ReadonlyMap<string, number>,
): ColumnWeights {
  const weights = new Map<number, { value: number; levels: Map<string, number> }>()
  for (const [t, term] of terms.entries()) {
    const index = indexOf.get(term.feature)
    const column = columns[index ?? -1]
    if (index === undefined || column === undefined)
      fail('model/invalid', `Term ${t + 1} names the feature "${term.feature}", which the file does not describe.`)
    const before = weights.get(index)
    const slot = before ?? { value: 0, levels: new Map<string, number>() }
    weights.set(index, slot)
    if (column.type === 'category') {
      if (term.level === undefined)
        fail('model/invalid', `Term ${t + 1} needs a level: "${term.feature}" is a category.`)
      if (!levelsOf(index).has(term.level))
        fail('model/invalid', `Term ${t + 1}: "${term.feature}" has no level "${term.level}".`)
      if (slot.levels.has(term.level))
        fail('model/invalid', `Term ${t + 1} repeats the level "${term.level}" of "${term.feature}".`)
      slot.levels.set(term.level, term.weight)
    } else {
      if (term.level !== undefined)
        fail('model/invalid', `Term ${t + 1} has a level, but "${term.feature}" is a number.`)
      if (before) fail('model/invalid', `Term ${t + 1} repeats the feature "${term.feature}".`)
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
  columns: readonly ModelColumn[],
  ranges: readonly Range[],
  weights: readonly ColumnWeights[],
  seen: ReadonlySet<number>,
  tolerance: number,
): number[] {
  const fixed = columns.map((column, i) => {
    if (column.type === 'category') return 0
    const { min, max, from, places } = ranges[i] as Range
    return (
      declaredPlaces(column) ??
      (from === 'default' || from === 'any' ? places : min === max ? endPlaces(min, max) : null)
    )
  })
  const free = columns.map((_, i) => {
    if (fixed[i] !== null) return null
    const { min, max } = ranges[i] as Range
    const ends = endPlaces(min, max)
    const finest = Math.max(ends, finestPlaces(min, max))
    return { ends, finest, digits: Math.ceil(Math.log10(max - min)) }
  })
  const chosen = columns.flatMap((_, i) => (free[i] !== null && seen.has(i) ? [i] : []))
  // The rest of the tolerance is the scale's, and that of the columns with a default range.
  const share = ranges.some(({ from }) => from === 'default') ? 4 : 2
  for (let resolution = 2; ; resolution++) {
    const places = columns.map((_, i) => {
      const own = free[i]
      return own ? Math.max(Math.min(resolution - own.digits, own.finest), -mostPlaces, own.ends) : (fixed[i] as number)
    })
    const errorOf = (head: ColumnWeights, i: number): number =>
      roundingError(columns[i] as ModelColumn, ranges[i] as Range, head.get(i)?.value ?? 0, places[i] as number)
    const error = weights.map((head) => chosen.reduce((sum, i) => sum + errorOf(head, i), 0))
    if (Math.max(...error) <= tolerance / share) return places
    if (chosen.every((i) => (places[i] as number) >= (free[i]?.finest ?? 0))) {
      const shares = chosen.map((i) => Math.max(...weights.map((head) => errorOf(head, i))))
      const worst = chosen[shares.indexOf(Math.max(...shares))] ?? 0
      fail(
        'model/budget',
        `The tolerance needs a step below 10^${-(places[worst] as number)} for "${columns[worst]?.name}", finer than a card or a double can hold. Give its range in a larger unit or nearer to zero, declare its step, or loosen the tolerance.`,
      )
    }
  }
}

/** The columns that a term of some head names. */
export function seenColumns(weights: readonly ColumnWeights[]): ReadonlySet<number> {
  return new Set(weights.flatMap((head) => [...head.keys()]))
}

/** Whether a column's values are rounded to a step that the server chose. */
export function roundsInside(column: ModelColumn): boolean {
  return column.type === 'number' && column.step === undefined
}

/**
 * The most that one column's rounding moves a predictor. A cell's decimal is rounded exactly: half a step, or nothing
 * where the step is declared. A derived value is a double: finding its step multiplies it by a power of ten, which
 * moves it by at most 2^-53 of at most 2^50 steps, an eighth of one. Where the step is declared, what `stepNoise` lets
 * pass comes on top of that.
 */
export function roundingError(column: ModelColumn, { min, max }: Range, weight: number, places: number): number {
  const half = roundsInside(column)
  const steps = Math.max(Math.abs(min), Math.abs(max)) * 10 ** places + 1
  const most = 'expression' in column ? (half ? 0.625 : stepNoise(steps) + steps * 2 ** -52) : half ? 0.5 : 0
  return Math.abs(weight) * 10 ** -places * most
}

/**
 * How far a derived value may be from a multiple of its declared step, in steps: what a few roundings of doubles as
 * large as the column's largest value leave.
 */
export function stepNoise(mostSteps: number): number {
  return Math.min(0.5, (mostSteps + 1) * 2 ** -48)
}

/** A feature as the card publishes it. */
export function publicFeature(feature: ModelFeature, range: Range, places: number): Feature {
  const aliases = feature.aliases ?? []
  if (feature.type === 'category') return { ...publicCategory(feature), aliases }
  return { ...publicNumber(feature, range, places), aliases, invalid: feature.invalid ?? 'refuse' }
}

/** A derived column as the card publishes it. */
export function publicDerived(column: ModelDerived, range: Range, places: number): Derived {
  const { expression } = column
  if (column.type === 'category') return { ...publicCategory(column), expression }
  return { ...publicNumber(column, range, places), expression }
}

function publicBase(column: ModelColumn) {
  const missing =
    column.missing === undefined || column.missing === 'refuse'
      ? ({ policy: 'refuse' } as const)
      : column.missing === 'keep'
        ? ({ policy: 'keep' } as const)
        : ({ policy: 'impute', value: String(column.missing.impute) } as const)
  return { name: column.name, ...(column.label !== undefined && { label: column.label }), missing }
}

function publicCategory(column: Extract<ModelColumn, { type: 'category' }>) {
  uniqueIndex(column.levels)
  const base = publicBase(column)
  const { unknown = 'refuse', levels } = column
  if (base.missing.policy === 'impute' && !levels.includes(base.missing.value)) {
    fail('model/invalid', `The value for missing cells of "${column.name}" is not one of its levels.`)
  }
  if (typeof unknown === 'object' && !levels.includes(unknown.level)) {
    fail('model/invalid', `The level for unknown cells of "${column.name}" is not one of its levels.`)
  }
  return { ...base, type: 'category' as const, levels, unknown }
}

function publicNumber(column: Exclude<ModelColumn, { type: 'category' }>, range: Range, places: number) {
  const base = publicBase(column)
  const rounds = roundsInside(column)
  const { min, max } = range
  const { outside = 'refuse' } = column
  if (Math.abs(places) > mostPlaces) {
    fail(
      'model/invalid',
      `"${column.name}" needs a step of 10^${-places}: its step or an end of its range is too fine or too coarse for a card, which holds 10^-${mostPlaces} to 10^${mostPlaces}.`,
    )
  }
  const ends = [decimalOfNumber(min), decimalOfNumber(max)].map((end) => decimalInSteps(end, places))
  if (!rounds && range.from === 'declared' && ends.some((end) => end.rest !== 'none')) {
    fail('model/invalid', `An end of the range of "${column.name}" is not a multiple of its step.`)
  }
  const [first, last] = ends.map(({ floor, rest }, i) => floor + (i === 1 && rest !== 'none' ? 1 : 0)) as [
    number,
    number,
  ]
  // A derived value's steps are found in doubles, which needs some bits to spare.
  const most = 'expression' in column ? 2 ** 50 : 2 ** 53
  if (!(Math.abs(first) < most && Math.abs(last) < most && last - first < most)) {
    fail(
      'model/budget',
      `"${column.name}" has more than 2^${Math.log2(most)} steps in its range, or between an end of it and zero. Narrow or shift the range, or declare a coarser step.`,
    )
  }
  if (base.missing.policy === 'impute') {
    const value = parseDecimal(base.missing.value)
    if (value === null) fail('model/invalid', `The value for missing cells of "${column.name}" is not a number.`)
    const { floor, rest } = decimalInSteps(value, places)
    if (floor < first || floor > last || (floor === last && rest !== 'none'))
      fail('model/invalid', `The value for missing cells of "${column.name}" is outside its range.`)
    // Where an end moved outward, a value between the two would itself be outside.
    if (Number(base.missing.value) < min || Number(base.missing.value) > max)
      fail('model/invalid', `The value for missing cells of "${column.name}" is outside its range.`)
    if (!rounds && rest !== 'none') {
      fail('model/invalid', `The value for missing cells of "${column.name}" is not a multiple of its step.`)
    }
  }
  return {
    ...base,
    type: 'number' as const,
    ...(column.unit !== undefined && { unit: column.unit }),
    min: textOfSteps(first, places),
    max: textOfSteps(last, places),
    outside,
    ...(outside !== 'refuse' && ends.some((end) => end.rest !== 'none') && { ends: [min, max] as [number, number] }),
    places,
    finer: rounds ? ('nearest' as const) : ('refuse' as const),
  }
}

/**
 * The inputs: every number that a term names and every level that carries a coefficient in some head. A number that
 * nothing names, neither a term nor an expression, becomes an input too: whoever lists it wants its weight of zero to
 * look like any other.
 */
export function inputsOf(
  columns: readonly Column[],
  weights: readonly ColumnWeights[],
  seen: ReadonlySet<number>,
  used: ReadonlySet<string>,
): Input[] {
  const inputs: Input[] = []
  columns.forEach((column, c) => {
    const named = seen.has(c)
    const keeps = column.missing.policy === 'keep'
    if (named && keeps) {
      fail(
        'model/invalid',
        `A term names "${column.name}", whose missing values are kept. Give it a value for missing cells, or refuse them.`,
      )
    }
    if (column.type === 'number') {
      if (named || (!used.has(column.name) && !keeps))
        inputs.push({ kind: 'value', column: c, max: rangeInSteps(column) })
      return
    }
    if (!named) return
    const weighed = new Set(weights.flatMap((head) => [...(head.get(c)?.levels.keys() ?? [])]))
    column.levels.forEach((level, l) => {
      if (weighed.has(level)) inputs.push({ kind: 'level', column: c, level: l, max: 1 })
    })
  })
  if (inputs.length === 0) fail('model/invalid', `The model weighs none of its ${columns.length} columns.`)
  return inputs
}

/** X_j of a number: its range in steps. */
export function rangeInSteps(column: Pick<NumberFeature, 'min' | 'max' | 'places'>): number {
  return stepsOfText(column.max, column.places) - stepsOfText(column.min, column.places)
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
