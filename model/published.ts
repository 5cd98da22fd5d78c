import type { Column, Derived, Feature, Input } from '../core/card/card.ts'
import { rangeInSteps } from '../core/card/steps.ts'
import { decimalInSteps, decimalOfNumber, parseDecimal } from '../core/number/decimal.ts'
import { log2 } from '../core/number/elementary.ts'
import { fail } from './faults.ts'
import type { ModelColumn, ModelDerived, ModelFeature } from './modelFile.ts'
import { roundsInside } from './places.ts'
import type { Range } from './range.ts'
import { mostPlaces } from './steps.ts'
import { type ColumnWeights, uniqueIndex } from './weights.ts'

/**
 * The columns of a model file (features, then derived columns) as the card publishes them: steps, ranges in steps,
 * policies, and the inputs that they become.
 */

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
    fail('model/invalid', 'missingLevel', { column: column.name })
  }
  if (typeof unknown === 'object' && !levels.includes(unknown.level)) {
    fail('model/invalid', 'unknownLevel', { column: column.name })
  }
  return { ...base, type: 'category' as const, levels, unknown }
}

function publicNumber(column: Exclude<ModelColumn, { type: 'category' }>, range: Range, places: number) {
  const base = publicBase(column)
  const rounds = roundsInside(column)
  const { min, max } = range
  const { outside = 'refuse' } = column
  if (Math.abs(places) > mostPlaces) {
    fail('model/invalid', 'cardStep', { column: column.name, exponent: -places, most: mostPlaces })
  }
  const ends = [decimalOfNumber(min), decimalOfNumber(max)].map((end) => decimalInSteps(end, places))
  if (!rounds && range.from === 'declared' && ends.some((end) => end.rest !== 'none')) {
    fail('model/invalid', 'rangeStep', { column: column.name })
  }
  const [first, last] = ends.map(({ floor, rest }, i) => floor + (i === 1 && rest !== 'none' ? 1 : 0)) as [
    number,
    number,
  ]
  // A derived value's steps are found in doubles, which needs some bits to spare.
  const most = 'expression' in column ? 2 ** 50 : 2 ** 53
  if (!(Math.abs(first) < most && Math.abs(last) < most && last - first < most)) {
    fail('model/budget', 'rangeSteps', { column: column.name, bits: log2(most) })
  }
  if (base.missing.policy === 'impute') {
    const value = parseDecimal(base.missing.value)
    if (value === null) fail('model/invalid', 'missingNumber', { column: column.name })
    const { floor, rest } = decimalInSteps(value, places)
    if (floor < first || floor > last || (floor === last && rest !== 'none'))
      fail('model/invalid', 'missingRange', { column: column.name })
    // Where an end moved outward, a value between the two would itself be outside.
    if (Number(base.missing.value) < min || Number(base.missing.value) > max)
      fail('model/invalid', 'missingRange', { column: column.name })
    if (!rounds && rest !== 'none') {
      fail('model/invalid', 'missingStep', { column: column.name })
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
      fail('model/invalid', 'missingKept', { column: column.name })
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
  if (inputs.length === 0) fail('model/invalid', 'nothingWeighed', { columns: columns.length })
  return inputs
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
