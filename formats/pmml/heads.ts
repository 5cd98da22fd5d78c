import type { Expression } from '../../core/card/expression.ts'
import type { ExtendedHead, ExtendedLink, ExtendedModel, ExtendedTerm, Reasons } from '../extended.ts'
import type { Column, LinearResult } from './columns.ts'
import { compare } from './predicates.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, firstPresent, missingValue, numberValue, type Typed, textValue, whereMissing } from './typed.ts'
import type { XmlElement } from './xml.ts'

/** One linear predictor being built. Everything private of a model ends here. */
export class Head {
  readonly name: string | undefined
  readonly role: 'reason' | undefined
  intercept: number
  readonly terms = new Map<string, { readonly column: string; readonly level?: string; readonly weight: number }>()

  constructor(name?: string, intercept = 0, role?: 'reason') {
    this.name = name
    this.intercept = intercept
    this.role = role
  }

  add(column: string, level: string | undefined, weight: number): void {
    const key = JSON.stringify([column, level])
    const term = this.terms.get(key)
    this.terms.set(key, { column, ...(level !== undefined && { level }), weight: (term?.weight ?? 0) + weight })
  }

  /** Adds `factor` times another head. */
  addHead(other: LinearResult, factor: number): void {
    this.intercept += factor * other.intercept
    for (const { column, level, weight } of other.terms.values()) this.add(column, level, factor * weight)
  }
}

/** A model as its reader leaves it. */
export interface ModelDraft {
  /** The Output of the model that gives the result, where it is not the file's own: the last one of a chain. */
  readonly output?: XmlElement | undefined
  readonly heads: readonly Head[]
  readonly link: ExtendedLink
  /** What each response is the probability of; none for a model that predicts a number. */
  readonly categories?: readonly string[]
  /** A second category of a binary model, whose probability is what is left of 1. */
  readonly other?: string
  readonly responses?: readonly string[]
  /** What the Output makes of the responses, and the text that it decides for. */
  readonly outputs?: NonNullable<ExtendedModel['outputs']>
  readonly decision?: Expression
  readonly label?: boolean
  readonly reasons?: Reasons
  /** What Targets make of the one response, where weights cannot say it: public, and the last step. */
  readonly treated?: (response: Typed) => Typed
}

/**
 * Adds weight · column, as a number. A column that is a straight line of others (a standardised one) is taken apart:
 * its constants go into the weights, and what is encoded has the decimals that people write.
 * Where the column is missing the record is refused.
 */
export function addNumber(head: Head, column: Column, weight: number, at: XmlElement, scope: Scope): void {
  const { constant, parts } = scope.columns.linear(asNumber(column, at, scope), at)
  head.intercept += weight * constant
  for (const [part, factor] of parts) {
    if (part.result !== undefined) addResult(head, part, weight * factor, at)
    else if (part.kind === 'truth') addTruth(head, part.typed, part.name, weight * factor, at, scope)
    else head.add(part.name, undefined, weight * factor)
  }
}

/** Adds weight · what an earlier model of a chain gives. */
function addResult(head: Head, { name, result }: Column, weight: number, at: XmlElement): void {
  if (result?.link !== undefined) refuseAt('model/unsupported', at, 'resultUnfit', { field: clip(name) })
  head.addHead(result as LinearResult, weight)
}

/** Adds weight where the expression is 1: as a category, whose indicator takes one bit. */
export function addTruth(head: Head, truth: Typed, hint: string, weight: number, at: XmlElement, scope: Scope): void {
  const named = apply('if', truth, textValue('true'), textValue('false'))
  const column = scope.columns.derive(at, whereMissing(truth, missingValue('text'), named), { hint })
  head.add(column.name, 'true', weight)
}

/** A column as a number column. */
export function asNumber(column: Column, at: XmlElement, scope: Scope): Column {
  if (column.kind !== 'category') return column
  if (column.truth) {
    const holds: Typed = { ...apply('equal', column.typed, textValue('true')), kind: 'number' }
    return scope.columns.derive(at, holds, { hint: `${column.name} as a number` })
  }
  if (!column.numeric) refuseAt('model/invalid', at, 'categoryAsNumber', { column: clip(column.name) })
  return scope.columns.derive(at, apply('number', column.typed), { hint: `${column.name} as a number` })
}

/** A column to a power, as a column. */
export function powerOf(column: Column, exponent: number, at: XmlElement, scope: Scope): Column {
  if (exponent === 1) return column
  const raised = exponent === 2 ? apply('square', column.typed) : apply('power', column.typed, numberValue(exponent))
  return scope.columns.derive(at, raised, { hint: `${column.name} ^ ${exponent}` })
}

/**
 * Adds weight where the column has that value. Where it is missing the term counts nothing, or else
 * (`missing: 'refuse'`) the record is refused.
 */
export function addIndicator(
  head: Head,
  column: Column,
  value: string,
  weight: number,
  missing: 'nothing' | 'refuse',
  at: XmlElement,
  scope: Scope,
): void {
  if (column.kind === 'category') {
    const level = scope.columns.useLevel(column, value, at)
    if (missing === 'nothing') scope.columns.nothingWhenMissing(column)
    if (scope.columns.mayHave(column, level)) head.add(column.name, level, weight)
    else if (missing === 'refuse') scope.columns.markUsed(column)
    return
  }
  const hit = compare('equal', column, value, at, scope)
  const typed: Typed = missing === 'nothing' ? firstPresent([hit, { ...numberValue(0), kind: 'truth' }]) : hit
  addTruth(head, typed, `${column.name} = ${value}`, weight, at, scope)
}

/** The heads as the model file has them. Levels that no head weighs are left out: they are what the others compare to. */
export function finishHeads(heads: readonly Head[], renamed: ReadonlyMap<string, string>): ExtendedHead[] {
  const weighed = new Set<string>()
  for (const head of heads) {
    for (const [key, { weight }] of head.terms) if (weight !== 0) weighed.add(key)
  }
  return heads.map((head) => ({
    ...(head.name !== undefined && { name: head.name }),
    intercept: head.intercept,
    terms: [...head.terms].flatMap(([key, { column, level, weight }]): ExtendedTerm[] =>
      level !== undefined && !weighed.has(key)
        ? []
        : [{ feature: renamed.get(column) ?? column, ...(level !== undefined && { level }), weight }],
    ),
    ...(head.role !== undefined && { role: head.role }),
  }))
}

/** A probability's link seen from the other of two categories: 1 − F(η) = G(−η). */
export function complement(link: ExtendedLink): ExtendedLink | undefined {
  switch (link) {
    case 'logit':
    case 'probit':
    case 'cauchit':
      return link
    case 'cloglog':
      return 'loglog'
    case 'loglog':
      return 'cloglog'
    default:
      return undefined
  }
}
