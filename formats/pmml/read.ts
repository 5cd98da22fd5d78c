import type { ExtendedModel, ImportedModel } from '../extended.ts'
import { optionalNumber, optionalText, optionalTruth } from './attributes.ts'
import { expressionOf } from './expressions.ts'
import type { ModelAdvice } from './faults.ts'
import { readGeneralRegression } from './generalRegression.ts'
import { addNumber, finishHeads, type Head, type ModelDraft } from './heads.ts'
import { readMining } from './mining.ts'
import { readNaiveBayes } from './naiveBayes.ts'
import { applyOutput } from './output.ts'
import { clip, refuseAt } from './refuse.ts'
import { readRegression } from './regression.ts'
import { Scope } from './scope.ts'
import { readScorecard } from './scorecard.ts'
import { applyTargets } from './targets.ts'
import { apply, type Typed } from './typed.ts'
import { readVerification } from './verification.ts'
import { childOf, childrenOf, parseXml, type XmlElement } from './xml.ts'

const readers: ReadonlyMap<string, (model: XmlElement, scope: Scope) => ModelDraft> = new Map<
  string,
  (model: XmlElement, scope: Scope) => ModelDraft
>([
  ['RegressionModel', readRegression],
  ['GeneralRegressionModel', readGeneralRegression],
  ['Scorecard', readScorecard],
  ['NaiveBayesModel', readNaiveBayes],
  ['MiningModel', (model, scope) => readMining(model, scope, readMember)],
])

/** Kinds of models that cannot be scored on encrypted records, with what to do instead. */
const unsupported: ReadonlyMap<string, ModelAdvice> = new Map([
  ['TreeModel', 'refit'],
  ['RuleSetModel', 'refit'],
  ['NearestNeighborModel', 'refit'],
  ['SupportVectorMachineModel', 'plane'],
  ['NeuralNetwork', 'lastLayer'],
  ['ClusteringModel', 'distances'],
  ['GaussianProcessModel', 'refit'],
  ['BayesianNetworkModel', 'refit'],
  ['AnomalyDetectionModel', 'refit'],
  ['AssociationModel', 'refit'],
  ['SequenceModel', 'refit'],
  ['TextModel', 'wordCounts'],
  ['TimeSeriesModel', 'earlierValues'],
  ['BaselineModel', 'refit'],
])

/**
 * Reads a PMML 4.x document. Pure: no network, no files, no code from the document.
 * Throws `model/syntax` for what is not XML, `model/invalid` for what is not PMML, `model/unsupported` for what cannot
 * be scored; each message names the element and its line and says what to do.
 */
export function readPmml(text: string): ImportedModel {
  const pmml = parseXml(text)
  if (pmml.name !== 'PMML') refuseAt('model/invalid', pmml, 'rootElement')
  const version = optionalText(pmml, 'version') ?? versionOf(pmml.space) ?? newest
  if (!/^[34]\.\d/.test(version)) refuseAt('model/unsupported', pmml, 'pmmlVersion', { version: clip(version) })
  const model = onlyModel(pmml)
  if (optionalTruth(model, 'isScorable') === false) refuseAt('model/invalid', model, 'notScorable')
  const scope = new Scope(pmml, model, expressionOf)
  const draft = applyOutput(model, readDraft(model, scope), scope)
  if (draft.heads.every(({ terms }) => terms.size === 0)) weighNothing(draft.heads, model, scope)
  return finish(pmml, model, draft, scope, version)
}

function readDraft(model: XmlElement, scope: Scope): ModelDraft {
  const read = readers.get(model.name) as (model: XmlElement, scope: Scope) => ModelDraft
  return applyTargets(model, read(model, scope), scope)
}

/** The model of a segment. */
function readMember(segment: XmlElement, outer: Scope): { readonly draft: ModelDraft; readonly scope: Scope } {
  const model = onlyModel(segment)
  const scope = outer.inner(model)
  return { draft: readDraft(model, scope), scope }
}

/** A model of a constant: it still is asked with records of its fields, of which one stands for all, without weight. */
function weighNothing([head]: readonly Head[], model: XmlElement, scope: Scope): void {
  const name = scope.firstActive
  if (head === undefined || name === undefined) return
  const column = scope.column(name, model)
  const there: Typed = { ...apply('missing', column.typed), kind: 'number' }
  addNumber(head, scope.columns.derive(model, there, { hint: `${name} is missing` }), 0, model, scope)
}

/** What a file is read as that says nothing of its version. */
const newest = '4.4'

/** The version that the namespace of a file names: http://www.dmg.org/PMML-4_4. */
function versionOf(space: string): string | undefined {
  return /PMML-(\d)_(\d)$/.exec(space)?.slice(1).join('.')
}

function onlyModel(pmml: XmlElement): XmlElement {
  const models = pmml.children.filter(({ own, name }) => own && (readers.has(name) || unsupported.has(name)))
  const [model, second] = models
  if (model === undefined) refuseAt('model/invalid', pmml, 'noModel', { known: [...readers.keys()] })
  if (second !== undefined) refuseAt('model/unsupported', second, 'secondModel')
  const advice = unsupported.get(model.name)
  if (advice !== undefined) refuseAt('model/unsupported', model, 'modelKind', { advice })
  return model
}

function finish(pmml: XmlElement, model: XmlElement, draft: ModelDraft, scope: Scope, version: string): ImportedModel {
  const { features, derived, renamed } = scope.columns.finish(
    draft.heads.flatMap(({ terms }) => [...terms.values()].map(({ column }) => column)),
  )
  if (features.length === 0) refuseAt('model/invalid', model, 'noField')
  const header = childOf(pmml, 'Header')
  const name = optionalText(model, 'modelName')
  const title = (name || (header && optionalText(header, 'description')) || (scope.target?.name ?? model.name)).slice(
    0,
    200,
  )
  const description = (header && optionalText(header, 'description')) ?? `${model.name} from PMML ${version}`
  const fields = new Map(features.map((feature) => [feature.name, feature]))
  const records = readVerification(model, draft, fields, scope)
  const quality = readQuality(model)
  const target = scope.target?.data?.label ?? scope.target?.name
  const wide = features
    .filter((feature) => feature.type !== 'category' && feature.range === undefined)
    .map((feature) => clip(feature.name))
  if (wide.length > 0) scope.notes.add('rangesWide', { columns: wide.slice(0, 8), count: wide.length })
  if (derived.length > 0) scope.notes.add('derivedPublic', { count: derived.length })
  const result: ExtendedModel = {
    format: 'blindscore-model/1',
    id: idOf(title),
    version: ((header && optionalText(header, 'modelVersion')) || '1').slice(0, 200),
    title,
    description: description.slice(0, 4000),
    ...(target !== undefined && { outcome: target }),
    ...(quality !== undefined && { quality }),
    features,
    ...(derived.length > 0 && { derived }),
    heads: finishHeads(draft.heads, renamed),
    link: draft.link,
    ...(draft.responses !== undefined && { responses: draft.responses }),
    ...(draft.outputs !== undefined && { outputs: draft.outputs }),
    ...(draft.decision !== undefined && { decision: draft.decision }),
    ...(draft.label && { label: true }),
    ...(draft.reasons !== undefined && { reasons: draft.reasons }),
    ...(records !== undefined && { verification: records }),
  }
  return { model: result, notes: scope.notes.all }
}

/** A name that can stand in an address. */
function idOf(title: string): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
  return plain.slice(0, 100) || 'model'
}

/** Held-out quality, where ModelExplanation has it. */
function readQuality(model: XmlElement): ExtendedModel['quality'] {
  const explanation = childOf(model, 'ModelExplanation')
  const [quality] = explanation === undefined ? [] : childrenOf(explanation, 'PredictiveModelQuality')
  if (quality === undefined) return undefined
  const on = optionalText(quality, 'dataName')
  for (const [attribute, metric] of [
    ['r-squared', 'R²'],
    ['rootMeanSquaredError', 'root mean squared error'],
    ['meanAbsoluteError', 'mean absolute error'],
  ] as const) {
    const value = optionalNumber(quality, attribute)
    if (value !== undefined) return { metric, value, ...(on !== undefined && { on }) }
  }
  return undefined
}
