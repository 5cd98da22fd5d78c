import { ln } from '../../core/number/elementary.ts'
import { oneOf, optionalNumber, optionalText } from './attributes.ts'
import { round } from './functions.ts'
import { Head, type ModelDraft } from './heads.ts'
import { refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, numberValue, type Typed } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** Targets: what becomes of a prediction. */

/** Rescaling goes into the weights where the link lets it; what else changes a response is a public last step. */
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
    if (draft.categories === undefined) result = treat(target, result, scope)
  }
  return result
}

interface Treatment {
  readonly min: number | undefined
  readonly max: number | undefined
  readonly factor: number
  readonly constant: number
  readonly cast: 'round' | 'ceiling' | 'floor' | undefined
}

function treat(target: XmlElement, draft: ModelDraft, scope: Scope): ModelDraft {
  const treatment: Treatment = {
    min: optionalNumber(target, 'min'),
    max: optionalNumber(target, 'max'),
    factor: optionalNumber(target, 'rescaleFactor') ?? 1,
    constant: optionalNumber(target, 'rescaleConstant') ?? 0,
    cast: oneOf(target, 'castInteger', ['round', 'ceiling', 'floor']),
  }
  const { min, max, cast } = treatment
  const isCut = min !== undefined || max !== undefined
  const rescaled = isCut ? undefined : rescale(treatment, draft)
  if (rescaled !== undefined && cast === undefined) return rescaled
  const survives = typeof draft.link === 'object' && 'survival' in draft.link
  // What joins the models of segments takes predictors, and a survival model has several responses.
  if (scope.isInner || survives || draft.treated !== undefined)
    refuseAt('model/unsupported', target, 'targetUnread', { what: isCut ? 'minMax' : cast ? 'castInteger' : 'rescale' })
  if (rescaled === undefined) return { ...draft, treated: (response) => treatedBy(treatment, response) }
  return { ...rescaled, treated: (response) => treatedBy({ ...treatment, factor: 1, constant: 0 }, response) }
}

/** The rescaled model, where its weights can say so. */
function rescale({ factor, constant }: Treatment, draft: ModelDraft): ModelDraft | undefined {
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
  return undefined
}

function scaled(head: Head, factor: number, constant: number): Head {
  const result = new Head(head.name, constant, head.role)
  result.addHead(head, factor)
  return result
}

/** In PMML's order: cut off, rescaled, made whole. */
function treatedBy({ min, max, factor, constant, cast }: Treatment, response: Typed): Typed {
  const least = min === undefined ? response : apply('max', response, numberValue(min))
  const cut = max === undefined ? least : apply('min', least, numberValue(max))
  const times = factor === 1 ? cut : apply('multiply', cut, numberValue(factor))
  const moved = constant === 0 ? times : apply('add', times, numberValue(constant))
  if (cast === 'round') return round(moved)
  return cast === undefined ? moved : apply(cast === 'floor' ? 'floor' : 'ceil', moved)
}
