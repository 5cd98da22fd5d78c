import { numberOfText, optionalText, optionalTruth, requiredText } from './attributes.ts'
import type { NotHere } from './faults.ts'
import { applyFunction } from './functions.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { discretize, mapValues, normContinuous, normDiscrete } from './transformations.ts'
import { apply, bounded, firstPresent, missingValue, numberValue, type Typed, textValue, truthValue } from './typed.ts'
import type { XmlElement } from './xml.ts'

/** PMML's expressions as ours. They run on public data in the analyst's browser, so everything in them is public. */

/** What the parameters of a function stand for, while its body is being unfolded. */
export type Parameters = ReadonlyMap<string, Typed>

/** The kind that texts of the file (constants, bin values) are to be read as; undefined: by what they look like. */
export type Wanted = 'number' | 'text' | undefined

const supported = [
  'FieldRef',
  'Constant',
  'Apply',
  'NormContinuous',
  'NormDiscrete',
  'Discretize',
  'MapValues',
] as const
const refused: readonly NotHere[] = ['Aggregate', 'Lag', 'TextIndex']

/** The one expression inside an element. */
export function expressionOf(parent: XmlElement, scope: Scope, parameters: Parameters, wanted: Wanted): Typed {
  const found = parent.children.filter(
    ({ own, name }) =>
      own && ((supported as readonly string[]).includes(name) || refused.some((kind) => kind === name)),
  )
  const [only, second] = found
  if (only === undefined) refuseAt('model/invalid', parent, 'expressionMissing', { choices: supported })
  if (second !== undefined)
    refuseAt('model/invalid', second, 'moreThanOne', { what: 'expression', parent: parent.name })
  return evaluate(only, scope, parameters, wanted)
}

/** The expressions inside an element, in order. */
export function argumentsOf(parent: XmlElement, scope: Scope, parameters: Parameters): Typed[] {
  return parent.children
    .filter(({ own, name }) => own && name !== 'Extension')
    .map((child) => evaluate(child, scope, parameters, undefined))
}

function evaluate(element: XmlElement, scope: Scope, parameters: Parameters, wanted: Wanted): Typed {
  const kind = refused.find((each) => each === element.name)
  if (kind !== undefined) refuseAt('model/unsupported', element, 'expressionNotHere', { kind })
  switch (element.name) {
    case 'FieldRef': {
      const value = reference(requiredText(element, 'field'), element, scope, parameters)
      return mapMissing(element, [value], value)
    }
    case 'Constant':
      return constant(element, wanted)
    case 'Apply':
      return bounded(element, applyElement(element, scope, parameters))
    case 'NormContinuous':
      return bounded(element, normContinuous(element, argument(element, scope, parameters)))
    case 'NormDiscrete':
      return bounded(element, normDiscrete(element, argument(element, scope, parameters), scope))
    case 'Discretize':
      return bounded(element, discretize(element, argument(element, scope, parameters), wanted))
    case 'MapValues':
      return bounded(
        element,
        mapValues(element, (name, at) => reference(name, at, scope, parameters), scope, wanted),
      )
    default:
      return refuseAt('model/unsupported', element, 'expressionUnread', { choices: supported })
  }
}

function argument(element: XmlElement, scope: Scope, parameters: Parameters): Typed {
  return reference(requiredText(element, 'field'), element, scope, parameters)
}

function reference(name: string, element: XmlElement, scope: Scope, parameters: Parameters): Typed {
  return parameters.get(name) ?? scope.column(name, element).typed
}

function applyElement(element: XmlElement, scope: Scope, parameters: Parameters): Typed {
  const args = argumentsOf(element, scope, parameters)
  const value = applyFunction(element, args, scope)
  const mapped = mapMissing(element, args, value)
  const text = optionalText(element, 'defaultValue')
  return text === undefined ? mapped : firstPresent([mapped, valueOfText(element, text, mapped.kind)])
}

/** `value`, and what mapMissingTo says where an argument is missing. */
export function mapMissing(element: XmlElement, args: readonly Typed[], value: Typed): Typed {
  const text = optionalText(element, 'mapMissingTo')
  const missing = args.filter((arg) => arg.mayMiss).map((arg) => apply('missing', arg))
  if (text === undefined || missing.length === 0) return value
  const substitute = valueOfText(element, text, value.kind)
  return apply('if', missing.length === 1 ? (missing[0] as Typed) : apply('or', ...missing), substitute, value)
}

/** A text of the file as a constant of a kind. */
export function valueOfText(element: XmlElement, text: string, kind: Typed['kind']): Typed {
  if (kind === 'text') return textValue(text)
  if (kind === 'truth') {
    const lower = text.trim().toLowerCase()
    if (['true', '1', 'false', '0'].includes(lower)) return truthValue(lower === 'true' || lower === '1')
    return refuseAt('model/invalid', element, 'notTrueOrFalse', { text: clip(text) })
  }
  const value = numberOfText(text)
  return value === undefined
    ? refuseAt('model/invalid', element, 'notDecimal', { what: 'constant' })
    : numberValue(value)
}

function constant(element: XmlElement, wanted: Wanted): Typed {
  const type = optionalText(element, 'dataType')
  if (optionalTruth(element, 'missing')) return missingValue(wanted ?? 'number')
  const text = element.text
  if (wanted === 'number') return valueOfText(element, text, 'number')
  switch (type) {
    case 'string':
      return textValue(text)
    case 'boolean':
      return valueOfText(element, text, 'truth')
    case 'integer':
    case 'float':
    case 'double':
      return valueOfText(element, text, 'number')
    case undefined:
      return wanted === 'text' || numberOfText(text) === undefined
        ? textValue(text)
        : valueOfText(element, text, 'number')
    default:
      return refuseAt('model/unsupported', element, 'constantType', { type: clip(type) })
  }
}
