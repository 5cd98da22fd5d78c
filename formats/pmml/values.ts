import { numberOfText, optionalText, optionalTruth } from './attributes.ts'
import { clip, refuseAt } from './refuse.ts'
import { apply, joined, missingValue, numberValue, type Typed, textValue, truthValue } from './typed.ts'
import type { XmlElement } from './xml.ts'

/** Values that a file writes as texts, as constants of expressions. */

/** The kind that texts of the file (constants, bin values) are to be read as; undefined: by what they look like. */
export type Wanted = 'number' | 'text' | undefined

/** `value`, and what mapMissingTo says where an argument is missing. */
export function mapMissing(element: XmlElement, args: readonly Typed[], value: Typed): Typed {
  const text = optionalText(element, 'mapMissingTo')
  const missing = args.filter((arg) => arg.mayMiss).map((arg) => apply('missing', arg))
  if (text === undefined || missing.length === 0) return value
  const substitute = valueOfText(element, text, value.kind)
  return apply('if', joined('or', missing), substitute, value)
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

/** The value of a Constant element. */
export function constant(element: XmlElement, wanted: Wanted): Typed {
  const type = optionalText(element, 'dataType')
  if (optionalTruth(element, 'missing')) return missingValue(wanted ?? 'number')
  const text = element.text
  if (wanted === 'number') return valueOfText(element, text, 'number')
  switch (type) {
    case 'string':
    case 'date':
    case 'time':
    case 'dateTime':
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
