import { ln } from '../../core/number/elementary.ts'
import { requiredNumber, requiredText } from './attributes.ts'
import type { Column } from './columns.ts'
import { functionName } from './general.ts'
import { addIndicator, addTruth, asNumber, Head, type ModelDraft } from './heads.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, numberValue, type Typed } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/**
 * NaiveBayesModel: the logarithm of each category's likelihood is linear in indicators of levels, in x and x² (Gaussian)
 * and in x (Poisson, whose factorial is common to all categories). A missing input counts nothing, as the standard has it.
 */
export function readNaiveBayes(model: XmlElement, scope: Scope): ModelDraft {
  if (functionName(model) !== 'classification')
    refuseAt('model/invalid', model, 'functionNeeded', { kind: 'naiveBayes', needed: 'classification' })
  const threshold = requiredNumber(model, 'threshold')
  if (threshold < 0 || threshold > 1) refuseAt('model/invalid', model, 'thresholdRange')
  const output =
    childOf(model, 'BayesOutput') ?? refuseAt('model/invalid', model, 'childMissing', { child: 'BayesOutput' })
  const priors = readCounts(
    childOf(output, 'TargetValueCounts') ??
      refuseAt('model/invalid', output, 'childMissing', { child: 'TargetValueCounts' }),
  )
  if (priors.size < 2) refuseAt('model/invalid', output, 'tooFew', { what: 'categories' })
  const heads = new Map<string, Head>()
  for (const [category, count] of priors) {
    if (count <= 0) refuseAt('model/invalid', output, 'categoryUnseen', { category: clip(category) })
    heads.set(category, new Head(category, ln(count)))
  }
  const inputs =
    childOf(model, 'BayesInputs') ?? refuseAt('model/invalid', model, 'childMissing', { child: 'BayesInputs' })
  // Before 4.2 continuous inputs stood in an Extension.
  const all = [inputs, ...childrenOf(inputs, 'Extension')].flatMap((place) => childrenOf(place, 'BayesInput'))
  if (all.length === 0) refuseAt('model/invalid', inputs, 'noChild', { child: 'BayesInput' })
  let continuous = false
  const impossible: Impossible[] = []
  for (const input of all) {
    const stats = childOf(input, 'TargetValueStats')
    if (stats === undefined) discrete(input, heads, threshold, impossible, scope)
    else {
      continuous = true
      density(input, stats, heads, scope)
    }
  }
  ruleOut(impossible, heads.values(), continuous, scope)
  if (continuous && threshold > 0) scope.notes.add('thresholdOfCounts')
  const categories = [...heads.keys()]
  return { heads: [...heads.values()], link: 'softmax', categories, label: true }
}

function readCounts(element: XmlElement): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of childrenOf(element, 'TargetValueCount')) {
    const category = requiredText(one, 'value')
    if (counts.has(category)) refuseAt('model/invalid', one, 'standsTwice', { what: 'category', name: clip(category) })
    const count = requiredNumber(one, 'count')
    if (count < 0) refuseAt('model/invalid', one, 'belowZero', { what: 'count' })
    counts.set(category, count)
  }
  return counts
}

function discrete(
  input: XmlElement,
  heads: ReadonlyMap<string, Head>,
  threshold: number,
  impossible: Impossible[],
  scope: Scope,
): void {
  const name = requiredText(input, 'fieldName')
  const derived = childOf(input, 'DerivedField')
  const column = scope.column(derived === undefined ? name : scope.declareDerived(derived, `${name} (derived)`), input)
  const pairs = childrenOf(input, 'PairCounts').map((pair) => ({
    pair,
    value: requiredText(pair, 'value'),
    counts: readCounts(
      childOf(pair, 'TargetValueCounts') ??
        refuseAt('model/invalid', pair, 'childMissing', { child: 'TargetValueCounts' }),
    ),
  }))
  if (pairs.length === 0) refuseAt('model/invalid', input, 'neitherCountsNorStats')
  // The denominator: how often the category was seen with any value of this input.
  const totals = new Map<string, number>()
  for (const { counts } of pairs) {
    for (const [category, count] of counts) totals.set(category, (totals.get(category) ?? 0) + count)
  }
  const likelihoods = pairs.flatMap(({ pair, value, counts }) =>
    [...counts].map(([category, count]) => {
      const head = heads.get(category)
      if (head === undefined) refuseAt('model/invalid', pair, 'categoryUnknown', { category: clip(category) })
      const probability = count > 0 ? count / (totals.get(category) as number) : threshold
      return { pair, value, head, probability }
    }),
  )
  // The place holder that some exporters write beside continuous inputs tells nothing, and no file has such a column.
  if (likelihoods.length === pairs.length * heads.size && likelihoods.every(({ probability }) => probability === 1))
    return
  for (const { pair, value, head, probability } of likelihoods) {
    if (probability === 0) impossible.push({ head, column, value, pair })
    else addIndicator(head, column, value, ln(probability), 'nothing', pair, scope)
  }
}

/** A value that a category never has. */
interface Impossible {
  readonly head: Head
  readonly column: Column
  readonly value: string
  readonly pair: XmlElement
}

/** Beyond any density that a record of people's data has, and what a double's exponential still tells from zero. */
const farDensity = 20_000
const farExponential = 750

/**
 * A likelihood of zero: so far below all others, whatever the rest of the record says, that its probability is zero
 * in a double. Where every category has a value that it never has, those with the fewest remain, as they do when a
 * threshold tends to zero.
 */
function ruleOut(impossible: readonly Impossible[], heads: Iterable<Head>, continuous: boolean, scope: Scope): void {
  if (impossible.length === 0) return
  const sizes = [...heads].map((head) =>
    [...head.terms.values()].reduce((sum, { weight }) => sum + Math.abs(weight), 0),
  )
  const spread = continuous ? farDensity : 2 * Math.max(0, ...sizes)
  const never = -Math.ceil(spread + farExponential)
  for (const { head, column, value, pair } of impossible)
    addIndicator(head, column, value, never, 'nothing', pair, scope)
  scope.notes.add('countsOfZero')
}

function density(input: XmlElement, stats: XmlElement, heads: ReadonlyMap<string, Head>, scope: Scope): void {
  const column = asNumber(scope.column(requiredText(input, 'fieldName'), input), input, scope)
  const use = (typed: Typed, hint: string): Column => scope.columns.derive(input, typed, { hint })
  // Where the input is missing it counts nothing: the constant goes too, with an indicator that it is there.
  const { mayMiss } = column.typed
  const orZero = (typed: Typed): Typed => apply('coalesce', typed, numberValue(0))
  const x = mayMiss ? use(orZero(column.typed), `${column.name} or 0`) : column
  let square: Column | undefined
  for (const one of childrenOf(stats, 'TargetValueStat')) {
    const category = requiredText(one, 'value')
    const head = heads.get(category)
    if (head === undefined) refuseAt('model/invalid', one, 'categoryUnknown', { category: clip(category) })
    const constant = (value: number): void => {
      if (mayMiss) {
        const present = apply('not', apply('missing', column.typed))
        addTruth(head, present, `${column.name} is there`, value, input, scope)
      } else head.intercept += value
    }
    const gaussian = childOf(one, 'GaussianDistribution')
    const poisson = childOf(one, 'PoissonDistribution')
    if (gaussian !== undefined) {
      const mean = requiredNumber(gaussian, 'mean')
      const variance = requiredNumber(gaussian, 'variance')
      if (variance <= 0) refuseAt('model/invalid', gaussian, 'notAboveZero', { what: 'variance' })
      square ??= use(
        mayMiss ? orZero(apply('square', column.typed)) : apply('square', column.typed),
        `${column.name} squared`,
      )
      head.add(square.name, undefined, -1 / (2 * variance))
      head.add(x.name, undefined, mean / variance)
      constant(-(mean * mean) / (2 * variance) - ln(2 * Math.PI * variance) / 2)
    } else if (poisson !== undefined) {
      const mean = requiredNumber(poisson, 'mean')
      if (mean <= 0) refuseAt('model/invalid', poisson, 'notAboveZero', { what: 'mean' })
      head.add(x.name, undefined, ln(mean))
      constant(-mean)
    } else {
      refuseAt('model/unsupported', one, 'inputDistribution')
    }
  }
}
