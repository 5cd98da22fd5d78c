import { ln } from '../../core/number/elementary.ts'
import { oneOf, optionalNumber, optionalText } from './attributes.ts'
import { complement, Head, type ModelDraft } from './heads.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** Targets and Output: what becomes of a prediction, and what it is called. */

/** Rescaling goes into the weights where the link lets it; everything else that changes a response is refused. */
export function applyTargets(model: XmlElement, draft: ModelDraft, scope: Scope): ModelDraft {
  const list = childOf(model, 'Targets')
  let result = draft
  for (const target of list === undefined ? [] : childrenOf(list, 'Target')) {
    const field = optionalText(target, 'field')
    if (field !== undefined && scope.target !== undefined && field !== scope.target.name) continue
    const defaults = childrenOf(target, 'TargetValue').some(
      (value) =>
        optionalNumber(value, 'defaultValue') !== undefined || optionalNumber(value, 'priorProbability') !== undefined,
    )
    if (defaults) scope.notes.add('defaultsRefused')
    // These attributes speak of numbers; categories have none of them.
    if (draft.categories === undefined) result = rescale(target, result)
  }
  return result
}

function rescale(target: XmlElement, draft: ModelDraft): ModelDraft {
  if (optionalNumber(target, 'min') !== undefined || optionalNumber(target, 'max') !== undefined)
    refuseAt('model/unsupported', target, 'targetUnread', { what: 'minMax' })
  const cast = oneOf(target, 'castInteger', ['round', 'ceiling', 'floor'])
  if (cast !== undefined) refuseAt('model/unsupported', target, 'targetUnread', { what: 'castInteger' })
  const factor = optionalNumber(target, 'rescaleFactor') ?? 1
  const constant = optionalNumber(target, 'rescaleConstant') ?? 0
  if (factor === 1 && constant === 0) return draft
  if (draft.reasons === undefined && draft.link === 'identity') {
    return { ...draft, heads: draft.heads.map((head) => scaled(head, factor, constant)) }
  }
  if (draft.link === 'log' && constant === 0 && factor > 0) {
    const [head] = draft.heads
    if (head !== undefined) head.intercept += ln(factor)
    return draft
  }
  if (draft.link === 'identity') {
    // The score is rescaled; the reasons keep their points, which only rank.
    const [score, ...reasons] = draft.heads
    return { ...draft, heads: [scaled(score as Head, factor, constant), ...reasons] }
  }
  return refuseAt('model/unsupported', target, 'targetUnread', { what: 'rescale' })
}

function scaled(head: Head, factor: number, constant: number): Head {
  const result = new Head(head.name, constant, head.role)
  result.addHead(head, factor)
  return result
}

/** The fields of the Output, and of that of the last model of a chain; not those of a segment alone. */
export function outputFields(model: XmlElement, draft: ModelDraft): XmlElement[] {
  const lists = [childOf(model, 'Output'), draft.output].filter((list) => list !== undefined)
  return lists
    .flatMap((list) => childrenOf(list, 'OutputField'))
    .filter((field) => optionalText(field, 'segmentId') === undefined)
}

/** A binary model gives one probability: the one that Output asks for. */
export function applyOutput(model: XmlElement, draft: ModelDraft, scope: Scope): ModelDraft {
  const fields = outputFields(model, draft)
  const featureOf = (field: XmlElement): string => optionalText(field, 'feature') ?? 'predictedValue'
  const ignored = fields.filter((field) => !['predictedValue', 'probability', 'reasonCode'].includes(featureOf(field)))
  if (ignored.length > 0) {
    const outputs = ignored
      .slice(0, 5)
      .map((field) => ({ name: clip(optionalText(field, 'name') ?? '?'), feature: clip(featureOf(field)) }))
    scope.notes.add('outputsLeftOut', { outputs, count: ignored.length })
  }
  if (draft.categories === undefined) {
    const name = fields.find((field) => featureOf(field) === 'predictedValue')?.attributes.get('name')
    return name === undefined || draft.responses !== undefined || name === '' ? draft : { ...draft, responses: [name] }
  }
  const [only] = draft.categories
  if (draft.other === undefined || only === undefined) return { ...draft, responses: draft.categories }
  const asked = fields
    .filter((field) => featureOf(field) === 'probability')
    .map((field) => optionalText(field, 'value'))
  const flipped = complement(draft.link)
  const chosen = asked.length === 1 && asked[0] === draft.other && flipped !== undefined
  const [category, other] = chosen ? [draft.other, only] : [only, draft.other]
  if (draft.link !== 'identity') scope.notes.add('probabilityOf', { category: clip(category), other: clip(other) })
  if (!chosen) return { ...draft, responses: [only] }
  const heads = draft.heads.map((head) => {
    const negative = new Head(draft.other)
    negative.addHead(head, -1)
    return negative
  })
  return { ...draft, heads, link: flipped, categories: [draft.other], other: only, responses: [draft.other] }
}
