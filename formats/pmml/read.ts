import type { ExtendedModel, ImportedModel } from '../extended.ts'
import { childOf, childrenOf, clip, parseXml, refuseAt, type XmlElement } from '../xml.ts'
import { optionalNumber, optionalText, optionalTruth } from './attributes.ts'
import { readGeneralRegression } from './generalRegression.ts'
import { finishHeads, type ModelDraft } from './heads.ts'
import { readNaiveBayes } from './naiveBayes.ts'
import { readRegression } from './regression.ts'
import { Scope } from './scope.ts'
import { readScorecard } from './scorecard.ts'
import { applyOutput, applyTargets } from './targets.ts'
import { readVerification } from './verification.ts'

const readers: ReadonlyMap<string, (model: XmlElement, scope: Scope) => ModelDraft> = new Map([
  ['RegressionModel', readRegression],
  ['GeneralRegressionModel', readGeneralRegression],
  ['Scorecard', readScorecard],
  ['NaiveBayesModel', readNaiveBayes],
])

const refit =
  'Fit a linear model, a scorecard or a generalised additive model (bins and pairs of bins) to the same data and export that.'
const unsupported: ReadonlyMap<string, string> = new Map([
  ['TreeModel', refit],
  ['MiningModel', `Ensembles and chains of models cannot be scored. ${refit}`],
  ['RuleSetModel', refit],
  ['NearestNeighborModel', refit],
  [
    'SupportVectorMachineModel',
    'With a linear kernel, export the same plane as a RegressionModel (one coefficient per input). Other kernels cannot be scored.',
  ],
  [
    'NeuralNetwork',
    'Run its hidden layers in the browser as a public encoder, and export the last layer as a RegressionModel.',
  ],
  [
    'ClusteringModel',
    'Squared distances to centroids are linear in the inputs and their squares: export them as RegressionModels.',
  ],
  ['GaussianProcessModel', refit],
  ['BayesianNetworkModel', refit],
  ['AnomalyDetectionModel', refit],
  ['AssociationModel', refit],
  ['SequenceModel', refit],
  ['TextModel', 'Export a linear model on word counts as a RegressionModel.'],
  ['TimeSeriesModel', 'Bring the earlier values as columns and export a RegressionModel.'],
  ['BaselineModel', refit],
])

/**
 * Reads a PMML 4.x document. Pure: no network, no files, no code from the document.
 * Throws `model/syntax` for what is not XML, `model/invalid` for what is not PMML, `model/unsupported` for what cannot
 * be scored; each message names the element and its line and says what to do.
 */
export function readPmml(text: string): ImportedModel {
  const pmml = parseXml(text)
  if (pmml.name !== 'PMML') refuseAt('model/invalid', pmml, 'the root element of a PMML file is <PMML>.')
  const version = optionalText(pmml, 'version') ?? versionOf(pmml.space)
  if (version === undefined) refuseAt('model/invalid', pmml, 'the attribute "version" is missing.')
  if (!/^[34]\.\d/.test(version))
    refuseAt('model/unsupported', pmml, `version ${clip(version)}; this reads PMML 3.0 to 4.4.`)
  const model = onlyModel(pmml)
  if (optionalTruth(model, 'isScorable') === false)
    refuseAt('model/invalid', model, 'the file itself says that the model is not scorable.')
  const scope = new Scope(pmml, model)
  const read = readers.get(model.name) as (model: XmlElement, scope: Scope) => ModelDraft
  const draft = applyOutput(model, applyTargets(model, read(model, scope), scope), scope)
  return finish(pmml, model, draft, scope, version)
}

/** The version that the namespace of a file names: http://www.dmg.org/PMML-4_4. */
function versionOf(space: string): string | undefined {
  return /PMML-(\d)_(\d)$/.exec(space)?.slice(1).join('.')
}

function onlyModel(pmml: XmlElement): XmlElement {
  const models = pmml.children.filter(({ own, name }) => own && (readers.has(name) || unsupported.has(name)))
  const [model, second] = models
  if (model === undefined) refuseAt('model/invalid', pmml, `no model that is known: ${[...readers.keys()].join(', ')}.`)
  if (second !== undefined)
    refuseAt('model/unsupported', second, 'a second model in the file. Put each into a file of its own.')
  const advice = unsupported.get(model.name)
  if (advice !== undefined)
    refuseAt('model/unsupported', model, `this kind of model cannot be scored on encrypted records. ${advice}`)
  return model
}

function finish(pmml: XmlElement, model: XmlElement, draft: ModelDraft, scope: Scope, version: string): ImportedModel {
  const { features, derived, renamed } = scope.columns.finish()
  if (features.length === 0) refuseAt('model/invalid', model, 'the model uses no field.')
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
  if (wide.length > 0)
    scope.notes.push(
      `No range is stated for ${wide.slice(0, 8).join(', ')}${wide.length > 8 ? ` and ${wide.length - 8} more` : ''}: a wide one is chosen. An Interval in the DataDictionary would save bytes.`,
    )
  if (derived.length > 0)
    scope.notes.push(
      `${derived.length} derived columns are computed in the browser and are public, their constants included.`,
    )
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
    ...(draft.label && { label: true }),
    ...(draft.reasons !== undefined && { reasons: draft.reasons }),
    ...(records !== undefined && { verification: records }),
  }
  return { model: result, notes: scope.notes }
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
