import type { ExtendedLink } from '../extended.ts'
import { oneOf, optionalInteger, optionalNumber, optionalText, requiredNumber } from './attributes.ts'
import { coxRegression } from './cox.ts'
import { functionName } from './general.ts'
import { addNumber, Head, type ModelDraft } from './heads.ts'
import { headOf, type ParameterTables, readParameters } from './parameters.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import type { XmlElement } from './xml.ts'

/** GeneralRegressionModel: every model type of the standard is linear in its parameters. */

const types = [
  'regression',
  'generalLinear',
  'multinomialLogistic',
  'ordinalMultinomial',
  'generalizedLinear',
  'CoxRegression',
] as const
const links = [
  'cloglog',
  'identity',
  'log',
  'logc',
  'logit',
  'loglog',
  'negbin',
  'oddspower',
  'power',
  'probit',
  'cauchit',
] as const

export function readGeneralRegression(model: XmlElement, scope: Scope): ModelDraft {
  const type =
    oneOf(model, 'modelType', types) ?? refuseAt('model/invalid', model, 'attributeMissing', { attribute: 'modelType' })
  const classifies = functionName(model) === 'classification'
  const tables = readParameters(model)
  const offset =
    optionalText(model, 'offsetVariable') !== undefined || optionalNumber(model, 'offsetValue') !== undefined
  if (offset && type !== 'generalizedLinear' && type !== 'ordinalMultinomial')
    refuseAt('model/unsupported', model, 'offsetUnread', { type })
  const trials = optionalInteger(model, 'trialsValue') ?? 1
  const perTrial = optionalText(model, 'trialsVariable') !== undefined || trials !== 1
  if (perTrial) scope.notes.add('scoresPerTrial')
  switch (type) {
    case 'regression':
    case 'generalLinear':
      if (classifies) refuseAt('model/invalid', model, 'predictsNumber', { type })
      return { heads: [onlyHead(tables, model, scope)], link: 'identity' }
    case 'CoxRegression':
      if (classifies)
        refuseAt('model/invalid', model, 'functionNeeded', { kind: 'CoxRegression', needed: 'regression' })
      return coxRegression(model, tables, onlyHead(tables, model, scope), scope)
    case 'generalizedLinear': {
      const link = readLink(model)
      if (!classifies) {
        const heads = [withOffset(onlyHead(tables, model, scope), model, scope)]
        // Not what the file may call its predicted value.
        return { heads, link, ...(perTrial && { responses: ['score_per_trial'] }) }
      }
      return binary(model, tables, link, scope)
    }
    case 'multinomialLogistic':
      if (!classifies)
        refuseAt('model/invalid', model, 'functionNeeded', { kind: 'multinomialLogistic', needed: 'classification' })
      return multinomial(model, tables, scope)
    case 'ordinalMultinomial':
      if (!classifies)
        refuseAt('model/invalid', model, 'functionNeeded', { kind: 'ordinalMultinomial', needed: 'classification' })
      return ordinal(model, tables, scope)
  }
}

function onlyHead(tables: ParameterTables, model: XmlElement, scope: Scope): Head {
  const categories = [...tables.betas.keys()].filter((category) => category !== undefined)
  const cells = tables.betas.get(undefined)
  if (categories.length > 0) refuseAt('model/invalid', model, 'parametersPerCategory')
  if (cells === undefined) refuseAt('model/invalid', model, 'matrixEmpty')
  return headOf(tables, cells, undefined, scope)
}

function withOffset(head: Head, model: XmlElement, scope: Scope): Head {
  const variable = optionalText(model, 'offsetVariable')
  if (variable !== undefined) addNumber(head, scope.column(variable, model), 1, model, scope)
  else head.intercept += optionalNumber(model, 'offsetValue') ?? 0
  return head
}

function readLink(model: XmlElement): ExtendedLink {
  const name =
    oneOf(model, 'linkFunction', links) ??
    refuseAt('model/invalid', model, 'linkNeeded', { kind: 'generalizedLinear', attribute: 'linkFunction' })
  switch (name) {
    case 'negbin': {
      const c = requiredNumber(model, 'distParameter')
      if (c <= 0) refuseAt('model/invalid', model, 'notAboveZero', { what: 'distParameter' })
      return { negativeBinomial: c }
    }
    case 'oddspower': {
      const lambda = requiredNumber(model, 'linkParameter')
      return lambda === 0 ? 'logit' : { oddsPower: lambda }
    }
    case 'power': {
      const power = requiredNumber(model, 'linkParameter')
      if (power === 0) return 'log'
      if (power === 1) return 'identity'
      return power === -1 ? 'inverse' : power === -2 ? 'inverse-square' : { power }
    }
    default:
      return name
  }
}

/** The categories, the reference last: the one stated, or the one without parameters. */
function categoriesOf(model: XmlElement, tables: ParameterTables, scope: Scope): readonly string[] {
  const stated = optionalText(model, 'targetReferenceCategory')
  const withBetas = [...tables.betas.keys()].filter((category) => category !== undefined)
  const declared = scope.target?.data?.valid ?? []
  const all = [...new Set([...declared, ...withBetas, ...(stated === undefined ? [] : [stated])])]
  if (declared.length > 0 && all.length > declared.length)
    refuseAt('model/invalid', model, 'targetValue', { value: clip(all[declared.length] ?? ''), target: null })
  const rest = all.filter((category) => !withBetas.includes(category))
  const reference = stated ?? (rest.length === 1 ? rest[0] : undefined)
  if (reference === undefined || all.length < 2) refuseAt('model/invalid', model, 'referenceUnclear')
  return [...all.filter((category) => category !== reference), reference]
}

function binary(model: XmlElement, tables: ParameterTables, link: ExtendedLink, scope: Scope): ModelDraft {
  const [event, reference, third] = categoriesOf(model, tables, scope) as [string, string, string?]
  if (third !== undefined) refuseAt('model/unsupported', model, 'overTwoCategories')
  const cells = tables.betas.get(event) ?? tables.betas.get(undefined)
  if (cells === undefined)
    refuseAt('model/invalid', model, 'nothingForCategory', { what: 'parameters', category: clip(event) })
  const head = withOffset(headOf(tables, cells, event, scope), model, scope)
  return { heads: [head], link, categories: [event], other: reference }
}

function multinomial(model: XmlElement, tables: ParameterTables, scope: Scope): ModelDraft {
  const categories = categoriesOf(model, tables, scope)
  const reference = categories[categories.length - 1] as string
  const heads = categories.slice(0, -1).map((category) => {
    const cells = tables.betas.get(category) ?? (categories.length === 2 ? tables.betas.get(undefined) : undefined)
    if (cells === undefined)
      refuseAt('model/invalid', model, 'nothingForCategory', { what: 'parameters', category: clip(category) })
    return headOf(tables, cells, category, scope)
  })
  if (categories.length === 2) return { heads, link: 'logit', categories: [categories[0] as string], other: reference }
  // The parameters of the reference are 0.
  const all = [...heads, new Head(reference)]
  const order = scope.target?.data?.valid ?? []
  const rank = ({ name }: Head): number => order.indexOf(name ?? '')
  if (order.length > 0) all.sort((a, b) => rank(a) - rank(b))
  return { heads: all, link: 'softmax', categories: all.map(({ name }) => name as string), label: true }
}

/** P(Y ≤ category j) = F(intercept_j + the rest): one intercept per category but the last. */
function ordinal(model: XmlElement, tables: ParameterTables, scope: Scope): ModelDraft {
  const cumulative = oneOf(model, 'cumulativeLink', ['logit', 'probit', 'cloglog', 'loglog', 'cauchit'])
  if (cumulative === undefined)
    refuseAt('model/invalid', model, 'linkNeeded', { kind: 'ordinalMultinomial', attribute: 'cumulativeLink' })
  const categories = scope.target?.data?.valid ?? []
  if (categories.length < 2) refuseAt('model/invalid', model, 'categoriesUnlisted')
  const shared = tables.betas.get(undefined) ?? []
  const heads = categories.slice(0, -1).map((category) => {
    const own = tables.betas.get(category)
    if (own === undefined)
      refuseAt('model/invalid', model, 'nothingForCategory', { what: 'intercept', category: clip(category) })
    return withOffset(headOf(tables, [...own, ...shared], category, scope), model, scope)
  })
  const strays = [...tables.betas.keys()].filter(
    (category) => category !== undefined && !categories.slice(0, -1).includes(category),
  )
  if (strays.length > 0) refuseAt('model/invalid', model, 'parametersOfLast', { category: clip(strays[0] ?? '') })
  return { heads, link: { cumulative, categories }, categories, label: true }
}
