import { oneOf, optionalNumber } from './attributes.ts'
import { chain } from './chain.ts'
import { gated } from './gate.ts'
import { complement, Head, type ModelDraft } from './heads.ts'
import { isTrue } from './logic.ts'
import { type Method, methods, type ReadMember, refuseEnsemble } from './member.ts'
import { readPredicate } from './predicates.ts'
import { refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, joined, missingValue, numberValue, type Typed, textValue } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/**
 * MiningModel: models in segments. What joins them is linear in their predictors, or chooses one of them by public
 * conditions; all else is refused.
 */

/** A segment, and where its model counts. */
interface Segment {
  readonly element: XmlElement
  readonly holds: Typed
  readonly weight: number
}

export function readMining(model: XmlElement, scope: Scope, readMember: ReadMember): ModelDraft {
  const segmentation =
    childOf(model, 'Segmentation') ?? refuseAt('model/invalid', model, 'childMissing', { child: 'Segmentation' })
  const method =
    oneOf(segmentation, 'multipleModelMethod', methods) ??
    refuseAt('model/invalid', segmentation, 'attributeMissing', { attribute: 'multipleModelMethod' })
  const elements = childrenOf(segmentation, 'Segment')
  if (elements.length === 0) refuseAt('model/invalid', segmentation, 'noChild', { child: 'Segment' })
  if (method === 'modelChain') return chain(elements, scope, readMember)
  const weighted = method.includes('eighted')
  const segments = elements.map((element) => ({
    element,
    holds: isTrue(readPredicate(element, scope)),
    weight: weighted ? (optionalNumber(element, 'weight') ?? 1) : 1,
  }))
  switch (method) {
    case 'selectFirst':
      return selectFirst(segments, scope, readMember)
    case 'sum':
    case 'weightedSum':
    case 'x-weightedSum':
      return sum(segments, segmentation, scope, readMember)
    case 'average':
    case 'weightedAverage':
      return average(segments, method, segmentation, scope, readMember)
    default:
      return refuseEnsemble(segmentation, 'method', method)
  }
}

function isAlways({ holds }: Segment): boolean {
  return holds.expression === 1
}

/** The predictor of a model of a number, which sums and averages are of. */
function memberOf({ element }: Segment, method: Method, scope: Scope, readMember: ReadMember): Head {
  const { heads, link, categories } = readMember(element, scope).draft
  const [head, second] = heads.filter(({ role }) => role === undefined)
  if (link !== 'identity' || categories !== undefined || head === undefined || second !== undefined)
    refuseEnsemble(element, 'result', method)
  return head
}

function sum(segments: readonly Segment[], at: XmlElement, scope: Scope, readMember: ReadMember): ModelDraft {
  const total = new Head()
  for (const segment of segments) {
    const head = memberOf(segment, 'sum', scope, readMember)
    total.addHead(
      isAlways(segment) ? head : gated(head, segment.holds, undefined, segment.element, scope),
      segment.weight,
    )
  }
  requireOne(segments, at, scope)
  return { heads: [total], link: 'identity' }
}

/** The average over the segments that hold. Where not all always do, their weights decide in public how much each counts. */
function average(
  segments: readonly Segment[],
  method: Method,
  at: XmlElement,
  scope: Scope,
  readMember: ReadMember,
): ModelDraft {
  const heads = segments.map((segment) => memberOf(segment, method, scope, readMember))
  const total = new Head()
  const weights = segments.reduce((all, { weight }) => all + weight, 0)
  if (segments.some(({ weight }) => weight < 0) || weights === 0) refuseEnsemble(at, 'weights', method)
  if (segments.every(isAlways)) {
    for (const [i, { weight }] of segments.entries()) total.addHead(heads[i] as Head, weight / weights)
    return { heads: [total], link: 'identity' }
  }
  const counted = segments.map(({ holds, weight }) =>
    apply('multiply', { ...holds, kind: 'number' }, numberValue(weight)),
  )
  const among = scope.columns.derive(at, joined('add', counted), { hint: 'weight of the segments' })
  for (const [i, segment] of segments.entries()) {
    const share = apply('divide', numberValue(1), among.typed)
    total.addHead(gated(heads[i] as Head, segment.holds, share, segment.element, scope), segment.weight)
  }
  requireOne(segments, at, scope)
  return { heads: [total], link: 'identity' }
}

/** Refuses records for which no segment holds: their result is missing. */
function requireOne(segments: readonly Segment[], at: XmlElement, scope: Scope): void {
  if (segments.some(isAlways)) return
  const some = joined(
    'or',
    segments.map(({ holds }) => holds),
  )
  const chosen = apply('if', some, textValue('some'), missingValue('text'))
  scope.columns.markUsed(scope.columns.derive(at, chosen, { hint: 'segments that hold' }))
}

/** The model of the first segment that holds: each model where its segment is chosen. */
function selectFirst(all: readonly Segment[], scope: Scope, readMember: ReadMember): ModelDraft {
  const end = all.findIndex(isAlways)
  const segments = end < 0 ? all : all.slice(0, end + 1)
  const [first, ...others] = segments.map(({ element }) => readMember(element, scope).draft) as [ModelDraft]
  const { element } = segments[0] as Segment
  if (others.length === 0 && end === 0) return { ...first, output: undefined }
  const drafts = [first, ...others.map((draft, i) => alike(first, draft, (segments[i + 1] as Segment).element))]
  const names = segments.map((_, i) => `segment ${i + 1}`)
  const choice = segments.reduceRight(
    (rest: Typed, segment, i) =>
      isAlways(segment)
        ? textValue(names[i] as string)
        : apply('if', segment.holds, textValue(names[i] as string), rest),
    missingValue('text'),
  )
  const segment = scope.columns.derive(element, { ...choice, texts: names }, { hint: 'segment' })
  scope.columns.markUsed(segment)
  const heads = scored(first).map(({ name }, h) => {
    const head = new Head(name)
    for (const [i, draft] of drafts.entries()) {
      const chosen = apply('equal', segment.typed, textValue(names[i] as string))
      head.addHead(gated(scored(draft)[h] as Head, chosen, undefined, (segments[i] as Segment).element, scope), 1)
    }
    return head
  })
  const { reasons: _, output: __, ...rest } = first
  return { ...rest, heads }
}

function scored({ heads }: ModelDraft): readonly Head[] {
  return heads.filter(({ role }) => role === undefined)
}

/** A model as one of the same categories, in the same order, as the first. */
function alike(first: ModelDraft, draft: ModelDraft, at: XmlElement): ModelDraft {
  const shape = ({ link, categories, other, label, responses }: ModelDraft): string =>
    JSON.stringify([link, categories ?? null, other ?? null, label ?? false, responses ?? null])
  if (scored(first).length !== scored(draft).length) refuseEnsemble(at, 'categories', 'selectFirst')
  if (shape(first) === shape(draft)) return draft
  const turned = complement(draft.link)
  const [category] = draft.categories ?? []
  if (turned === undefined || category === undefined || draft.other === undefined)
    refuseEnsemble(at, 'links', 'selectFirst')
  const heads = draft.heads.map((head) => {
    const negative = new Head(draft.other, 0, head.role)
    negative.addHead(head, -1)
    return negative
  })
  const other = { ...draft, heads, link: turned, categories: [draft.other], other: category }
  return shape(first) === shape(other) ? other : refuseEnsemble(at, 'links', 'selectFirst')
}
