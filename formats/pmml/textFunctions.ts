import { daysOfDate, isDatePattern } from '../../core/card/dates.ts'
import { numberFormatter } from '../../core/card/numberFormat.ts'
import { compilePattern } from '../../core/card/pattern.ts'
import { constantOf } from './constants.ts'
import { refuseAt } from './refuse.ts'
import { apply, grown, numberValue, type Typed } from './typed.ts'
import type { XmlElement } from './xml.ts'

/** PMML's functions of texts, dates and times. Patterns must be constants: they are read before any record is there. */

/** `replace`: what `$1`, `$$` and backslashes mean in the text that stands in for a match. */
export function replacementParts(text: string, groups: number, element: XmlElement): (string | number)[] {
  const parts: (string | number)[] = []
  const literal = (piece: string): void => {
    const last = parts.at(-1)
    if (typeof last === 'string') parts[parts.length - 1] = last + piece
    else parts.push(piece)
  }
  for (const [, escaped, dollar, group, plain] of text.matchAll(/\\(.)|\$(\$)|\$(\d{1,2})|(.)/gsu)) {
    if (group === undefined) literal(escaped ?? dollar ?? (plain as string))
    // Two digits are a group where there are so many, else a group of one digit and a digit.
    else if (Number(group) < groups) parts.push(Number(group))
    else if (group.length === 2 && Number(group[0]) < groups) {
      parts.push(Number(group[0]))
      literal(group[1] as string)
    } else refuseAt('model/invalid', element, 'patternNotRead', { why: 'syntax' })
  }
  return parts
}

/** The groups of a regular expression, if it is one that can be matched in time in proportion to the text. */
export function checkedPattern(pattern: string, element: XmlElement): number {
  const program = compilePattern(pattern)
  if (typeof program === 'string') refuseAt('model/unsupported', element, 'patternNotRead', { why: program })
  return program.groups
}

function constantText(arg: Typed, element: XmlElement): string {
  return constantOf(arg) ?? refuseAt('model/unsupported', element, 'patternNotRead', { why: 'constant' })
}

export function matches([x, pattern]: readonly [Typed, Typed], element: XmlElement): Typed {
  const text = constantText(pattern, element)
  checkedPattern(text, element)
  return grown({ op: 'matches', args: [x.expression], pattern: text }, 'truth', true, [x])
}

export function replace([x, pattern, by]: readonly [Typed, Typed, Typed], element: XmlElement): Typed {
  const text = constantText(pattern, element)
  const parts = replacementParts(constantText(by, element), checkedPattern(text, element), element)
  return grown({ op: 'replace', args: [x.expression], pattern: text, by: parts }, 'text', true, [x])
}

export function formatNumber([x, pattern]: readonly [Typed, Typed], element: XmlElement): Typed {
  const text = constantText(pattern, element)
  if (numberFormatter(text) === null) refuseAt('model/unsupported', element, 'patternNotRead', { why: 'number' })
  return grown({ op: 'formatNumber', args: [x.expression], pattern: text }, 'text', true, [x])
}

export function formatDatetime([x, pattern]: readonly [Typed, Typed], element: XmlElement): Typed {
  const text = constantText(pattern, element)
  if (!isDatePattern(text)) refuseAt('model/unsupported', element, 'patternNotRead', { why: 'date' })
  const [days, seconds] = [apply('days', x), apply('seconds', x)]
  // A date alone is its midnight, and a time alone one of a day that its pattern does not show.
  const parts = [orZero(days), orZero(seconds)].map(({ expression }) => expression) as never
  const value = grown({ op: 'formatDate', args: parts, pattern: text }, 'text', true, [days, seconds])
  const neither = apply('and', apply('missing', days), apply('missing', seconds))
  return apply('if', neither, { ...value, expression: { constant: null } }, value)
}

function orZero(value: Typed): Typed {
  return apply('coalesce', value, numberValue(0))
}

/** A text of a date or time as the number that a type of PMML counts: dateDaysSince[1960], timeSeconds, …; or as it is. */
export function countedAs(dataType: string, x: Typed, element: XmlElement): Typed {
  const year = numberValue(Number(/\[(\d{4})\]$/.exec(dataType)?.[1] ?? 0))
  if (dataType.startsWith('dateDaysSince')) return since('days', [x, year], element)
  if (dataType.startsWith('dateTimeSecondsSince')) return since('seconds', [x, year], element)
  return dataType === 'timeSeconds' ? wholeSeconds(x) : x
}

/** Days, or seconds, of a date since the first of January of a year. */
export function since(unit: 'days' | 'seconds', [x, year]: readonly [Typed, Typed], element: XmlElement): Typed {
  const start = daysOfDate(Number(constantText(year, element)), 1, 1)
  if (start === null || !Number.isInteger(start)) refuseAt('model/invalid', element, 'notDecimal', { what: 'constant' })
  const days = apply('subtract', apply('days', x), numberValue(start))
  return unit === 'days' ? days : apply('add', apply('multiply', days, numberValue(86_400)), orZero(wholeSeconds(x)))
}

/** PMML counts whole seconds. */
export function wholeSeconds(x: Typed): Typed {
  return apply('floor', apply('seconds', x))
}
