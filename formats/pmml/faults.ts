import { type Fail, type NoFacts, throwError } from '../../core/errors.ts'
import type { Placed } from '../faults.ts'

/** Why a PMML file is not read, and the facts that a sentence about it needs. */
export interface PmmlFaults extends Placed<AtElement, ElementFaults>, Placed<AtLine, XmlFaults> {
  tooManyCharacters: { readonly most: number }
}

/** Where an element stands, and what it is called. */
export type AtElement = AtLine & { readonly element: string }
export type AtLine = { readonly line: number }

/** What is no XML, or above a limit: at a line. */
export interface XmlFaults {
  notWellFormed: { readonly message: string }
  documentType: NoFacts
  noElement: NoFacts
  tooManyElements: { readonly most: number }
  elementsTooDeep: { readonly most: number; readonly inside: Inside }
  tooManyAttributes: { readonly most: number; readonly inside: Inside }
  nameTooLong: { readonly what: 'attribute' | 'element'; readonly inside: Inside }
  attributeTooLong: { readonly attribute: string; readonly most: number }
  textTooLong: { readonly most: number; readonly inside: Inside }
}

/** The innermost element that is open; null before the first. */
type Inside = string | null

type OfField = { readonly field: string }
type OfColumn = { readonly column: string }
type OfCategory = { readonly category: string }

/** What is wrong at an element. */
export interface ElementFaults {
  // Attributes and children
  attributeMissing: { readonly attribute: string }
  attributeType: { readonly attribute: string; readonly expected: 'number' | 'integer' | 'truth' }
  attributeChoice: { readonly attribute: string; readonly value: string; readonly choices: readonly string[] }
  childMissing: { readonly child: string }
  noChild: { readonly child: string }
  twiceIn: { readonly parent: string }
  standsTwice: { readonly what: 'category' | 'field' | 'function' | 'parameter'; readonly name: string }
  moreThanOne: { readonly what: 'expression' | 'predicate'; readonly parent: string }
  tooFew: { readonly what: 'categories' | 'norms' | 'predicates' }
  tooMany: { readonly what: Limited; readonly most: number }
  notDecimal: {
    readonly what: 'constant' | 'defaultValue' | 'missingValueReplacement' | 'invalidValueReplacement' | 'validValue'
  }
  notAboveZero: { readonly what: 'distParameter' | 'mean' | 'variance' }
  belowZero: { readonly what: 'count' | 'hazard' }
  endsReversed: { readonly low: string; readonly high: string }
  notListed: { readonly what: 'field' | 'parameter'; readonly name: string; readonly list: string }
  // The document and its model
  rootElement: NoFacts
  pmmlVersion: { readonly version: string }
  notScorable: NoFacts
  noModel: { readonly known: readonly string[] }
  secondModel: NoFacts
  modelKind: { readonly advice: ModelAdvice }
  noField: NoFacts
  functionName: { readonly name: string }
  functionNeeded: { readonly kind: ModelKind; readonly needed: 'classification' | 'regression' }
  tableOutside: NoFacts
  cellTwice: NoFacts
  rowLacks: OfColumn
  resultNotDecimal: OfColumn
  // Fields
  fieldType: { readonly type: string }
  fieldNameLength: NoFacts
  fieldName: { readonly name: string }
  intervalReversed: NoFacts
  intervalsOfCategory: NoFacts
  continuousHolds: { readonly what: 'booleans' | 'strings' }
  missingTwoWays: NoFacts
  replacementMissing: NoFacts
  outliersNeedEnds: { readonly outliers: string }
  fieldUndescribed: OfField
  fieldUsesItself: OfField
  fieldPredicted: OfField
  secondTarget: NoFacts
  categoryAsNumber: OfColumn
  levelLength: { readonly most: number }
  levelCount: OfColumn & { readonly most: number }
  // Expressions and predicates
  expressionMissing: { readonly choices: readonly string[] }
  expressionUnread: { readonly choices: readonly string[] }
  expressionNotHere: { readonly kind: NotHere }
  expressionGrown: { readonly operations: number; readonly levels: number }
  constantType: { readonly type: string }
  notTrueOrFalse: { readonly text: string }
  functionUnknown: { readonly name: string; readonly known: readonly string[] }
  functionTakes: { readonly name: string; readonly least: number; readonly more: boolean; readonly given: number }
  functionParameters: { readonly needed: number; readonly given: number }
  functionCallsItself: NoFacts
  argumentKind: { readonly given: 'number' | 'text'; readonly needed: 'number' | 'text' | 'truth' }
  kindsDiffer: NoFacts
  textsUnordered: NoFacts
  patternNotRead: { readonly why: 'constant' | 'date' | 'number' | 'size' | 'syntax' | 'unsupported' }
  predicateMissing: NoFacts
  operatorNeedsValue: { readonly operator: string }
  columnValue: OfColumn & { readonly value: string }
  columnUnordered: OfColumn
  comparedWith: { readonly what: 'boolean' | 'number' }
  valuesMissing: NoFacts
  arrayEmpty: NoFacts
  arrayCount: { readonly stated: string; readonly given: number }
  // Models of models
  ensembleUnread: {
    readonly why: 'categories' | 'chain' | 'links' | 'method' | 'result' | 'weights'
    readonly method: string
  }
  resultUnfit: { readonly field: string }
  treatedTwice: { readonly field: string }
  // Transformations
  textIndexUnread: { readonly why: 'distance' | 'recursion' | 'strings' | 'term' | 'weights' | 'words' }
  tableOfText: { readonly what: 'bins' | 'line' }
  pointsNotAscending: NoFacts
  neitherBinsNorDefault: NoFacts
  lookupColumns: NoFacts
  // Regression
  methodUnfit: { readonly why: 'expOfCategories' | 'simplemaxOfCategories' | 'simplemaxOfNumber' }
  methodNeedsOrdinal: { readonly method: string; readonly categories: number }
  methodOfOrdinal: { readonly method: string }
  tablesUnfit: { readonly why: 'one' | 'order' | 'sameCategory' | 'second' }
  notInTable: NoFacts
  targetValue: { readonly value: string; readonly target: string | null }
  // General regression
  offsetUnread: { readonly type: string }
  predictsNumber: { readonly type: string }
  linkNeeded: { readonly kind: 'generalizedLinear' | 'ordinalMultinomial'; readonly attribute: string }
  parametersPerCategory: NoFacts
  matrixEmpty: NoFacts
  referenceUnclear: NoFacts
  overTwoCategories: NoFacts
  categoriesUnlisted: NoFacts
  nothingForCategory: OfCategory & { readonly what: 'intercept' | 'parameters' }
  parametersOfLast: OfCategory
  parameterTwice: NoFacts
  predictorUnlisted: { readonly name: string }
  exponentNeeded: NoFacts
  contrastCategories: NoFacts
  factorCategory: { readonly value: string }
  numberCategory: NoFacts
  matrixPlace: NoFacts
  matrixEntry: NoFacts
  matrixGap: { readonly row: number; readonly column: number }
  hazardFalls: NoFacts
  // Naive Bayes
  thresholdRange: NoFacts
  categoryUnseen: OfCategory
  categoryUnknown: OfCategory
  neitherCountsNorStats: NoFacts
  inputDistribution: NoFacts
  // Scorecards and targets
  partialScore: NoFacts
  targetUnread: { readonly what: 'castInteger' | 'minMax' | 'rescale' }
}

/** What a file may not have more of than a model needs. */
export type Limited =
  | 'arrayValues'
  | 'attributes'
  | 'bins'
  | 'derivedColumns'
  | 'fieldDepth'
  | 'fieldProduct'
  | 'fields'
  | 'functionDepth'
  | 'predictorProduct'
  | 'rows'

/** Kinds of models that predict either a number or a category, and not the other. */
export type ModelKind = 'CoxRegression' | 'multinomialLogistic' | 'naiveBayes' | 'ordinalMultinomial' | 'scorecard'

/** Expressions over more than one record's fields. */
export type NotHere = 'Aggregate' | 'Lag'

/** What to do instead of a kind of model that cannot be scored. */
export type ModelAdvice = 'distances' | 'earlierValues' | 'lastLayer' | 'plane' | 'refit' | 'wordCounts'

export const fail: Fail<PmmlFaults> = throwError
