import type { UnknownPolicy } from '../extended.ts'
import { type Column, type Columns, levelOfNumber } from './columns.ts'
import type { DataField, MiningField } from './fields.ts'
import { type InvalidTreatment, invalidTreatments, invalidValue, missingPolicy, unlessMissing } from './treatments.ts'
import { apply, firstPresent, joined, missingValue, type Typed, textValue } from './typed.ts'

/** A categorical or ordinal field with its values as the column has them. */
interface CategoryField {
  readonly data: DataField
  readonly mining: MiningField
  readonly treatment: InvalidTreatment
  readonly replacement: string | undefined
  /** Truth values, and numbers: they are known by what they mean, however they are written. */
  readonly truth: boolean
  readonly numeric: boolean
  /** What the DataDictionary lists as valid; none where it lists nothing. */
  readonly valid: readonly string[]
  /** All texts that the field can have, where they are known. */
  readonly levels: Set<string>
  readonly unknown: UnknownPolicy
  /** Texts that stand for missing, and that are invalid although nothing lists the valid ones. */
  readonly codes: readonly string[]
  readonly barred: readonly string[]
  /** What every column of the field says. */
  readonly extra: Pick<Column, 'numeric' | 'byValue' | 'truth' | 'order'>
}

/** Texts that every reader of a CSV takes as missing need no treatment. */
const missingTexts: ReadonlySet<string> = new Set(['', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'null', 'NULL'])

/** A categorical field as the model sees it: as a feature that says all of its treatments, or as a column made of one. */
export function prepareCategory(columns: Columns, data: DataField, mining: MiningField): Column {
  const field = readField(data, mining)
  const { codes, barred, truth, numeric, replacement, levels, unknown, extra } = field
  if (codes.length > 0 || barred.length > 0 || truth || numeric) return treated(columns, field)
  if (replacement !== undefined) levels.add(replacement)
  const missing = missingPolicy(mining, replacement)
  return columns.addFeature(
    { ...named(data), type: 'category', levels, unknown, ...(missing && { missing }) },
    extra,
    mining.element,
  )
}

function readField(data: DataField, mining: MiningField): CategoryField {
  const truth = data.dataType === 'boolean'
  const numeric = data.dataType !== 'string' && data.dataType !== 'date' && !truth
  const level = levelIn(numeric)
  const treatment = invalidTreatments[mining.invalid]
  const replacement = mining.missingReplacement === undefined ? undefined : level(mining.missingReplacement)
  const listed = data.valid.map(level)
  const valid = listed.length > 0 ? listed : truth ? ['true', 'false'] : []
  const unknown = valid.length === 0 ? 'reference' : unknownPolicy(treatment, level(mining.invalidReplacement ?? ''))
  const levels = new Set(replacement === undefined || valid.length === 0 ? valid : [...valid, replacement])
  if (typeof unknown === 'object') levels.add(unknown.level)
  return {
    data,
    mining,
    treatment,
    replacement,
    truth,
    numeric,
    valid,
    levels,
    unknown,
    codes: data.missing.filter((code) => !missingTexts.has(code)).map(level),
    barred: listed.length > 0 ? [] : data.invalid.map(level),
    extra: {
      ...(numeric && { numeric, byValue: true }),
      ...(truth && { truth }),
      ...(data.optype === 'ordinal' && listed.length > 0 && { order: valid }),
    },
  }
}

function unknownPolicy({ unknown }: InvalidTreatment, replacement: string): UnknownPolicy {
  return unknown === 'replacement' ? { level: replacement } : unknown
}

/** A column made of a feature that lets through what must be treated. */
function treated(columns: Columns, field: CategoryField): Column {
  const { data, mining, replacement, levels, unknown, codes, barred, numeric, treatment, extra } = field
  const x = letThrough(columns, field).typed
  const instead = replacement === undefined ? missingValue('text') : textValue(replacement)
  const read = asRead(field, x)
  const isOneOf = (texts: Iterable<string>): Typed =>
    joined(
      'or',
      Array.from(texts, (text) => apply('equal', read, textValue(text))),
    )
  const value = treatedValue(field, x, read, instead, isOneOf)
  const texts = field.valid.length > 0 ? { texts: [...levels] } : {}
  const column = columns.derive(
    data.element,
    { ...unlessMissing(mining, x, instead, value), ...texts },
    { hint: `${data.name} (prepared)`, ...(extra.order && { order: extra.order }) },
  )
  const holds: Typed[] = []
  if (barred.length > 0 && treatment.guarded) holds.push(apply('not', isOneOf(barred)))
  if (numeric && unknown === 'refuse') holds.push(isOneOf([...levels, ...codes]))
  else if (numeric && field.valid.length === 0 && treatment.guarded) {
    const coded = codes.length > 0 ? [isOneOf(codes)] : []
    holds.push(joined('or', [apply('missing', x), apply('not', isNoNumber(x)), ...coded]))
  }
  if (holds.length > 0) columns.guard(column, joined('and', holds), data.element)
  return { ...column, ...extra }
}

/** A text with its treatments in their order, each around the ones before. */
function treatedValue(
  { mining, treatment, valid, levels, unknown, codes, barred, numeric, truth }: CategoryField,
  x: Typed,
  read: Typed,
  instead: Typed,
  isOneOf: (texts: Iterable<string>) => Typed,
): Typed {
  let value = truth ? truthText(read) : read
  const invalid = (): Typed =>
    invalidValue(treatment, instead, () => textValue(levelIn(numeric)(mining.invalidReplacement ?? '')))
  if (treatment.becomes !== 'itself') {
    if (barred.length > 0) value = apply('if', isOneOf(barred), invalid(), value)
    if (numeric && valid.length === 0) value = apply('if', isNoNumber(x), invalid(), value)
  }
  if (typeof unknown === 'object') value = apply('if', isOneOf(levels), value, textValue(unknown.level))
  else if (numeric && unknown !== 'reference')
    value = apply('if', isOneOf(levels), value, unknown === 'missing' ? instead : missingValue('text'))
  return codes.length > 0 ? apply('if', isOneOf(codes), instead, value) : value
}

/** The feature of a treated field. */
function letThrough(columns: Columns, field: CategoryField): Column {
  const { data, mining, truth, numeric, levels, codes, unknown, extra } = field
  const asWritten = truth ? ['true', 'false', 'True', 'False', 'TRUE', 'FALSE', '1', '0'] : [...levels]
  return columns.addFeature(
    {
      ...named(data),
      type: 'category',
      levels: new Set([...asWritten, ...codes]),
      unknown: typeof unknown === 'object' || numeric ? 'reference' : unknown,
      ...(mining.missingInvalid && { missing: 'refuse' as const }),
    },
    extra,
    mining.element,
  )
}

function named({ name, label }: DataField): { readonly name: string; readonly label?: string } {
  return { name, ...(label !== undefined && { label }) }
}

/** A field's text as a level: a number in its shortest form. */
function levelIn(numeric: boolean): (text: string) => string {
  return numeric ? levelOfNumber : (text) => text
}

/** A number by its value, however it is written: 1.0 is 1. */
function asRead({ numeric }: CategoryField, x: Typed): Typed {
  return numeric ? firstPresent([apply('text', apply('number', x)), x]) : x
}

/** A text that is no number is an invalid value of a field of numbers, whatever values it lists. */
function isNoNumber(x: Typed): Typed {
  return apply('missing', apply('number', x))
}

/** A truth value as PMML writes it: true or false, whatever a CSV writes. */
function truthText(x: Typed): Typed {
  const is = (text: string): Typed => apply('equal', x, textValue(text))
  return apply('if', is('1'), textValue('true'), apply('if', is('0'), textValue('false'), apply('lowercase', x)))
}
