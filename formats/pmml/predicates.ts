import { numberOfText, oneOf, optionalText, requiredText } from './attributes.ts'
import { type Column, levelOfNumber } from './columns.ts'
import { type Condition, leaf } from './logic.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, joined, numberValue, type Typed, textValue, truthValue } from './typed.ts'
import { childOf, type XmlElement } from './xml.ts'

/** PMML's predicates: comparisons of fields with texts of the file. */

const predicates = ['SimplePredicate', 'SimpleSetPredicate', 'CompoundPredicate', 'True', 'False'] as const
const comparisons = {
  equal: 'equal',
  notEqual: 'notEqual',
  lessThan: 'less',
  lessOrEqual: 'lessOrEqual',
  greaterThan: 'greater',
  greaterOrEqual: 'greaterOrEqual',
} as const

/** The predicate that an element holds. */
export function readPredicate(parent: XmlElement, scope: Scope): Condition {
  const found = parent.children.filter((child) => child.own && (predicates as readonly string[]).includes(child.name))
  const [only, second] = found
  if (only === undefined) refuseAt('model/invalid', parent, 'predicateMissing')
  if (second !== undefined) refuseAt('model/invalid', second, 'moreThanOne', { what: 'predicate', parent: parent.name })
  return condition(only, scope)
}

function condition(element: XmlElement, scope: Scope): Condition {
  switch (element.name) {
    case 'True':
      return leaf(truthValue(true))
    case 'False':
      return leaf(truthValue(false))
    case 'SimplePredicate':
      return leaf(simple(element, scope))
    case 'SimpleSetPredicate':
      return leaf(inSet(element, scope))
    default: {
      const op = oneOf(element, 'booleanOperator', ['and', 'or', 'xor', 'surrogate'])
      if (op === undefined) refuseAt('model/invalid', element, 'attributeMissing', { attribute: 'booleanOperator' })
      const parts = element.children
        .filter((child) => child.own && (predicates as readonly string[]).includes(child.name))
        .map((child) => condition(child, scope))
      if (parts.length < 2) refuseAt('model/invalid', element, 'tooFew', { what: 'predicates' })
      return { op, parts }
    }
  }
}

function simple(element: XmlElement, scope: Scope): Typed {
  const column = scope.column(requiredText(element, 'field'), element)
  const operator = oneOf(element, 'operator', [...Object.keys(comparisons), 'isMissing', 'isNotMissing'])
  const value = optionalText(element, 'value')
  if (operator === 'isMissing') return apply('missing', column.typed)
  if (operator === 'isNotMissing') return apply('not', apply('missing', column.typed))
  if (operator === undefined) refuseAt('model/invalid', element, 'attributeMissing', { attribute: 'operator' })
  if (value === undefined) refuseAt('model/invalid', element, 'operatorNeedsValue', { operator })
  return compare(operator as keyof typeof comparisons, column, value, element, scope)
}

/** A column compared with a text of the file, read as the column's kind. */
export function compare(
  operator: keyof typeof comparisons,
  column: Column,
  value: string,
  element: XmlElement,
  scope: Scope,
): Typed {
  const op = comparisons[operator]
  if (column.kind === 'number') return apply(op, column.typed, numberValue(numberFor(value, element)))
  if (column.kind === 'truth') return apply(op, column.typed, numberValue(truthFor(value, element)))
  if (op === 'equal' || op === 'notEqual') {
    return apply(op, column.typed, textValue(scope.columns.useLevel(column, value, element)))
  }
  if (column.order !== undefined) {
    const rank = column.order.indexOf(column.byValue ? levelOfNumber(value) : value)
    if (rank < 0) refuseAt('model/invalid', element, 'columnValue', { value: clip(value), column: clip(column.name) })
    const rows = column.order.map((level, i) => [level, i] as const)
    const ranks: Typed = {
      ...column.typed,
      expression: { op: 'lookup', args: [column.typed.expression], rows },
      kind: 'number',
      mayMiss: true,
      size: 2,
      depth: 2,
    }
    return apply(op, ranks, numberValue(rank))
  }
  if (column.numeric) return apply(op, apply('number', column.typed), numberValue(numberFor(value, element)))
  return refuseAt('model/unsupported', element, 'columnUnordered', { column: clip(column.name) })
}

function inSet(element: XmlElement, scope: Scope): Typed {
  const column = scope.column(requiredText(element, 'field'), element)
  const op = oneOf(element, 'booleanOperator', ['isIn', 'isNotIn'])
  if (op === undefined) refuseAt('model/invalid', element, 'attributeMissing', { attribute: 'booleanOperator' })
  const array = childOf(element, 'Array')
  if (array === undefined) refuseAt('model/invalid', element, 'valuesMissing')
  const values = readArray(array)
  if (values.length === 0) refuseAt('model/invalid', array, 'arrayEmpty')
  const equal = values.map((value) => compare('equal', column, value, element, scope))
  const among = joined('or', equal)
  return op === 'isIn' ? among : apply('not', among)
}

/** PMML's Array: separated by white space; a text in quotes keeps its spaces, and \" is a quote in it. */
export function readArray(element: XmlElement): string[] {
  const values: string[] = []
  for (const match of element.text.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s"]+)/g))
    values.push(match[1] === undefined ? (match[2] as string) : match[1].replace(/\\(.)/g, '$1'))
  const declared = optionalText(element, 'n')
  if (declared !== undefined && Number(declared) !== values.length)
    refuseAt('model/invalid', element, 'arrayCount', { stated: clip(declared), given: values.length })
  if (values.length > 1000) refuseAt('model/unsupported', element, 'tooMany', { what: 'arrayValues', most: 1000 })
  return values
}

function numberFor(value: string, element: XmlElement): number {
  return numberOfText(value) ?? refuseAt('model/invalid', element, 'comparedWith', { what: 'number' })
}

function truthFor(value: string, element: XmlElement): number {
  const lower = value.toLowerCase()
  if (lower === 'true' || lower === '1') return 1
  if (lower === 'false' || lower === '0') return 0
  return refuseAt('model/invalid', element, 'comparedWith', { what: 'boolean' })
}
