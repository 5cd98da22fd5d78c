import type { Column, Columns, NumberDraft } from './columns.ts'
import { type DataField, type MiningField, numberIn } from './fields.ts'
import { hull, inside, isClosed, joinedRange, type Range, widened } from './intervals.ts'
import {
  type InvalidTreatment,
  invalidTreatments,
  invalidValue,
  missingPolicy,
  outlierTreatments,
  unlessMissing,
} from './treatments.ts'
import { apply, joined, missingValue, numberValue, type Typed } from './typed.ts'

/** A continuous field with its values read as numbers. */
interface NumberField {
  readonly data: DataField
  readonly mining: MiningField
  readonly treatment: InvalidTreatment
  readonly replacement: number | undefined
  /** Numbers that stand for missing, that are invalid, and that are valid. */
  readonly codes: readonly number[]
  readonly barred: readonly number[]
  readonly listed: readonly number[]
  /** The range of what is valid, and that of the training data with some room. */
  readonly bounds: Range | undefined
  readonly trained: Range | undefined
  /** What every feature of the field says. */
  readonly base: Pick<NumberDraft, 'name' | 'label' | 'type' | 'invalid'>
}

/** A continuous field as the model sees it: as a feature that says all of its treatments, or as a column made of one. */
export function prepareNumber(
  columns: Columns,
  data: DataField,
  mining: MiningField,
  statistics: Range | undefined,
): Column {
  const field = readField(data, mining, statistics)
  const { base, codes, barred, listed, replacement } = field
  const policies = codes.length + barred.length + listed.length === 0 ? ownPolicies(field) : undefined
  const fits = policies?.range === undefined || replacement === undefined || isIn(replacement, policies.range)
  if (policies === undefined || !fits) return treated(columns, field)
  const missing = missingPolicy(mining, replacement)
  return columns.addFeature({ ...base, ...policies, ...(missing && { missing }) }, {}, mining.element)
}

function readField(data: DataField, mining: MiningField, statistics: Range | undefined): NumberField {
  const replacement =
    mining.missingReplacement === undefined
      ? undefined
      : numberIn(mining.element, mining.missingReplacement, 'missingValueReplacement')
  const listed = data.valid.map((text) => numberIn(data.element, text, 'validValue'))
  const treatment = invalidTreatments[mining.invalid]
  const bounds = hull(data.intervals, listed)
  const trained = statistics === undefined ? undefined : widened(statistics)
  const isWhole = [...(bounds ?? []), ...(trained ?? []), replacement ?? 0].every(Number.isInteger)
  return {
    data,
    mining,
    treatment,
    replacement,
    codes: data.missing.flatMap(finite),
    barred: data.invalid.flatMap(finite),
    listed,
    bounds,
    trained,
    base: {
      name: data.name,
      ...(data.label !== undefined && { label: data.label }),
      type: data.dataType === 'integer' && isWhole ? 'integer' : 'number',
      invalid: treatment.outside,
    },
  }
}

type Policies = Pick<NumberDraft, 'range' | 'outside'> & { readonly type?: NumberDraft['type'] }

/** The policies of a feature that treats the field's numbers itself; undefined where none can. */
function ownPolicies({ data, mining, treatment, bounds, trained, base }: NumberField): Policies | undefined {
  const { intervals } = data
  if (mining.outliers === 'asIs') {
    const [only] = intervals
    const isRange = intervals.length === 1 && only !== undefined && isClosed(only) && bounds !== undefined
    if (intervals.length > 0 && treatment.becomes !== 'itself' && !(treatment.bounds && isRange)) return undefined
    if (treatment.bounds && bounds !== undefined) return { range: bounds, outside: treatment.outside }
    const wide = beyond(bounds, trained)
    return wide === undefined ? {} : { range: wide, outside: 'refuse' }
  }
  const { low, high } = mining
  if (intervals.length > 0 || low === undefined || high === undefined) return undefined
  const type = Number.isInteger(low) && Number.isInteger(high) ? base.type : 'number'
  return { type, range: [low, high], outside: outlierTreatments[mining.outliers].outside }
}

/** A column made of a feature that lets through what must be treated. */
function treated(columns: Columns, field: NumberField): Column {
  const { data, mining, treatment, replacement, codes } = field
  const x = letThrough(columns, field).typed
  const instead = replacement === undefined ? missingValue('number') : numberValue(replacement)
  const isCode = codes.map((code) => apply('equal', x, numberValue(code)))
  const isValid = validity(x, field)
  let value = mining.outliers === 'asIs' ? x : outlierTreatments[mining.outliers].treat(x, mining, instead)
  if (isValid !== undefined && treatment.becomes !== 'itself') {
    const replaced = (): Typed =>
      numberValue(numberIn(mining.element, mining.invalidReplacement ?? '', 'invalidValueReplacement'))
    value = apply('if', isValid, value, invalidValue(treatment, instead, replaced))
  }
  if (isCode.length > 0) value = apply('if', joined('or', isCode), instead, value)
  const column = columns.derive(data.element, unlessMissing(mining, x, instead, value), {
    hint: `${data.name} (prepared)`,
  })
  if (isValid !== undefined && treatment.guarded)
    columns.guard(column, joined('or', [...isCode, isValid]), data.element)
  return column
}

/** The feature of a treated field. Its range must let missing codes through: they are no outliers. */
function letThrough(columns: Columns, { base, mining, treatment, codes, bounds, trained }: NumberField): Column {
  const wide = treatment.bounds ? (bounds ?? trained) : beyond(bounds, trained)
  // What is replaced wherever it lies outside may be as far outside as it likes, and is no code for missing there.
  const clamps = treatment.becomes === 'replacement' && bounds !== undefined
  const spare = clamps && codes.length > 0 ? 1 : 0
  const range =
    wide &&
    ([Math.min(wide[0], ...codes.map((c) => c - spare)), Math.max(wide[1], ...codes.map((c) => c + spare))] as const)
  return columns.addFeature(
    {
      ...base,
      type: range?.every(Number.isInteger) === false ? 'number' : base.type,
      ...(range && { range, outside: clamps ? ('clamp' as const) : treatment.outside }),
      ...(mining.missingInvalid && { missing: 'refuse' as const }),
    },
    {},
    mining.element,
  )
}

/** How much more than its intervals a field may have whose invalid values are scored too: ten of their widths. */
const beyondWidths = 10

/** The range of a field whose intervals do not bound it, but say how large its values are. */
function beyond(bounds: Range | undefined, trained: Range | undefined): Range | undefined {
  return joinedRange(bounds && widened(bounds, beyondWidths), trained)
}

/** Whether a number is among the valid ones; undefined when all are. */
function validity(x: Typed, { data, listed, barred }: NumberField): Typed | undefined {
  const within = [
    ...data.intervals.map((interval) => inside(x, interval)),
    ...listed.map((value) => apply('equal', x, numberValue(value))),
  ]
  const not = barred.map((value) => apply('notEqual', x, numberValue(value)))
  const all = [...(within.length === 0 ? [] : [joined('or', within)]), ...not]
  return all.length === 0 ? undefined : joined('and', all)
}

function isIn(value: number, [low, high]: Range): boolean {
  return value >= low && value <= high
}

function finite(text: string): number[] {
  const value = Number(text)
  return text.trim() !== '' && Number.isFinite(value) ? [value] : []
}
