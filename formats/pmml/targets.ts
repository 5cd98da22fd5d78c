import { ln } from '../../core/number/elementary.ts'
import { oneOf, optionalNumber, optionalText } from './attributes.ts'
import { Head, type ModelDraft } from './heads.ts'
import { refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** Targets: what becomes of a prediction. */

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
