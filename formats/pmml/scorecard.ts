import type { Reasons } from '../extended.ts'
import { oneOf, optionalNumber, optionalText, optionalTruth, requiredNumber } from './attributes.ts'
import type { Column } from './columns.ts'
import { expressionOf } from './expressions.ts'
import { functionName } from './general.ts'
import { Head, type ModelDraft } from './heads.ts'
import { linearForm } from './linearForm.ts'
import { isTrue } from './logic.ts'
import { readPredicate } from './predicates.ts'
import { refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, firstPresent, joined, missingValue, numberValue, type Typed, textValue } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/**
 * Scorecard: each characteristic becomes a public category, which of its attributes holds, and the points are weights
 * of its levels. The record is refused where no attribute of a characteristic holds, or one that has no score.
 */
export function readScorecard(model: XmlElement, scope: Scope): ModelDraft {
  if (functionName(model) !== 'regression')
    refuseAt('model/invalid', model, 'functionNeeded', { kind: 'scorecard', needed: 'regression' })
  const list =
    childOf(model, 'Characteristics') ?? refuseAt('model/invalid', model, 'childMissing', { child: 'Characteristics' })
  const characteristics = childrenOf(list, 'Characteristic')
  if (characteristics.length === 0) refuseAt('model/invalid', list, 'noChild', { child: 'Characteristic' })
  const score = new Head('score', optionalNumber(model, 'initialScore') ?? 0)
  const read = characteristics.map((element, i) => readCharacteristic(element, i, score, model, scope))
  const draft: ModelDraft = { heads: [score], link: 'identity' }
  if (!wantsReasons(model)) return draft
  const complete = read.filter((one) => one.codes.every(([, code]) => code !== undefined) && one.reason !== undefined)
  if (complete.length < read.length) {
    scope.notes.add('reasonsLeftOut')
    return draft
  }
  const reasons: Reasons = {
    characteristics: read.map(({ reason, column, codes }) => ({
      head: reason?.name as string,
      column,
      codes: codes.map(([level, code]) => [level, code as string] as const),
    })),
  }
  scope.notes.add('reasonsAsked', { characteristics: read.length })
  return { ...draft, heads: [score, ...read.map(({ reason }) => reason as Head)], reasons }
}

/** Reason codes cost a head per characteristic, so only where the file asks for them in so many words. */
function wantsReasons(model: XmlElement): boolean {
  const stated = optionalTruth(model, 'useReasonCodes')
  if (stated === false) return false
  const output = childOf(model, 'Output')
  return output === undefined
    ? stated === true
    : childrenOf(output, 'OutputField').some((field) => field.attributes.get('feature') === 'reasonCode')
}

interface Characteristic {
  readonly column: string
  readonly reason: Head | undefined
  readonly codes: readonly (readonly [level: string, code: string | undefined])[]
}

function readCharacteristic(
  element: XmlElement,
  index: number,
  score: Head,
  model: XmlElement,
  scope: Scope,
): Characteristic {
  const name = optionalText(element, 'name') ?? `characteristic ${index + 1}`
  const attributes = childrenOf(element, 'Attribute')
  if (attributes.length === 0) refuseAt('model/invalid', element, 'noChild', { child: 'Attribute' })
  if (attributes.length > 900) refuseAt('model/unsupported', element, 'tooMany', { what: 'attributes', most: 900 })
  const levels = attributes.map((_, i) => `attribute ${i + 1}`)
  const hint = `${name}: attribute`
  const first = attributeThatHolds(attributes, levels, scope)
  const column = scope.columns.derive(element, scoredOnly(first, attributes, levels, hint, element, scope), { hint })
  const sign = oneOf(model, 'reasonCodeAlgorithm', ['pointsAbove', 'pointsBelow']) === 'pointsAbove' ? 1 : -1
  const baseline = optionalNumber(element, 'baselineScore') ?? optionalNumber(model, 'baselineScore')
  const reason =
    baseline === undefined ? undefined : new Head(`reason ${index + 1}: ${name}`, -sign * baseline, 'reason')
  const give: Give = (of, level, points) => {
    score.add(of, level, points)
    reason?.add(of, level, sign * points)
  }
  for (const [i, attribute] of attributes.entries())
    if (!isUnscored(attribute)) givePoints(attribute, column, levels[i] as string, name, give, scope)
  const shared = optionalText(element, 'reasonCode')
  return {
    column: column.name,
    reason,
    codes: attributes.flatMap((attribute, i) =>
      isUnscored(attribute) ? [] : [[levels[i] as string, optionalText(attribute, 'reasonCode') ?? shared] as const],
    ),
  }
}

/** The level of the first attribute that holds; missing where none does. */
function attributeThatHolds(attributes: readonly XmlElement[], levels: readonly string[], scope: Scope): Typed {
  const cases = attributes.map((attribute, i) => {
    const holds = isTrue(readPredicate(attribute, scope))
    const level = textValue(levels[i] as string)
    return holds.expression === 1 ? level : apply('if', holds, level, missingValue('text'))
  })
  return { ...firstPresent(cases), texts: levels }
}

/** The level that holds, but missing where its attribute gives no score: the standard's numbers may be NaN. */
function scoredOnly(
  first: Typed,
  attributes: readonly XmlElement[],
  levels: readonly string[],
  hint: string,
  element: XmlElement,
  scope: Scope,
): Typed {
  const unscored = levels.filter((_, i) => isUnscored(attributes[i] as XmlElement))
  if (unscored.length === 0) return first
  const { typed } = scope.columns.derive(element, first, { hint: `${hint} that holds` })
  const scored = levels.filter((level) => !unscored.includes(level))
  const hit = joined(
    'or',
    unscored.map((level) => apply('equal', typed, textValue(level))),
  )
  return { ...apply('if', hit, missingValue('text'), typed), texts: scored }
}

function isUnscored(attribute: XmlElement): boolean {
  return (
    optionalText(attribute, 'partialScore')?.trim() === 'NaN' && childOf(attribute, 'ComplexPartialScore') === undefined
  )
}

/** Weighs a column, or a level of one. */
type Give = (column: string, level: string | undefined, points: number) => void

/** Gives the points of an attribute: a number, or an expression that is linear in fields, which counts where it holds. */
function givePoints(
  attribute: XmlElement,
  column: Column,
  level: string,
  name: string,
  give: Give,
  scope: Scope,
): void {
  const complex = childOf(attribute, 'ComplexPartialScore')
  if (complex === undefined) {
    give(column.name, level, requiredNumber(attribute, 'partialScore'))
    return
  }
  const form = linearForm(expressionOf(complex, scope, 'number').expression)
  if (form === null) refuseAt('model/unsupported', complex, 'partialScore')
  give(column.name, level, form.constant)
  for (const [field, weight] of form.weights) {
    const basis: Typed = { expression: { column: field }, kind: 'number', mayMiss: true, size: 1, depth: 1 }
    const here = apply('if', apply('equal', column.typed, textValue(level)), basis, numberValue(0))
    const part = scope.columns.derive(complex, here, { hint: `${name}: ${level}` })
    give(part.name, undefined, weight)
  }
}
