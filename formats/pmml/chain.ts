import { optionalText } from './attributes.ts'
import type { LinearResult } from './columns.ts'
import { complement, Head, type ModelDraft } from './heads.ts'
import { isTrue } from './logic.ts'
import { type ReadMember, refuseEnsemble } from './member.ts'
import { readPredicate } from './predicates.ts'
import type { Scope } from './scope.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/**
 * A chain: the models after the first may use what those before them gave. A linear predictor in a linear predictor is
 * one; what else an earlier model gives can be used by nothing, but for the shares of one model per category.
 */
export function chain(segments: readonly XmlElement[], scope: Scope, readMember: ReadMember): ModelDraft {
  let last: ModelDraft | undefined
  for (const [i, segment] of segments.entries()) {
    if (isTrue(readPredicate(segment, scope)).expression !== 1) refuseEnsemble(segment, 'chain', 'modelChain')
    const { draft, scope: inner } = readMember(segment, scope)
    if (i < segments.length - 1) publish(inner.model, draft, scope)
    else last = { ...draft, output: draft.output ?? childOf(inner.model, 'Output') }
  }
  return last as ModelDraft
}

/** Names what a model gives, so that later ones can use it. */
function publish(model: XmlElement, draft: ModelDraft, scope: Scope): void {
  const output = childOf(model, 'Output')
  for (const field of output === undefined ? [] : childrenOf(output, 'OutputField')) {
    const name = optionalText(field, 'name')
    if (name === undefined) continue
    const feature = optionalText(field, 'feature') ?? 'predictedValue'
    if (feature === 'transformedValue') scope.declareDerived(field)
    const result = resultOf(feature, optionalText(field, 'value'), draft)
    if (result !== undefined) scope.addResult(name, result, field)
  }
}

/** A result of one predictor, with the link that makes it; undefined for any other. */
function resultOf(feature: string, category: string | undefined, draft: ModelDraft): LinearResult | undefined {
  const [head, second] = draft.heads.filter(({ role }) => role === undefined)
  if (head === undefined || second !== undefined) return undefined
  const { link, categories } = draft
  if (feature === 'predictedValue' && categories === undefined) return linked(head, link)
  if (feature !== 'probability') return undefined
  if (category === categories?.[0]) return linked(head, link)
  const turned = complement(link)
  if (turned === undefined || category !== draft.other) return undefined
  const negative = new Head()
  negative.addHead(head, -1)
  return linked(negative, turned)
}

function linked({ intercept, terms }: Head, link: ModelDraft['link']): LinearResult {
  return { intercept, terms, ...(link !== 'identity' && { link }) }
}
