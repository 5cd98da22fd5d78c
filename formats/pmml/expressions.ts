import { optionalText, requiredText } from './attributes.ts'
import type { NotHere } from './faults.ts'
import { applyBuiltin } from './functions.ts'
import { refuseAt } from './refuse.ts'
import { deepest, type Scope } from './scope.ts'
import { textIndex } from './textIndex.ts'
import { discretize, mapValues, normContinuous, normDiscrete } from './transformations.ts'
import { bounded, firstPresent, type Typed } from './typed.ts'
import { constant, mapMissing, valueOfText, type Wanted } from './values.ts'
import { childrenOf, type XmlElement } from './xml.ts'

/** PMML's expressions as ours. They run on public data in the analyst's browser, so everything in them is public. */

/** What the parameters of a function stand for, while its body is being unfolded. */
type Parameters = ReadonlyMap<string, Typed>

const supported = [
  'FieldRef',
  'Constant',
  'Apply',
  'NormContinuous',
  'NormDiscrete',
  'Discretize',
  'MapValues',
  'TextIndex',
] as const
const refused: readonly NotHere[] = ['Aggregate', 'Lag']

/** The one expression inside an element. `parameters` are those of the function that it is the body of. */
export function expressionOf(
  parent: XmlElement,
  scope: Scope,
  wanted: Wanted,
  parameters: Parameters = new Map(),
): Typed {
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
function argumentsOf(parent: XmlElement, scope: Scope, parameters: Parameters): Typed[] {
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
    case 'Constant': {
      // Some exporters write the name of a function's parameter as if it were a constant.
      const named = element.attributes.has('dataType') ? undefined : parameters.get(element.text.trim())
      return named ?? constant(element, wanted)
    }
    case 'TextIndex': {
      const field = requiredText(element, 'textField')
      const text = reference(field, element, scope, parameters)
      if (text.kind !== 'text') refuseAt('model/invalid', element, 'argumentKind', { given: 'number', needed: 'text' })
      return bounded(element, textIndex(element, field, text, expressionOf(element, scope, 'text', parameters), scope))
    }
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
  const name = requiredText(element, 'function')
  const own = scope.functions.get(name)
  const value = own === undefined ? applyBuiltin(element, name, args) : unfold(element, own, args, scope)
  const mapped = mapMissing(element, args, value)
  const text = optionalText(element, 'defaultValue')
  return text === undefined ? mapped : firstPresent([mapped, valueOfText(element, text, mapped.kind)])
}

/** A function of the file's own, unfolded where it is used. */
function unfold(element: XmlElement, definition: XmlElement, args: readonly Typed[], scope: Scope): Typed {
  const parameters = childrenOf(definition, 'ParameterField').map((field) => requiredText(field, 'name'))
  if (parameters.length !== args.length)
    refuseAt('model/invalid', element, 'functionParameters', { needed: parameters.length, given: args.length })
  const { unfolding } = scope
  if (unfolding.includes(definition)) refuseAt('model/invalid', element, 'functionCallsItself')
  if (unfolding.length >= deepest)
    refuseAt('model/unsupported', element, 'tooMany', { what: 'functionDepth', most: deepest })
  const type = definition.attributes.get('dataType')
  const wanted: Wanted =
    definition.attributes.get('optype') === 'continuous' ? 'number' : type === 'string' ? 'text' : undefined
  unfolding.push(definition)
  try {
    return expressionOf(definition, scope, wanted, new Map(parameters.map((name, i) => [name, args[i] as Typed])))
  } finally {
    unfolding.pop()
  }
}
