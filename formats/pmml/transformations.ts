import { numberOfText, oneOf, optionalText, requiredNumber, requiredText } from './attributes.ts'
import { type Margin, readInterval } from './fields.ts'
import { inside } from './intervals.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { localName, rowsOf } from './tables.ts'
import { apply, firstPresent, grown, missingValue, type Typed } from './typed.ts'
import { mapMissing, valueOfText, type Wanted } from './values.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** The transformations that are tables: lines through points, indicators, bins, look-ups. */

export function normContinuous(element: XmlElement, x: Typed): Typed {
  if (x.kind === 'text') refuseAt('model/invalid', element, 'tableOfText', { what: 'line' })
  const points = childrenOf(element, 'LinearNorm').map(
    (norm) => [requiredNumber(norm, 'orig'), requiredNumber(norm, 'norm')] as const,
  )
  if (points.length < 2) refuseAt('model/invalid', element, 'tooFew', { what: 'norms' })
  if (points.some(([orig], i) => i > 0 && orig <= (points[i - 1]?.[0] ?? orig)))
    refuseAt('model/invalid', element, 'pointsNotAscending')
  const outliers = oneOf(element, 'outliers', ['asIs', 'asMissingValues', 'asExtremeValues']) ?? 'asIs'
  const outside = outliers === 'asIs' ? 'extend' : outliers === 'asExtremeValues' ? 'clamp' : 'missing'
  const expression = { op: 'piecewise', args: [x.expression], points, outside } as const
  const line = grown(expression, 'number', x.mayMiss || outside === 'missing', [x])
  const text = optionalText(element, 'mapMissingTo')
  return text === undefined ? line : firstPresent([line, valueOfText(element, text, 'number')])
}

export function normDiscrete(element: XmlElement, x: Typed, scope: Scope): Typed {
  const stated = requiredText(element, 'value')
  const value = x.kind === 'text' ? levelOf(scope, requiredText(element, 'field'), stated, element) : stated
  const hit = apply('equal', x, valueOfText(element, value, x.kind))
  const text = optionalText(element, 'mapMissingTo')
  // The indicator is a number: 1 or 0, or whatever stands for missing.
  return text === undefined ? hit : firstPresent([{ ...hit, kind: 'number' }, valueOfText(element, text, 'number')])
}

export function discretize(element: XmlElement, x: Typed, wanted: Wanted): Typed {
  if (x.kind === 'text') refuseAt('model/invalid', element, 'tableOfText', { what: 'bins' })
  const kind = wanted ?? 'text'
  const bins = childrenOf(element, 'DiscretizeBin').map((bin) => {
    const interval = childOf(bin, 'Interval') ?? refuseAt('model/invalid', bin, 'childMissing', { child: 'Interval' })
    return { element: bin, margin: readInterval(interval), value: requiredText(bin, 'binValue') }
  })
  const text = optionalText(element, 'defaultValue')
  if (bins.length === 0 && text === undefined) refuseAt('model/invalid', element, 'neitherBinsNorDefault')
  const otherwise = text === undefined ? missingValue(kind) : valueOfText(element, text, kind)
  const asBins = kind === 'text' ? contiguous(x, bins, text) : undefined
  const value = asBins ?? chain(x, bins, kind, otherwise, element)
  return mapMissing(element, [x], value)
}

interface Bin {
  readonly element: XmlElement
  readonly margin: Margin
  readonly value: string
}

function chain(x: Typed, bins: readonly Bin[], kind: 'number' | 'text', otherwise: Typed, element: XmlElement): Typed {
  if (bins.length > 900) refuseAt('model/unsupported', element, 'tooMany', { what: 'bins', most: 900 })
  const cases = bins.map((bin) =>
    apply('if', inside(x, bin.margin), valueOfText(bin.element, bin.value, kind), missingValue(kind)),
  )
  const found = firstPresent([...cases, otherwise])
  // Where x is missing no bin holds it, and the default is not for it either.
  return x.mayMiss ? apply('if', apply('missing', x), missingValue(kind), found) : found
}

/** Bins that follow one another without a gap, as one step: undefined when they do not. */
function contiguous(x: Typed, bins: readonly Bin[], otherwise: string | undefined): Typed | undefined {
  const sorted = [...bins].sort(
    (a, b) => (a.margin.low ?? Number.NEGATIVE_INFINITY) - (b.margin.low ?? Number.NEGATIVE_INFINITY),
  )
  const first = sorted[0]
  const last = sorted[sorted.length - 1]
  if (first === undefined || last === undefined) return undefined
  if (otherwise === undefined && (first.margin.low !== undefined || last.margin.high !== undefined)) return undefined
  const closedLeft = sorted.every(
    ({ margin }) => (margin.low === undefined || !margin.lowOpen) && (margin.high === undefined || margin.highOpen),
  )
  const closedRight = sorted.every(
    ({ margin }) => (margin.low === undefined || margin.lowOpen) && (margin.high === undefined || !margin.highOpen),
  )
  if (!closedLeft && !closedRight) return undefined
  const edges: number[] = []
  const labels: string[] = []
  if (first.margin.low !== undefined) {
    edges.push(first.margin.low)
    labels.push(otherwise as string)
  }
  for (const [i, bin] of sorted.entries()) {
    const before = sorted[i - 1]
    if (before !== undefined && (before.margin.high === undefined || before.margin.high !== bin.margin.low))
      return undefined
    labels.push(bin.value)
    if (bin.margin.high !== undefined) edges.push(bin.margin.high)
  }
  if (last.margin.high !== undefined) labels.push(otherwise as string)
  if (edges.some((edge, i) => i > 0 && edge <= (edges[i - 1] as number))) return undefined
  const closed = closedLeft ? 'left' : 'right'
  return grown({ op: 'bin', args: [x.expression], edges, closed, labels }, 'text', x.mayMiss, [x], [...new Set(labels)])
}

export function mapValues(
  element: XmlElement,
  reference: (name: string, at: XmlElement) => Typed,
  scope: Scope,
  wanted: Wanted,
): Typed {
  const output = localName(requiredText(element, 'outputColumn'))
  const pairs = childrenOf(element, 'FieldColumnPair').map((pair) => {
    const field = requiredText(pair, 'field')
    return { element: pair, field, column: localName(requiredText(pair, 'column')), value: reference(field, pair) }
  })
  if (pairs.length === 0 || pairs.length > 20) refuseAt('model/invalid', element, 'lookupColumns')
  if (childOf(element, 'TableLocator')) refuseAt('model/unsupported', element, 'tableOutside')
  const table =
    childOf(element, 'InlineTable') ?? refuseAt('model/invalid', element, 'childMissing', { child: 'InlineTable' })
  const type = optionalText(element, 'dataType')
  const numeric = wanted === 'number' || (wanted === undefined && ['integer', 'float', 'double'].includes(type ?? ''))
  const kind = numeric ? ('number' as const) : ('text' as const)
  const args = pairs.map(({ value }) => value)
  const results: string[] = []
  const rows = rowsOf(table).map(({ element: row, cells }) => {
    const cell = (name: string): string =>
      cells.get(name) ?? refuseAt('model/invalid', row, 'rowLacks', { column: clip(name) })
    const keys = pairs.map((pair) => {
      const text = cell(pair.column)
      if (pair.value.kind === 'text') return levelOf(scope, pair.field, text, row)
      return valueOfText(row, text, pair.value.kind).expression as number
    })
    const result = cell(output)
    results.push(result)
    return [...keys, numeric ? (valueOfText(row, result, 'number').expression as number) : result]
  })
  if (rows.length > 20_000) refuseAt('model/unsupported', table, 'tooMany', { what: 'rows', most: 20_000 })
  const text = optionalText(element, 'defaultValue')
  const otherwise = text === undefined ? undefined : numeric ? numberOfText(text) : text
  if (text !== undefined && otherwise === undefined)
    refuseAt('model/invalid', element, 'notDecimal', { what: 'defaultValue' })
  if (text !== undefined) results.push(text)
  const expression = {
    op: 'lookup' as const,
    args: args.map((arg) => arg.expression),
    rows,
    ...(otherwise !== undefined && { otherwise }),
  }
  const found = grown(expression, kind, otherwise === undefined || args.some((arg) => arg.mayMiss), args, [
    ...new Set(results),
  ])
  return mapMissing(element, args, found)
}

/** A text that a field is compared with, as the field has it. */
function levelOf(scope: Scope, field: string, text: string, at: XmlElement): string {
  // A parameter of a function is no field.
  return scope.isField(field) ? scope.columns.useLevel(scope.column(field, at), text, at) : text
}
