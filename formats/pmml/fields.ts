import { numberOfText, oneOf, optionalNumber, optionalText, requiredText } from './attributes.ts'
import type { ElementFaults } from './faults.ts'
import { clip, refuseAt } from './refuse.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** What a PMML file says of its fields: DataDictionary, MiningSchema, ModelStats. */

/** PMML's Interval; an absent end is unbounded. */
export interface Margin {
  readonly low?: number
  readonly high?: number
  readonly lowOpen: boolean
  readonly highOpen: boolean
}

export interface DataField {
  readonly element: XmlElement
  readonly name: string
  readonly label?: string
  readonly optype: 'continuous' | 'categorical' | 'ordinal'
  readonly dataType: DataType
  readonly valid: readonly string[]
  readonly invalid: readonly string[]
  readonly missing: readonly string[]
  readonly intervals: readonly Margin[]
}

export type DataType = (typeof dataTypes)[number]

/** What is a text in a record: a date, a time, both, or such a text that is counted from a day or midnight on. */
export function isDateType(dataType: string): boolean {
  return /^(date|time|dateTime|timeSeconds|(dateDays|dateTimeSeconds)Since\[\d{4}\])$/.test(dataType)
}

export interface MiningField {
  readonly element: XmlElement
  readonly name: string
  readonly usage: 'active' | 'target' | 'other'
  readonly optype?: DataField['optype']
  readonly missingReplacement?: string
  readonly missingInvalid: boolean
  readonly invalid: 'returnInvalid' | 'asIs' | 'asMissing' | 'asValue'
  readonly invalidReplacement?: string
  readonly outliers: 'asIs' | 'asMissingValues' | 'asExtremeValues'
  readonly low?: number
  readonly high?: number
}

const dataTypes = ['string', 'integer', 'float', 'double', 'boolean', 'date'] as const
const optypes = ['continuous', 'categorical', 'ordinal'] as const

export function readDataField(element: XmlElement): DataField {
  const name = fieldName(element)
  const stated =
    oneOf(element, 'optype', optypes) ?? refuseAt('model/invalid', element, 'attributeMissing', { attribute: 'optype' })
  const dataType = readDataType(element, dataTypeOf(element))
  const optype = dataType === 'date' ? 'categorical' : stated
  const label = optionalText(element, 'displayName')
  const byProperty = { valid: [] as string[], invalid: [] as string[], missing: [] as string[] }
  for (const value of childrenOf(element, 'Value')) {
    const property = oneOf(value, 'property', ['valid', 'invalid', 'missing']) ?? 'valid'
    byProperty[property].push(requiredText(value, 'value'))
  }
  const intervals = childrenOf(element, 'Interval').map(readInterval)
  if (optype !== 'continuous' && intervals.length > 0) refuseAt('model/invalid', element, 'intervalsOfCategory')
  if (optype === 'continuous' && dataType === 'string')
    refuseAt('model/invalid', element, 'continuousHolds', { what: 'strings' })
  if (optype === 'continuous' && dataType === 'boolean')
    refuseAt('model/invalid', element, 'continuousHolds', { what: 'booleans' })
  return { element, name, dataType, optype, ...byProperty, intervals, ...(label !== undefined && { label }) }
}

/** The type that a field states; PMML 3.0 has none, and means numbers or texts by the optype. */
export function dataTypeOf(element: XmlElement): string {
  return optionalText(element, 'dataType') ?? (optionalText(element, 'optype') === 'continuous' ? 'double' : 'string')
}

export function readDataType(element: XmlElement, text: string): DataType {
  if (isDateType(text)) return 'date'
  return (
    dataTypes.find((known) => known === text) ??
    refuseAt('model/unsupported', element, 'fieldType', { type: clip(text) })
  )
}

export function fieldName(element: XmlElement, attribute = 'name'): string {
  const name = requiredText(element, attribute)
  if (name === '' || name.length > 200) refuseAt('model/invalid', element, 'fieldNameLength')
  if (name === '__proto__') refuseAt('model/invalid', element, 'fieldName', { name })
  return name
}

export function readInterval(element: XmlElement): Margin {
  const closure = oneOf(element, 'closure', ['openOpen', 'openClosed', 'closedOpen', 'closedClosed'])
  if (closure === undefined) refuseAt('model/invalid', element, 'attributeMissing', { attribute: 'closure' })
  const low = optionalNumber(element, 'leftMargin')
  const high = optionalNumber(element, 'rightMargin')
  if (low !== undefined && high !== undefined && low > high) refuseAt('model/invalid', element, 'intervalReversed')
  return {
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    lowOpen: closure.startsWith('open'),
    highOpen: closure.endsWith('Open'),
  }
}

const usages = [
  'active',
  'predicted',
  'target',
  'supplementary',
  'group',
  'order',
  'frequencyWeight',
  'analysisWeight',
] as const
const missingTreatments = ['asIs', 'asMean', 'asMode', 'asMedian', 'asValue', 'returnInvalid'] as const

export function readMiningField(element: XmlElement): MiningField {
  const usage = oneOf(element, 'usageType', usages) ?? 'active'
  const optype = oneOf(element, 'optype', optypes)
  const missingReplacement = optionalText(element, 'missingValueReplacement')
  const treatment = oneOf(element, 'missingValueTreatment', missingTreatments)
  const invalid =
    oneOf(element, 'invalidValueTreatment', ['returnInvalid', 'asIs', 'asMissing', 'asValue']) ?? 'returnInvalid'
  const invalidReplacement = optionalText(element, 'invalidValueReplacement')
  const outliers = oneOf(element, 'outliers', ['asIs', 'asMissingValues', 'asExtremeValues']) ?? 'asIs'
  const low = optionalNumber(element, 'lowValue')
  const high = optionalNumber(element, 'highValue')
  if (treatment === 'returnInvalid' && missingReplacement !== undefined)
    refuseAt('model/invalid', element, 'missingTwoWays')
  if (invalid === 'asValue' && invalidReplacement === undefined)
    refuseAt('model/invalid', element, 'replacementMissing')
  if (outliers !== 'asIs' && low === undefined && high === undefined)
    refuseAt('model/invalid', element, 'outliersNeedEnds', { outliers })
  if (low !== undefined && high !== undefined && low > high)
    refuseAt('model/invalid', element, 'endsReversed', { low: 'lowValue', high: 'highValue' })
  return {
    element,
    name: fieldName(element),
    usage: usage === 'active' ? 'active' : usage === 'target' || usage === 'predicted' ? 'target' : 'other',
    missingInvalid: treatment === 'returnInvalid',
    // PMML 4.3 wrote asValue as asIs with a replacement.
    invalid: invalid === 'asIs' && invalidReplacement !== undefined ? 'asValue' : invalid,
    outliers,
    ...(optype !== undefined && { optype }),
    ...(missingReplacement !== undefined && { missingReplacement }),
    ...(invalidReplacement !== undefined && { invalidReplacement }),
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
  }
}

/** Whether a MiningField leaves the values of its field as a model round its own has treated them. */
export function isUntreated({ missingReplacement, missingInvalid, invalid, outliers }: MiningField): boolean {
  const asIs = invalid === 'returnInvalid' || invalid === 'asIs'
  return missingReplacement === undefined && !missingInvalid && asIs && outliers === 'asIs'
}

/** Whether two models treat the values of a field in the same way. */
export function sameTreatment(one: MiningField, other: MiningField | undefined): boolean {
  const treatments = [one, other].map((field) => {
    const { element: _, name: __, usage: ___, optype: ____, ...treatment } = field ?? ({} as MiningField)
    return JSON.stringify(treatment, Object.keys(treatment).sort())
  })
  return treatments[0] === treatments[1]
}

/** Smallest and largest value of each field in the training data, where ModelStats has them. */
export function readStatistics(model: XmlElement): Map<string, readonly [number, number]> {
  const ranges = new Map<string, readonly [number, number]>()
  const stats = childOf(model, 'ModelStats')
  for (const univariate of stats === undefined ? [] : childrenOf(stats, 'UnivariateStats')) {
    const info = childOf(univariate, 'NumericInfo')
    const field = optionalText(univariate, 'field')
    if (info === undefined || field === undefined) continue
    const minimum = optionalNumber(info, 'minimum')
    const maximum = optionalNumber(info, 'maximum')
    if (minimum === undefined || maximum === undefined) continue
    if (minimum > maximum) refuseAt('model/invalid', info, 'endsReversed', { low: 'minimum', high: 'maximum' })
    ranges.set(field, [minimum, maximum])
  }
  return ranges
}

/** A field's value as its type has it: a number, or undefined when the text is none. */
export function numberIn(element: XmlElement, text: string, what: ElementFaults['notDecimal']['what']): number {
  return numberOfText(text) ?? refuseAt('model/invalid', element, 'notDecimal', { what })
}
