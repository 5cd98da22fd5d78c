import { parseDecimal } from '../../core/number/decimal.ts'
import { clip, refuseAt } from './refuse.ts'
import type { XmlElement } from './xml.ts'

/** Attributes of PMML elements by their schema types. Every refusal is `model/invalid` at the element. */

export function optionalText(element: XmlElement, name: string): string | undefined {
  return element.attributes.get(name)
}

export function requiredText(element: XmlElement, name: string): string {
  return element.attributes.get(name) ?? refuseAt('model/invalid', element, 'attributeMissing', { attribute: name })
}

export function optionalNumber(element: XmlElement, name: string): number | undefined {
  const text = element.attributes.get(name)
  if (text === undefined) return undefined
  return (
    numberOfText(text) ?? refuseAt('model/invalid', element, 'attributeType', { attribute: name, expected: 'number' })
  )
}

export function requiredNumber(element: XmlElement, name: string): number {
  requiredText(element, name)
  return optionalNumber(element, name) as number
}

export function optionalInteger(element: XmlElement, name: string): number | undefined {
  const value = optionalNumber(element, name)
  if (value !== undefined && !Number.isSafeInteger(value))
    refuseAt('model/invalid', element, 'attributeType', { attribute: name, expected: 'integer' })
  return value
}

export function optionalTruth(element: XmlElement, name: string): boolean | undefined {
  const text = element.attributes.get(name)
  if (text === undefined) return undefined
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  return refuseAt('model/invalid', element, 'attributeType', { attribute: name, expected: 'truth' })
}

/** An attribute that is one of a closed list of words. */
export function oneOf<T extends string>(element: XmlElement, name: string, words: readonly T[]): T | undefined {
  const text = element.attributes.get(name)
  if (text === undefined) return undefined
  return (
    words.find((word) => word === text) ??
    refuseAt('model/invalid', element, 'attributeChoice', { attribute: name, value: clip(text), choices: words })
  )
}

/** The double nearest to a decimal text with all its digits; undefined for what is no finite decimal. */
export function numberOfText(text: string): number | undefined {
  const trimmed = text.trim()
  if (parseDecimal(trimmed) === null) return undefined
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : undefined
}
