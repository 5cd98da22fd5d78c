import { type Column, type Columns, levelOfNumber } from './columns.ts'
import { type DataField, type Margin, type MiningField, numberIn } from './fields.ts'
import { apply, firstPresent, missingValue, numberValue, type Typed, textValue, whereMissing } from './typed.ts'

/**
 * A field as the model sees it: missing, invalid and outlying values treated as the MiningSchema says, in PMML's order
 * (missing codes, validity, outliers, replacement). What a feature's own policies can say stands on the feature; the
 * rest becomes a derived column.
 */
export function prepareField(
  columns: Columns,
  data: DataField,
  mining: MiningField,
  statistics: readonly [number, number] | undefined,
): Column {
  const optype = mining.optype ?? data.optype
  return optype === 'continuous'
    ? prepareNumber(columns, data, mining, statistics)
    : prepareCategory(columns, data, mining)
}

function prepareNumber(
  columns: Columns,
  data: DataField,
  mining: MiningField,
  statistics: readonly [number, number] | undefined,
): Column {
  const at = mining.element
  const replacement =
    mining.missingReplacement === undefined
      ? undefined
      : numberIn(at, mining.missingReplacement, 'missingValueReplacement')
  const codes = data.missing.flatMap((text) => finite(text))
  const barred = data.invalid.flatMap((text) => finite(text))
  const listed = data.valid.map((text) => numberIn(data.element, text, 'validValue'))
  const { intervals } = data
  const bounds = hull(intervals, listed)
  const trained = statistics === undefined ? undefined : widened(statistics)
  const gone = mining.invalid === 'asMissing' ? ('missing' as const) : ('refuse' as const)
  const missing = mining.missingInvalid
    ? ('refuse' as const)
    : replacement === undefined
      ? undefined
      : { impute: replacement }
  const whole = [...(bounds ?? []), ...(trained ?? []), replacement ?? 0].every(Number.isInteger)
  const base = {
    name: data.name,
    ...(data.label !== undefined && { label: data.label }),
    type: data.dataType === 'integer' && whole ? ('integer' as const) : ('number' as const),
    invalid: gone,
  }
  const fits = (range: readonly [number, number] | undefined): boolean =>
    range === undefined || replacement === undefined || (replacement >= range[0] && replacement <= range[1])

  const noLists = codes.length === 0 && barred.length === 0 && listed.length === 0
  const simple =
    intervals.length === 0 ||
    mining.invalid === 'asIs' ||
    (intervals.length === 1 && bounds !== undefined && closed(intervals[0]))
  // Values outside the interval are to be taken as they are: then the interval bounds nothing.
  const range = mining.invalid === 'asIs' || bounds === undefined ? trained : bounds
  if (
    noLists &&
    mining.outliers === 'asIs' &&
    fits(range) &&
    simple &&
    (mining.invalid !== 'asValue' || bounds === undefined)
  ) {
    const outside = bounds !== undefined && range === bounds ? gone : ('refuse' as const)
    return columns.addFeature({ ...base, ...(range && { range, outside }), ...(missing && { missing }) }, {}, at)
  }
  const { low, high } = mining
  const ends = low !== undefined && high !== undefined ? ([low, high] as const) : undefined
  if (noLists && intervals.length === 0 && mining.outliers !== 'asIs' && ends !== undefined && fits(ends)) {
    const outside = mining.outliers === 'asExtremeValues' ? ('clamp' as const) : ('missing' as const)
    const type = ends.every(Number.isInteger) ? base.type : ('number' as const)
    return columns.addFeature({ ...base, type, range: ends, outside, ...(missing && { missing }) }, {}, at)
  }

  // The range must let missing codes through: they are no outliers.
  const wide = mining.invalid === 'asIs' || mining.invalid === 'asValue' ? trained : (bounds ?? trained)
  const reach = wide && ([Math.min(wide[0], ...codes), Math.max(wide[1], ...codes)] as const)
  const raw = columns.addFeature(
    {
      ...base,
      type: reach?.every(Number.isInteger) === false ? 'number' : base.type,
      ...(reach && { range: reach, outside: gone }),
      ...(mining.missingInvalid && { missing: 'refuse' as const }),
    },
    {},
    at,
  )
  const x = raw.typed
  const instead = replacement === undefined ? missingValue('number') : numberValue(replacement)
  let value = x
  if (mining.outliers === 'asExtremeValues') {
    if (low !== undefined) value = apply('max', value, numberValue(low))
    if (high !== undefined) value = apply('min', value, numberValue(high))
  } else if (mining.outliers === 'asMissingValues') {
    const tests = [
      ...(low === undefined ? [] : [apply('less', x, numberValue(low))]),
      ...(high === undefined ? [] : [apply('greater', x, numberValue(high))]),
    ]
    value = apply('if', any(tests), instead, value)
  }
  const validity = validityOf(x, intervals, listed, barred)
  if (validity !== undefined && mining.invalid !== 'asIs') {
    const otherwise =
      mining.invalid === 'asMissing'
        ? instead
        : mining.invalid === 'asValue'
          ? numberValue(numberIn(at, mining.invalidReplacement ?? '', 'invalidValueReplacement'))
          : missingValue('number')
    value = apply('if', validity, value, otherwise)
  }
  if (codes.length > 0)
    value = apply('if', any(codes.map((code) => apply('equal', x, numberValue(code)))), instead, value)
  const column = columns.derive(data.element, unlessMissing(mining, x, instead, value), {
    hint: `${data.name} (prepared)`,
  })
  if (validity !== undefined && mining.invalid === 'returnInvalid') {
    const coded = codes.map((code) => apply('equal', x, numberValue(code)))
    columns.guard(column, any([...coded, validity]), data.element)
  }
  return column
}

function prepareCategory(columns: Columns, data: DataField, mining: MiningField): Column {
  const at = mining.element
  const truth = data.dataType === 'boolean'
  const numeric = data.dataType !== 'string' && !truth
  const level = (text: string): string => (numeric ? levelOfNumber(text) : text)
  const replacement = mining.missingReplacement === undefined ? undefined : level(mining.missingReplacement)
  const closedSet = data.valid.length > 0
  const valid = closedSet ? data.valid.map(level) : truth ? ['true', 'false'] : []
  const stated = !closedSet && !truth ? 'reference' : unknownOf(mining)
  const unknown = typeof stated === 'object' ? { level: level(stated.level) } : stated
  const levels = new Set([...valid, ...(replacement === undefined || valid.length === 0 ? [] : [replacement])])
  if (typeof unknown === 'object') levels.add(unknown.level)
  const extra = {
    ...(numeric && { numeric, byValue: true }),
    ...(truth && { truth }),
    ...(data.optype === 'ordinal' && closedSet && { order: valid }),
  }
  // Missing texts that every reader of a CSV takes as missing need no column of their own.
  const codes = data.missing
    .filter((code) => !['', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'null', 'NULL'].includes(code))
    .map(level)
  const barred = closedSet ? [] : data.invalid.map(level)
  const label = data.label === undefined ? {} : { label: data.label }
  if (codes.length === 0 && barred.length === 0 && !truth && !numeric) {
    if (replacement !== undefined) levels.add(replacement)
    const missing = mining.missingInvalid
      ? ('refuse' as const)
      : replacement === undefined
        ? undefined
        : { impute: replacement }
    return columns.addFeature(
      { name: data.name, ...label, type: 'category', levels, unknown, ...(missing && { missing }) },
      extra,
      at,
    )
  }
  const asWritten = truth ? ['true', 'false', 'True', 'False', 'TRUE', 'FALSE', '1', '0'] : [...levels]
  const raw = columns.addFeature(
    {
      name: data.name,
      ...label,
      type: 'category',
      levels: new Set([...asWritten, ...codes]),
      unknown: typeof unknown === 'object' || numeric ? 'reference' : unknown,
      ...(mining.missingInvalid && { missing: 'refuse' as const }),
    },
    extra,
    at,
  )
  const instead = replacement === undefined ? missingValue('text') : textValue(replacement)
  // A number by its value, however it is written: 1.0 is 1.
  const read = numeric ? firstPresent([apply('text', apply('number', raw.typed)), raw.typed]) : raw.typed
  const isOneOf = (texts: readonly string[]): Typed => any(texts.map((text) => apply('equal', read, textValue(text))))
  let value = truth ? truthText(read) : read
  if (barred.length > 0 && mining.invalid !== 'asIs') {
    const otherwise =
      mining.invalid === 'asMissing'
        ? instead
        : mining.invalid === 'asValue'
          ? textValue(level(mining.invalidReplacement ?? ''))
          : missingValue('text')
    value = apply('if', isOneOf(barred), otherwise, value)
  }
  if (typeof unknown === 'object') value = apply('if', isOneOf([...levels]), value, textValue(unknown.level))
  if (numeric && (unknown === 'missing' || unknown === 'refuse')) {
    const otherwise = unknown === 'missing' ? instead : missingValue('text')
    value = apply('if', isOneOf([...levels]), value, otherwise)
  }
  if (codes.length > 0) value = apply('if', isOneOf(codes), instead, value)
  const prepared = unlessMissing(mining, raw.typed, instead, value)
  const texts = valid.length > 0 ? { texts: [...levels] } : {}
  const column = columns.derive(
    data.element,
    { ...prepared, ...texts },
    { hint: `${data.name} (prepared)`, ...(extra.order && { order: extra.order }) },
  )
  if (barred.length > 0 && mining.invalid === 'returnInvalid')
    columns.guard(column, apply('not', isOneOf(barred)), data.element)
  if (numeric && unknown === 'refuse') columns.guard(column, isOneOf([...levels, ...codes]), data.element)
  return { ...column, ...extra }
}

/** A truth value as PMML writes it: true or false, whatever a CSV writes. */
function truthText(x: Typed): Typed {
  const is = (text: string): Typed => apply('equal', x, textValue(text))
  return apply('if', is('1'), textValue('true'), apply('if', is('0'), textValue('false'), apply('lowercase', x)))
}

/** What a treated value is where the field is missing: by itself still missing, unless it can become a constant. */
function unlessMissing(mining: MiningField, x: Typed, instead: Typed, value: Typed): Typed {
  const constant = mining.missingReplacement !== undefined || mining.invalid === 'asValue'
  return constant ? whereMissing(x, instead, value) : value
}

function unknownOf(mining: MiningField): 'refuse' | 'reference' | 'missing' | { level: string } {
  switch (mining.invalid) {
    case 'returnInvalid':
      return 'refuse'
    case 'asIs':
      return 'reference'
    case 'asMissing':
      return 'missing'
    case 'asValue':
      return { level: mining.invalidReplacement ?? '' }
  }
}

/** Whether a number is among the valid ones; undefined when all are. */
function validityOf(
  x: Typed,
  intervals: readonly Margin[],
  listed: readonly number[],
  barred: readonly number[],
): Typed | undefined {
  const within = [
    ...intervals.map((interval) => inside(x, interval)),
    ...listed.map((value) => apply('equal', x, numberValue(value))),
  ]
  const not = barred.map((value) => apply('notEqual', x, numberValue(value)))
  const all = [...(within.length === 0 ? [] : [any(within)]), ...not]
  return all.length === 0 ? undefined : all.length === 1 ? all[0] : apply('and', ...all)
}

/** Whether a number is inside an interval. */
export function inside(x: Typed, { low, high, lowOpen, highOpen }: Margin): Typed {
  const tests = [
    ...(low === undefined ? [] : [apply(lowOpen ? 'greater' : 'greaterOrEqual', x, numberValue(low))]),
    ...(high === undefined ? [] : [apply(highOpen ? 'less' : 'lessOrEqual', x, numberValue(high))]),
  ]
  if (tests.length === 0) return apply('not', apply('missing', x))
  return tests.length === 1 ? (tests[0] as Typed) : apply('and', ...tests)
}

function any(tests: readonly Typed[]): Typed {
  return tests.length === 1 ? (tests[0] as Typed) : apply('or', ...tests)
}

function hull(intervals: readonly Margin[], listed: readonly number[]): readonly [number, number] | undefined {
  const lows = [...intervals.map(({ low }) => low ?? Number.NEGATIVE_INFINITY), ...listed]
  const highs = [...intervals.map(({ high }) => high ?? Number.POSITIVE_INFINITY), ...listed]
  if (lows.length === 0) return undefined
  const ends = [Math.min(...lows), Math.max(...highs)] as const
  return ends.every(Number.isFinite) ? ends : undefined
}

function closed(interval: Margin | undefined): boolean {
  return interval !== undefined && !interval.lowOpen && !interval.highOpen
}

/** Records to be scored leave the training range somewhat: a range's width more on either side costs under two bits. */
function widened([low, high]: readonly [number, number]): readonly [number, number] | undefined {
  const width = high - low
  if (width === 0) return undefined
  // At a round number, so that the published ends do not need all digits of a double.
  const unit = 10 ** Math.floor(Math.log10(width))
  const ends = [Math.floor((low - width) / unit) * unit, Math.ceil((high + width) / unit) * unit] as const
  return ends.map((end) => Number(end.toPrecision(12))) as unknown as readonly [number, number]
}

function finite(text: string): number[] {
  const value = Number(text)
  return text.trim() !== '' && Number.isFinite(value) ? [value] : []
}
