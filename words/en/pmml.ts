import type {
  AtElement,
  AtLine,
  ElementFaults,
  Limited,
  ModelAdvice,
  ModelKind,
  NotHere,
  PmmlFaults,
  XmlFaults,
} from '../../formats/pmml/faults.ts'
import type { Sentences } from '../sentences.ts'
import { placed } from './formats.ts'

/** What a fault of one of several kinds says, by its kind. */
type Words<Kind extends string> = Readonly<Record<Kind, string>>

const attributeTypes: Words<ElementFaults['attributeType']['expected']> = {
  number: 'is not a finite decimal number',
  integer: 'is not an integer',
  truth: 'is neither true nor false',
}

const fewerThanTwo: Words<ElementFaults['tooFew']['what']> = {
  categories: 'fewer than two categories',
  norms: 'fewer than two LinearNorm elements',
  predicates: 'a compound of fewer than two predicates',
}

const limits: { readonly [W in Limited]: (most: number) => string } = {
  arrayValues: (most) => `an array of over ${most} values.`,
  attributes: (most) => `over ${most} attributes. Group them.`,
  bins: (most) => `over ${most} bins that do not follow one another.`,
  derivedColumns: (most) => `the model needs over ${most} derived columns.`,
  fieldDepth: (most) => `derived fields stand over ${most} deep on one another.`,
  fieldProduct: (most) => `a product of over ${most} fields.`,
  fields: (most) => `the model uses over ${most} fields.`,
  functionDepth: (most) => `functions call one another over ${most} deep.`,
  predictorProduct: (most) => `a product of over ${most} predictors.`,
  rows: (most) => `over ${most.toLocaleString('en')} rows.`,
}

const decimals: Words<ElementFaults['notDecimal']['what']> = {
  constant: 'a constant that should be a number is no finite decimal',
  defaultValue: 'the defaultValue is no finite decimal',
  missingValueReplacement: 'missingValueReplacement is not a finite decimal number',
  invalidValueReplacement: 'invalidValueReplacement is not a finite decimal number',
  validValue: 'a valid value of a continuous field is not a finite decimal number',
}

const refit =
  'Fit a linear model, a scorecard or a generalised additive model (bins and pairs of bins) to the same data and export that.'

const modelAdvice: Words<ModelAdvice> = {
  refit,
  plane:
    'With a linear kernel, export the same plane as a RegressionModel (one coefficient per input). Other kernels cannot be scored.',
  lastLayer:
    'Run its hidden layers in the browser as a public encoder, and export the last layer as a RegressionModel.',
  distances:
    'Squared distances to centroids are linear in the inputs and their squares: export them as RegressionModels.',
  wordCounts: 'Export a linear model on word counts as a RegressionModel.',
  earlierValues: 'Bring the earlier values as columns and export a RegressionModel.',
}

const ensembles: Words<ElementFaults['ensembleUnread']['why']> = {
  categories: 'its models tell other categories apart than the first one does',
  chain: 'a model of a chain counts only under a condition',
  links: 'its models give their results by different links',
  method: 'how it joins the results of its models is not linear in them',
  result: 'the result of this model is no linear predictor, such as a probability, and a sum of such is none either',
  weights: 'the weights of its segments are negative, or add up to 0',
}

const modelKinds: Words<ModelKind> = {
  CoxRegression: 'a CoxRegression',
  multinomialLogistic: 'a multinomialLogistic model',
  naiveBayes: 'a naive Bayes model',
  ordinalMultinomial: 'an ordinalMultinomial model',
  scorecard: 'a scorecard',
}

const linkKinds: Words<ElementFaults['linkNeeded']['kind']> = {
  generalizedLinear: 'a generalizedLinear model',
  ordinalMultinomial: 'an ordinalMultinomial model',
}

const notHere: Words<NotHere> = {
  Aggregate: 'aggregate the records before the model and bring the results as columns',
  Lag: 'bring the earlier values as columns of the same record',
}

const argumentKinds: Words<ElementFaults['argumentKind']['needed']> = {
  number: 'a number',
  text: 'a text',
  truth: 'true or false',
}

const comparisons: Words<ElementFaults['comparedWith']['what']> = {
  boolean: 'a boolean is compared with a value that is neither true nor false',
  number: 'a number is compared with a value that is none',
}

const patterns: Words<ElementFaults['patternNotRead']['why']> = {
  constant: 'its pattern comes from the record. Write the pattern as a Constant',
  date: 'its pattern is none of strftime, or has a conversion of it that is not read',
  number: 'its pattern is none of printf with one conversion, such as %5.2f',
  size: 'its regular expression is too large',
  syntax: 'its regular expression, or what replaces a match, is not well-formed',
  unsupported:
    'its regular expression has a part that could take for ever to match, such as look-around or a reference to a group',
}

const textIndices: Words<ElementFaults['textIndexUnread']['why']> = {
  distance: 'words that differ by some letters count as the same (maxLevenshteinDistance)',
  recursion: 'a normalisation of several rows is repeated until nothing changes',
  strings: 'a row of its normalisation is no regular expression, and could mean whole words or parts of them',
  term: 'its term is no constant, or has over 100 words',
  weights: 'its counts are weighed by the other words of the text (localTermWeights)',
  words: 'how it splits texts into words is not read',
}

const tablesOfText: Words<ElementFaults['tableOfText']['what']> = {
  bins: 'puts a field into intervals that is no number',
  line: 'normalises a field that is no number',
}

const unfitMethods: Words<ElementFaults['methodUnfit']['why']> = {
  expOfCategories: '"exp" gives no probabilities. It belongs to functionName="regression".',
  simplemaxOfCategories:
    '"simplemax" divides the predictors by their sum, which is no link that can be scored. Refit with softmax.',
  simplemaxOfNumber: '"simplemax" needs categories.',
}

const unfitTables: Words<ElementFaults['tablesUnfit']['why']> = {
  one: 'a classification needs a RegressionTable per category, here one',
  order: 'the tables stand in another order than the ordered values of the target',
  sameCategory: 'two tables have the same targetCategory',
  second: 'a second table in a model of one number',
}

const targets: Words<ElementFaults['targetUnread']['what']> = {
  castInteger:
    'castInteger can only round the one score of a whole model. Remove it and round the scores after download.',
  minMax:
    '"min" and "max" can only cut off the one score of a whole model. Remove them and cut the scores off after download.',
  rescale:
    'after a link that is not the identity only the one score of a whole model can be rescaled. Remove rescaleFactor and rescaleConstant and rescale the scores after download.',
}

const atElement: Sentences<ElementFaults> = {
  attributeMissing: ({ attribute }) => `the attribute "${attribute}" is missing.`,
  attributeType: ({ attribute, expected }) => `the attribute "${attribute}" ${attributeTypes[expected]}.`,
  attributeChoice: ({ attribute, value, choices }) =>
    `"${attribute}" cannot be "${value}"; it is one of ${choices.join(', ')}.`,
  childMissing: ({ child }) => `the ${child} ${child.endsWith('s') ? 'are' : 'is'} missing.`,
  noChild: ({ child }) => `no ${child}.`,
  twiceIn: ({ parent }) => `stands twice in ${parent}.`,
  standsTwice: ({ what, name }) => `the ${what} "${name}" stands twice.`,
  moreThanOne: ({ what, parent }) => `${parent} has more than one ${what}.`,
  tooFew: ({ what }) => `${fewerThanTwo[what]}.`,
  tooMany: ({ what, most }) => limits[what](most),
  notDecimal: ({ what }) => `${decimals[what]}.`,
  notAboveZero: ({ what }) => `the ${what} is not above 0.`,
  belowZero: ({ what }) => `a ${what === 'hazard' ? 'cumulative hazard' : what} below 0.`,
  endsReversed: ({ low, high }) => `the ${low} is above the ${high}.`,
  notListed: ({ what, name, list }) => `the ${what} "${name}" is not in the ${list}.`,
  rootElement: () => 'the root element of a PMML file is <PMML>.',
  pmmlVersion: ({ version }) => `version ${version}; this reads PMML 3.0 to 4.4.`,
  notScorable: () => 'the file itself says that the model is not scorable.',
  noModel: ({ known }) => `no model that is known: ${known.join(', ')}.`,
  secondModel: () => 'a second model in the file. Put each into a file of its own.',
  modelKind: ({ advice }) => `this kind of model cannot be scored on encrypted records. ${modelAdvice[advice]}`,
  noField: () => 'the model uses no field.',
  functionName: ({ name }) => `functionName="${name}" cannot be scored; it can be regression or classification.`,
  functionNeeded: ({ kind, needed }) => `${modelKinds[kind]} has functionName="${needed}".`,
  tableOutside: () => 'its table is outside the file. Put the rows into an InlineTable.',
  cellTwice: () => 'the cell stands twice in its row.',
  rowLacks: ({ column }) => `the row has no "${column}".`,
  resultNotDecimal: ({ column }) => `the result in "${column}" is no finite decimal.`,
  fieldType: ({ type }) =>
    `fields of type "${type}" cannot be scored. Turn dates and times into numbers (days since a stated day) before the model.`,
  fieldNameLength: () => "a field's name has 1 to 200 characters.",
  fieldName: ({ name }) => `a field cannot be called "${name}".`,
  intervalReversed: () => 'the interval ends below its start.',
  intervalsOfCategory: () => 'intervals belong to continuous fields only.',
  continuousHolds: ({ what }) => `a continuous field cannot hold ${what}. Make its optype categorical.`,
  missingTwoWays: () => 'missing values are both replaced and returned as invalid.',
  replacementMissing: () => 'invalidValueTreatment="asValue" needs an invalidValueReplacement.',
  outliersNeedEnds: ({ outliers }) => `outliers="${outliers}" needs a lowValue or a highValue.`,
  fieldUndescribed: ({ field }) => `the field "${field}" is not described anywhere.`,
  fieldUsesItself: ({ field }) => `the derived field "${field}" uses itself.`,
  fieldPredicted: ({ field }) => `the field "${field}" is what the model predicts, so the model cannot use it.`,
  secondTarget: () => 'a second target. Write one model per target.',
  categoryAsNumber: ({ column }) => `"${column}" is a category, and stands where a number is needed.`,
  levelLength: ({ most }) => `a level has at most ${most} characters.`,
  levelCount: ({ column, most }) => `"${column}" has over ${most} levels. Group rare ones before the model.`,
  expressionMissing: ({ choices }) => `an expression is missing; it can be ${choices.join(', ')}.`,
  expressionUnread: ({ choices }) => `is not an expression that can be scored; use ${choices.join(', ')}.`,
  expressionNotHere: ({ kind }) => `cannot be computed in the browser: ${notHere[kind]}.`,
  expressionGrown: ({ operations, levels }) =>
    `this expression unfolds to over ${operations} operations or ${levels} levels. Split it into derived fields.`,
  constantType: ({ type }) => `constants of type "${type}" cannot be scored.`,
  notTrueOrFalse: ({ text }) => `"${text}" is neither true nor false.`,
  functionUnknown: ({ name, known }) =>
    `the function "${name}" cannot be computed in the browser. Compute its result before the model and bring it as a column. Known: ${known.join(' ')}.`,
  functionTakes: ({ name, least, more, given }) =>
    `"${name}" takes ${least}${more ? ' or more' : ''} arguments, here ${given}.`,
  functionParameters: ({ needed, given }) => `the function takes ${needed} arguments, here ${given}.`,
  functionCallsItself: () => 'the function calls itself.',
  argumentKind: ({ given, needed }) => `a ${given} stands where the function needs ${argumentKinds[needed]}.`,
  kindsDiffer: () => 'a text and a number stand where both must be of one kind.',
  patternNotRead: ({ why }) => `${patterns[why]}.`,
  ensembleUnread: ({ why, method }) => `${ensembles[why]} (${method}). ${refit}`,
  resultUnfit: ({ field }) =>
    `what the model gives as "${field}" is used otherwise than as a term: it is private, so that nothing else can be made of it in the browser. ${refit}`,
  treatedTwice: ({ field }) =>
    `"${field}" is treated in one way here and in another in the model round it. State its treatments in the outer MiningSchema alone.`,
  textsUnordered: () => 'texts have no order to compare by. Use equal or isIn.',
  predicateMissing: () => 'a predicate is missing.',
  operatorNeedsValue: ({ operator }) => `the operator "${operator}" needs a value.`,
  columnValue: ({ value, column }) => `"${value}" is not a value of "${column}".`,
  columnUnordered: ({ column }) => `"${column}" has no order to compare by. Use equal, or list the values with isIn.`,
  comparedWith: ({ what }) => `${comparisons[what]}.`,
  valuesMissing: () => 'the Array of values is missing.',
  arrayEmpty: () => 'the array is empty.',
  arrayCount: ({ stated, given }) => `the array says n="${stated}" but has ${given} values.`,
  textIndexUnread: ({ why }) =>
    `${textIndices[why]}. Count the words before the model and bring the counts as columns.`,
  tableOfText: ({ what }) => `${tablesOfText[what]}.`,
  pointsNotAscending: () => 'the LinearNorm elements do not ascend by orig.',
  neitherBinsNorDefault: () => 'neither bins nor a defaultValue.',
  lookupColumns: () => 'a table is looked up by 1 to 20 columns.',
  methodUnfit: ({ why }) => unfitMethods[why],
  methodNeedsOrdinal: ({ method, categories }) =>
    `"${method}" with ${categories} categories needs an ordinal target. Use softmax.`,
  methodOfOrdinal: ({ method }) =>
    `"${method}" cannot be scored for an ordinal target. Use logit, probit, cloglog, loglog or cauchit.`,
  tablesUnfit: ({ why }) => `${unfitTables[why]}.`,
  notInTable: () => 'has no place in a RegressionTable.',
  targetValue: ({ value, target }) =>
    `"${value}" is not a value of the target${target === null ? '' : ` "${target}"`}.`,
  offsetUnread: ({ type }) =>
    `an offset in a model of type ${type}. Use generalizedLinear, or fold the offset into the intercept.`,
  predictsNumber: ({ type }) => `modelType="${type}" predicts a number, not a category.`,
  linkNeeded: ({ kind, attribute }) => `${linkKinds[kind]} needs a ${attribute}.`,
  parametersPerCategory: () => 'a model of one number has parameters per targetCategory.',
  matrixEmpty: () => 'the ParamMatrix is empty.',
  referenceUnclear: () =>
    'the reference category is not clear. Name it in targetReferenceCategory, and list the categories of the target in the DataDictionary.',
  overTwoCategories: () =>
    'a generalizedLinear classification of over two categories. Use multinomialLogistic or ordinalMultinomial.',
  categoriesUnlisted: () => "the DataDictionary must list the target's categories in their order.",
  nothingForCategory: ({ what, category }) => `no ${what} for the category "${category}".`,
  parametersOfLast: ({ category }) => `parameters for "${category}", which is no category but the last.`,
  parameterTwice: () => 'the parameter has two values for the same category.',
  predictorUnlisted: ({ name }) => `"${name}" is neither in the FactorList nor in the CovariateList.`,
  exponentNeeded: () => 'the value of a covariate is its exponent, a number.',
  contrastCategories: () => 'a contrast matrix without Categories.',
  factorCategory: ({ value }) => `"${value}" is not among the factor's Categories.`,
  numberCategory: () => 'a category of a number that is no number.',
  matrixPlace: () => 'an entry outside the matrix.',
  matrixEntry: () => 'an entry that is no number.',
  matrixGap: ({ row, column }) => `no entry in row ${row}, column ${column}.`,
  hazardFalls: () => 'the cumulative hazard has two values at one time, or falls.',
  thresholdRange: () => 'the threshold is not in [0, 1].',
  categoryUnseen: ({ category }) => `the category "${category}" was never seen. Leave it out.`,
  categoryUnknown: ({ category }) => `"${category}" is no category of the BayesOutput.`,
  neitherCountsNorStats: () => 'neither PairCounts nor TargetValueStats.',
  inputDistribution: () => 'naive Bayes inputs are Gaussian or Poisson.',
  partialScore: () =>
    'its expression is not linear in the fields, so its constants could not stay private. Give a constant partialScore per attribute, or put the curve into a DerivedField and its weight into this expression.',
  targetUnread: ({ what }) => targets[what],
}

const inside = (element: string | null): string => (element === null ? 'the document' : `<${element}>`)

const atLine: Sentences<XmlFaults> = {
  notWellFormed: ({ message }) => `not well-formed XML: ${message}`,
  documentType: () => 'a document type (<!DOCTYPE>) is not allowed: it could define entities. Remove it.',
  noElement: () => 'the file holds no element.',
  tooManyElements: ({ most }) => `more than ${most} elements.`,
  elementsTooDeep: (facts) => `elements are nested deeper than ${facts.most} levels, in ${inside(facts.inside)}.`,
  tooManyAttributes: (facts) => `an element in ${inside(facts.inside)} has over ${facts.most} attributes.`,
  nameTooLong: (facts) => `an ${facts.what}'s name is too long, in ${inside(facts.inside)}.`,
  attributeTooLong: ({ attribute, most }) => `the attribute "${attribute}" is longer than ${most} characters.`,
  textTooLong: (facts) => `the text of ${inside(facts.inside)} is longer than ${facts.most} characters.`,
}

export const pmml: Sentences<PmmlFaults> = {
  ...placed(({ line, element }: AtElement) => `Line ${line}, ${element}: `, atElement),
  ...placed(({ line }: AtLine) => `Line ${line}: `, atLine),
  tooManyCharacters: ({ most }) => `The file has more than ${most} characters.`,
}
