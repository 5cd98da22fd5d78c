import type { ExtendedLink } from '../extended.ts'
import { clip, refuseAt, type XmlElement } from '../xml.ts'
import { oneOf, optionalInteger, optionalNumber, optionalText, requiredNumber } from './attributes.ts'
import { coxRegression } from './cox.ts'
import { functionName } from './general.ts'
import { addNumber, Head, type ModelDraft } from './heads.ts'
import { headOf, type ParameterTables, readParameters } from './parameters.ts'
import type { Scope } from './scope.ts'

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
    oneOf(model, 'modelType', types) ?? refuseAt('model/invalid', model, 'the attribute "modelType" is missing.')
  const classifies = functionName(model) === 'classification'
  const tables = readParameters(model)
  const offset =
    optionalText(model, 'offsetVariable') !== undefined || optionalNumber(model, 'offsetValue') !== undefined
  if (offset && type !== 'generalizedLinear' && type !== 'ordinalMultinomial')
    refuseAt(
      'model/unsupported',
      model,
      `an offset in a model of type ${type}. Use generalizedLinear, or fold the offset into the intercept.`,
    )
  const trials = optionalInteger(model, 'trialsValue') ?? 1
  if (optionalText(model, 'trialsVariable') !== undefined || trials !== 1)
    scope.notes.push('Scores are per trial: the number of trials (trialsVariable, trialsValue) does not multiply them.')
  switch (type) {
    case 'regression':
    case 'generalLinear':
      if (classifies) refuseAt('model/invalid', model, `modelType="${type}" predicts a number, not a category.`)
      return { heads: [onlyHead(tables, model, scope)], link: 'identity' }
    case 'CoxRegression':
      if (classifies) refuseAt('model/invalid', model, 'a CoxRegression has functionName="regression".')
      return coxRegression(model, tables, onlyHead(tables, model, scope), scope)
    case 'generalizedLinear': {
      const link = readLink(model)
      if (!classifies) return { heads: [withOffset(onlyHead(tables, model, scope), model, scope)], link }
      return binary(model, tables, link, scope)
    }
    case 'multinomialLogistic':
      if (!classifies)
        refuseAt('model/invalid', model, 'a multinomialLogistic model has functionName="classification".')
      return multinomial(model, tables, scope)
    case 'ordinalMultinomial':
      if (!classifies)
        refuseAt('model/invalid', model, 'an ordinalMultinomial model has functionName="classification".')
      return ordinal(model, tables, scope)
  }
}

function onlyHead(tables: ParameterTables, model: XmlElement, scope: Scope): Head {
  const categories = [...tables.betas.keys()].filter((category) => category !== undefined)
  const cells = tables.betas.get(undefined)
  if (categories.length > 0)
    refuseAt('model/invalid', model, 'a model of one number has parameters per targetCategory.')
  if (cells === undefined) refuseAt('model/invalid', model, 'the ParamMatrix is empty.')
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
    refuseAt('model/invalid', model, 'a generalizedLinear model needs a linkFunction.')
  switch (name) {
    case 'negbin': {
      const c = requiredNumber(model, 'distParameter')
      if (c <= 0) refuseAt('model/invalid', model, 'the distParameter is not above 0.')
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
    refuseAt('model/invalid', model, `"${clip(all[declared.length] ?? '')}" is not a value of the target.`)
  const rest = all.filter((category) => !withBetas.includes(category))
  const reference = stated ?? (rest.length === 1 ? rest[0] : undefined)
  if (reference === undefined || all.length < 2)
    refuseAt(
      'model/invalid',
      model,
      'the reference category is not clear. Name it in targetReferenceCategory, and list the categories of the target in the DataDictionary.',
    )
  return [...all.filter((category) => category !== reference), reference]
}

function binary(model: XmlElement, tables: ParameterTables, link: ExtendedLink, scope: Scope): ModelDraft {
  const [event, reference, third] = categoriesOf(model, tables, scope) as [string, string, string?]
  if (third !== undefined)
    refuseAt(
      'model/unsupported',
      model,
      'a generalizedLinear classification of over two categories. Use multinomialLogistic or ordinalMultinomial.',
    )
  const cells = tables.betas.get(event) ?? tables.betas.get(undefined)
  if (cells === undefined) refuseAt('model/invalid', model, `no parameters for the category "${clip(event)}".`)
  const head = withOffset(headOf(tables, cells, event, scope), model, scope)
  return { heads: [head], link, categories: [event], other: reference }
}

function multinomial(model: XmlElement, tables: ParameterTables, scope: Scope): ModelDraft {
  const categories = categoriesOf(model, tables, scope)
  const reference = categories[categories.length - 1] as string
  const heads = categories.slice(0, -1).map((category) => {
    const cells = tables.betas.get(category) ?? (categories.length === 2 ? tables.betas.get(undefined) : undefined)
    if (cells === undefined) refuseAt('model/invalid', model, `no parameters for the category "${clip(category)}".`)
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
  if (cumulative === undefined) refuseAt('model/invalid', model, 'an ordinalMultinomial model needs a cumulativeLink.')
  const categories = scope.target?.data?.valid ?? []
  if (categories.length < 2)
    refuseAt('model/invalid', model, "the DataDictionary must list the target's categories in their order.")
  const shared = tables.betas.get(undefined) ?? []
  const heads = categories.slice(0, -1).map((category) => {
    const own = tables.betas.get(category)
    if (own === undefined) refuseAt('model/invalid', model, `no intercept for the category "${clip(category)}".`)
    return withOffset(headOf(tables, [...own, ...shared], category, scope), model, scope)
  })
  const strays = [...tables.betas.keys()].filter(
    (category) => category !== undefined && !categories.slice(0, -1).includes(category),
  )
  if (strays.length > 0)
    refuseAt('model/invalid', model, `parameters for "${clip(strays[0] ?? '')}", which is no category but the last.`)
  return { heads, link: { cumulative, categories }, categories, label: true }
}
