import type { ExtendedVerification } from '../extended.ts'
import { numberOfText, optionalNumber, optionalText, requiredText } from './attributes.ts'
import type { ModelDraft } from './heads.ts'
import { outputFields } from './output.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { localName, rowsOf } from './tables.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

const mostRecords = 1000
const loosest = 0.01

/** What a column of the verification table means. */
type Meaning =
  | { readonly kind: 'input'; readonly name: string; readonly numeric: boolean }
  | {
      readonly kind: 'response'
      readonly index: number
      readonly rest: boolean
      readonly precision: number
      readonly zero: number
    }
  | { readonly kind: 'label' }

/**
 * ModelVerification: records with the results that the model must give for them, from whoever made it. Results that
 * have no counterpart here are left out, with a note.
 */
export function readVerification(
  model: XmlElement,
  draft: ModelDraft,
  features: ReadonlyMap<string, { readonly type: string }>,
  scope: Scope,
): readonly ExtendedVerification[] | undefined {
  const element = childOf(model, 'ModelVerification')
  if (element === undefined) return undefined
  const list =
    childOf(element, 'VerificationFields') ??
    refuseAt('model/invalid', element, 'childMissing', { child: 'VerificationFields' })
  const outputs = new Map(outputFields(model, draft).map((field) => [optionalText(field, 'name') ?? '', field]))
  const columns = new Map<string, Meaning>()
  const unread: string[] = []
  for (const field of childrenOf(list, 'VerificationField')) {
    const name = requiredText(field, 'field')
    const column = localName(optionalText(field, 'column') ?? name)
    const feature = features.get(name)
    const meaning =
      feature !== undefined
        ? ({ kind: 'input', name, numeric: feature.type !== 'category' } as const)
        : meaningOf(name, field, outputs.get(name), draft, scope)
    if (meaning === undefined) {
      if (scope.dataFields.has(name) && name !== scope.target?.name) continue
      unread.push(name)
    } else columns.set(column, meaning)
  }
  if (unread.length > 0) scope.notes.add('resultsUnchecked', { results: unread.slice(0, 5).map(clip) })
  const table = childOf(element, 'InlineTable') ?? refuseAt('model/unsupported', element, 'tableOutside')
  const rows = rowsOf(table)
  if (rows.length > mostRecords) scope.notes.add('recordsUnchecked', { checked: mostRecords, count: rows.length })
  return rows.slice(0, mostRecords).map(({ element: row, cells }) => readRow(row, cells, columns, draft))
}

/** How many responses the model gives, the outputs included. */
function responseCount({ categories, responses, outputs }: ModelDraft): number {
  return (responses ?? categories ?? [0]).length + (outputs?.length ?? 0)
}

function meaningOf(
  name: string,
  field: XmlElement,
  output: XmlElement | undefined,
  draft: ModelDraft,
  scope: Scope,
): Meaning | undefined {
  const precision = optionalNumber(field, 'precision') ?? 1e-6
  const zero = optionalNumber(field, 'zeroThreshold') ?? 1e-16
  // A result known to less than a hundredth proves nothing.
  if (Math.max(precision, zero) > loosest) return undefined
  const feature = output === undefined ? undefined : (optionalText(output, 'feature') ?? 'predictedValue')
  const made = draft.outputs?.findIndex((one) => one.name === name) ?? -1
  if (made >= 0 && feature !== 'predictedValue') {
    const before = responseCount(draft) - (draft.outputs?.length ?? 0)
    return { kind: 'response', index: before + made, rest: false, precision, zero }
  }
  const predicted = feature === 'predictedValue' || (output === undefined && name === scope.target?.name)
  if (predicted && draft.categories === undefined) {
    // A survival model's predicted value is the cumulative hazard at the record's own time.
    if (typeof draft.link === 'object' && 'survival' in draft.link) return undefined
    // What Targets make of the response comes next to it.
    return { kind: 'response', index: draft.treated === undefined ? 0 : 1, rest: false, precision, zero }
  }
  if (predicted) return draft.label ? { kind: 'label' } : undefined
  // Without an Output field, probabilities are sometimes named after their category alone.
  const category =
    feature === 'probability'
      ? optionalText(output as XmlElement, 'value')
      : output === undefined
        ? name.match(/^probability\((.*)\)$/)?.[1]
        : undefined
  if (category === undefined) return undefined
  const index = draft.categories?.indexOf(category) ?? -1
  if (index >= 0) return { kind: 'response', index, rest: false, precision, zero }
  return category === draft.other ? { kind: 'response', index: 0, rest: true, precision, zero } : undefined
}

function readRow(
  row: XmlElement,
  cells: ReadonlyMap<string, string>,
  columns: ReadonlyMap<string, Meaning>,
  draft: ModelDraft,
): ExtendedVerification {
  const record: [string, string | number][] = []
  const responses: (number | null)[] = Array.from({ length: responseCount(draft) }, () => null)
  let label: string | undefined
  let precision: number | undefined
  let zeroThreshold: number | undefined
  for (const [column, text] of cells) {
    const meaning = columns.get(column)
    if (meaning === undefined) continue
    if (meaning.kind === 'label') label = text
    else if (meaning.kind === 'input') {
      if (text !== '') record.push([meaning.name, meaning.numeric ? inputNumber(text) : text])
    } else {
      const value = numberOfText(text) ?? refuseAt('model/invalid', row, 'resultNotDecimal', { column: clip(column) })
      if (responses[meaning.index] === null || !meaning.rest)
        responses[meaning.index] = meaning.rest ? 1 - value : value
      precision = Math.max(precision ?? 0, meaning.precision)
      zeroThreshold = Math.max(zeroThreshold ?? 0, meaning.zero)
    }
  }
  return {
    record: Object.fromEntries(record),
    ...(precision !== undefined && { responses, precision }),
    ...(zeroThreshold !== undefined && { zeroThreshold }),
    ...(label !== undefined && { label }),
  }
}

function inputNumber(text: string): string | number {
  // A text that is no number may still be a missing code; the model decides.
  const value = numberOfText(text)
  return value === undefined ? text : value
}
