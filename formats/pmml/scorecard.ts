import type { Reasons } from '../extended.ts'
import { oneOf, optionalNumber, optionalText, optionalTruth, requiredNumber } from './attributes.ts'
import { expressionOf } from './expressions.ts'
import { functionName } from './general.ts'
import { Head, type ModelDraft } from './heads.ts'
import { linearForm } from './linearForm.ts'
import { isTrue } from './logic.ts'
import { readPredicate } from './predicates.ts'
import { refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, firstPresent, missingValue, numberValue, type Typed, textValue } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/**
 * Scorecard: each characteristic becomes a public category, which of its attributes holds, and the points are weights
 * of its levels. The record is refused where no attribute of a characteristic holds.
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
  const cases = attributes.map((attribute, i) => {
    const holds = isTrue(readPredicate(attribute, scope))
    return holds.expression === 1
      ? textValue(levels[i] as string)
      : apply('if', holds, textValue(levels[i] as string), missingValue('text'))
  })
  const chosen = { ...firstPresent(cases), texts: levels }
  const column = scope.columns.derive(element, chosen, { hint: `${name}: attribute` })
  scope.columns.use(column)
  const baseline = optionalNumber(element, 'baselineScore') ?? optionalNumber(model, 'baselineScore')
  const above = oneOf(model, 'reasonCodeAlgorithm', ['pointsAbove', 'pointsBelow']) === 'pointsAbove'
  const sign = above ? 1 : -1
  const reason =
    baseline === undefined ? undefined : new Head(`reason ${index + 1}: ${name}`, -sign * baseline, 'reason')
  for (const [i, attribute] of attributes.entries()) {
    const level = levels[i] as string
    const complex = childOf(attribute, 'ComplexPartialScore')
    const give = (columnName: string, at: string | undefined, points: number): void => {
      score.add(columnName, at, points)
      reason?.add(columnName, at, sign * points)
    }
    if (complex === undefined) {
      give(column.name, level, requiredNumber(attribute, 'partialScore'))
      continue
    }
    const form = linearForm(expressionOf(complex, scope, 'number').expression)
    if (form === null) {
      refuseAt('model/unsupported', complex, 'partialScore')
    }
    give(column.name, level, form.constant)
    for (const [field, weight] of form.weights) {
      const basis: Typed = { expression: { column: field }, kind: 'number', mayMiss: true, size: 1, depth: 1 }
      const here = apply('if', apply('equal', column.typed, textValue(level)), basis, numberValue(0))
      const part = scope.columns.derive(complex, here, { hint: `${name}: ${level}` })
      scope.columns.use(part)
      give(part.name, undefined, weight)
    }
  }
  const shared = optionalText(element, 'reasonCode')
  return {
    column: column.name,
    reason,
    codes: attributes.map(
      (attribute, i) => [levels[i] as string, optionalText(attribute, 'reasonCode') ?? shared] as const,
    ),
  }
}
