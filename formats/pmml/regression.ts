import type { CumulativeFunction } from '../extended.ts'
import { oneOf, optionalInteger, optionalNumber, optionalText, requiredNumber, requiredText } from './attributes.ts'
import { functionName } from './general.ts'
import { addIndicator, addNumber, asNumber, Head, type ModelDraft, powerOf } from './heads.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply } from './typed.ts'
import { childrenOf, type XmlElement } from './xml.ts'

/** RegressionModel: tables of numeric and categorical predictors and products of fields. */

const methods = ['none', 'simplemax', 'softmax', 'logit', 'probit', 'cloglog', 'exp', 'loglog', 'cauchit'] as const

export function readRegression(model: XmlElement, scope: Scope): ModelDraft {
  const tables = childrenOf(model, 'RegressionTable')
  if (tables.length === 0) refuseAt('model/invalid', model, 'noChild', { child: 'RegressionTable' })
  const method = oneOf(model, 'normalizationMethod', methods) ?? 'none'
  const categorised = tables.length > 1 && tables.every((table) => optionalText(table, 'targetCategory') !== undefined)
  // The standard's own logistic example has a table per category and calls itself a regression.
  if (functionName(model) === 'regression' && !(categorised && method === 'softmax')) {
    if (tables.length > 1) refuseAt('model/invalid', tables[1] as XmlElement, 'tablesUnfit', { why: 'second' })
    if (method === 'simplemax') refuseAt('model/invalid', model, 'methodUnfit', { why: 'simplemaxOfNumber' })
    const link = method === 'none' ? 'identity' : method === 'softmax' ? 'logit' : method === 'exp' ? 'log' : method
    return { heads: [readTable(tables[0] as XmlElement, scope)], link }
  }
  return readClassification(model, tables, method, scope)
}

type Method = (typeof methods)[number]

function readClassification(model: XmlElement, tables: XmlElement[], method: Method, scope: Scope): ModelDraft {
  const categories = categoriesOf(model, tables, scope)
  if (method === 'exp') refuseAt('model/invalid', model, 'methodUnfit', { why: 'expOfCategories' })
  if (method === 'simplemax') {
    const shares = tables.map((table, i) => shareOf(table, categories[i] as string, scope))
    if (shares.some((share) => share === undefined))
      refuseAt('model/unsupported', model, 'methodUnfit', { why: 'simplemaxOfCategories' })
    scope.notes.add('logitsNormalised')
    return { heads: shares as Head[], link: 'normalised', categories, label: true }
  }
  const heads = tables.map((table, i) => readTable(table, scope, categories[i]))
  if (scope.target?.data?.optype === 'ordinal') return ordinal(model, heads, categories, method, scope)
  const [first, second] = heads as [Head, Head]
  return heads.length === 2 ? binary(first, second, method, scope) : several(model, heads, categories, method, scope)
}

/**
 * One model per category: the table of a category is the probability that an earlier model of a chain gives. Its
 * logistic predictor, or undefined for any other table.
 */
function shareOf(table: XmlElement, category: string, scope: Scope): Head | undefined {
  const predictors = table.children.filter(({ own, name }) => own && name !== 'Extension')
  const [only] = predictors
  if (only?.name !== 'NumericPredictor' || predictors.length > 1) return undefined
  const isPlain = requiredNumber(only, 'coefficient') === 1 && (optionalInteger(only, 'exponent') ?? 1) === 1
  const { result } = scope.column(predictorName(only), only)
  if (!isPlain || (optionalNumber(table, 'intercept') ?? 0) !== 0 || result?.link !== 'logit') return undefined
  const head = new Head(category)
  head.addHead(result, 1)
  return head
}

/** The category of each table: each a value of the target, where the file lists those. */
function categoriesOf(model: XmlElement, tables: readonly XmlElement[], scope: Scope): string[] {
  const categories = tables.map((table) => requiredText(table, 'targetCategory'))
  if (new Set(categories).size !== categories.length)
    refuseAt('model/invalid', model, 'tablesUnfit', { why: 'sameCategory' })
  if (tables.length < 2) refuseAt('model/invalid', model, 'tablesUnfit', { why: 'one' })
  const target = scope.target?.data
  if (target === undefined || target.valid.length === 0) return categories
  const stranger = categories.findIndex((category) => !target.valid.includes(category))
  if (stranger >= 0)
    refuseAt('model/invalid', tables[stranger] as XmlElement, 'targetValue', {
      value: clip(categories[stranger] as string),
      target: clip(target.name),
    })
  return categories
}

function binary(first: Head, second: Head, method: Exclude<Method, 'exp' | 'simplemax'>, scope: Scope): ModelDraft {
  const [one, other] = [first.name as string, second.name as string]
  // No probability: the predictor itself, from which readers of such files decide at 0 (margins) or at 1/2 (shares).
  if (method === 'none') {
    scope.notes.add('predictorOf', { category: clip(one), other: clip(other) })
    return { heads: [first], link: 'identity', categories: [one], other }
  }
  if (method !== 'softmax') return { heads: [first], link: method, categories: [one], other }
  // exp(y1)/(exp(y1) + exp(y2)) is the logistic function of y1 − y2; the empty table is the reference.
  const [event, rest, name, not] = first.terms.size === 0 ? [second, first, other, one] : [first, second, one, other]
  const head = new Head(name)
  head.addHead(event, 1)
  head.addHead(rest, -1)
  return { heads: [head], link: 'logit', categories: [name], other: not }
}

function several(
  model: XmlElement,
  heads: readonly Head[],
  categories: readonly string[],
  method: Method,
  scope: Scope,
): ModelDraft {
  switch (method) {
    case 'softmax':
      return { heads, link: 'softmax', categories, label: true }
    case 'logit':
      scope.notes.add('logitsNormalised')
      return { heads, link: 'normalised', categories, label: true }
    case 'none': {
      // The last category has what is left of 1.
      const last = new Head(categories[categories.length - 1], 1)
      for (const head of heads.slice(0, -1)) last.addHead(head, -1)
      return { heads: [...heads.slice(0, -1), last], link: 'argmax', categories, label: true }
    }
    default:
      return refuseAt('model/invalid', model, 'methodNeedsOrdinal', { method, categories: heads.length })
  }
}

/** P(Y ≤ category j) = F(y_j); the last table says nothing. */
function ordinal(model: XmlElement, heads: Head[], categories: string[], method: Method, scope: Scope): ModelDraft {
  if (method === 'softmax' || method === 'none' || method === 'simplemax' || method === 'exp')
    refuseAt('model/unsupported', model, 'methodOfOrdinal', { method })
  const order = (scope.target?.data?.valid ?? []).filter((value) => categories.includes(value))
  if (order.some((value, i) => value !== categories[i]))
    refuseAt('model/invalid', model, 'tablesUnfit', { why: 'order' })
  return {
    heads: heads.slice(0, -1),
    link: { cumulative: method as CumulativeFunction, categories },
    categories,
    label: true,
  }
}

function readTable(table: XmlElement, scope: Scope, name?: string): Head {
  const head = new Head(name, optionalNumber(table, 'intercept') ?? 0)
  for (const element of table.children) {
    if (!element.own || element.name === 'Extension') continue
    switch (element.name) {
      case 'NumericPredictor':
        numericPredictor(element, head, scope)
        break
      case 'CategoricalPredictor': {
        const column = scope.column(predictorName(element), element)
        addIndicator(
          head,
          column,
          requiredText(element, 'value'),
          requiredNumber(element, 'coefficient'),
          'nothing',
          element,
          scope,
        )
        break
      }
      case 'PredictorTerm':
        predictorTerm(element, head, scope)
        break
      default:
        refuseAt('model/invalid', element, 'notInTable')
    }
  }
  return head
}

/** The field of a predictor. Drafts of 4.4 called the attribute as all other elements do. */
function predictorName(element: XmlElement): string {
  return optionalText(element, 'field') ?? requiredText(element, 'name')
}

function numericPredictor(element: XmlElement, head: Head, scope: Scope): void {
  const column = asNumber(scope.column(predictorName(element), element), element, scope)
  const weight = requiredNumber(element, 'coefficient')
  const exponent = optionalInteger(element, 'exponent') ?? 1
  addNumber(head, powerOf(column, exponent, element, scope), weight, element, scope)
}

function predictorTerm(element: XmlElement, head: Head, scope: Scope): void {
  const weight = requiredNumber(element, 'coefficient')
  const refs = childrenOf(element, 'FieldRef')
  if (refs.length === 0) refuseAt('model/invalid', element, 'noChild', { child: 'FieldRef' })
  if (refs.length > 50) refuseAt('model/unsupported', element, 'tooMany', { what: 'fieldProduct', most: 50 })
  const factors = refs.map((ref) => asNumber(scope.column(requiredText(ref, 'field'), ref), ref, scope))
  const [only] = factors
  if (factors.length === 1 && only) {
    addNumber(head, only, weight, element, scope)
    return
  }
  const hint = optionalText(element, 'name') ?? factors.map(({ name }) => name).join(' · ')
  const product = scope.columns.derive(element, apply('multiply', ...factors.map(({ typed }) => typed)), { hint })
  addNumber(head, product, weight, element, scope)
}
