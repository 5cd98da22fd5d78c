import { type Fail, type NoFacts, throwError } from '../../core/errors.ts'
import type { Placed } from '../faults.ts'

/** Why an ONNX file is not read, and the facts that a sentence about it needs. */
export interface OnnxFaults extends Placed<AtNode, NodeFaults>, Placed<OfTensor, TensorFaults> {
  // The file
  onnxTooLarge: { readonly most: number }
  onnxDamaged: NoFacts
  onnxWithoutGraph: NoFacts
  opsetTooOld: { readonly opset: number; readonly oldest: number }
  tooManyNodes: { readonly most: number }
  tooMuchMetadata: NoFacts
  metadataUnread: { readonly what: 'featureNames' | 'featureRanges' }
  listTooLong: { readonly most: number }
  sparseInitializer: NoFacts
  // The graph's inputs
  graphWithoutInput: NoFacts
  tooManyInputs: { readonly most: number }
  inputNotATensor: OfInput
  inputShape: OfInput
  inputWidth: OfInput
  inputName: NoFacts
  inputTwice: { readonly name: string }
  nameCount: OfInput & { readonly columns: number; readonly names: number }
  // The graph as a whole
  stepsTooMany: { readonly most: number }
  columnsMixed: NoFacts
  columnSteps: { readonly most: number }
  textWithoutValues: OfInput
  outputMissing: { readonly name: string }
  outputsConstant: NoFacts
  inputsUnused: NoFacts
  linksDiffer: NoFacts
}

type OfInput = { readonly input: string }

/** How a node is named: by its place, its name and its operator, whose domain is '' for ai.onnx. */
export type NodeName = {
  readonly index: number
  readonly name: string
  readonly domain: string
  readonly type: string
}

export type AtNode = { readonly node: NodeName }

/** What is wrong at a node. */
export interface NodeFaults {
  operatorUnread: { readonly advice: OperatorAdvice }
  // What a node takes and makes
  inputMissing: { readonly input: number }
  inputCount: { readonly given: number; readonly needed: number | null }
  lacks: { readonly what: Lacking }
  valueUnread: NoFacts
  madeByNothing: { readonly name: string }
  usesItself: NoFacts
  madeTwice: { readonly name: string }
  makesTooMuch: { readonly what: Made; readonly most: number }
  notConstant: { readonly what: string }
  onlyRead: { readonly when: ReadOnlyWhen }
  acrossRecords: { readonly how: 'combines' | 'lays' | 'removes' | 'repeats' | 'works' }
  operandUnread: { readonly how: 'encodes' | 'encodesSum' | 'fills' | 'normalisesText' | 'picksBySum' }
  computesText: NoFacts
  afterSum: { readonly operator: string }
  notFinite: { readonly what: 'intercept' | 'weight' }
  // Shapes and places
  axisOutside: { readonly axis: number; readonly rank: number }
  noSuchShape: NoFacts
  shapesDiffer: { readonly how: 'combines' | 'joins'; readonly shapes: readonly Shape[] }
  reshapes: { readonly shape: Shape; readonly from: Shape }
  removesDimension: NoFacts
  permutation: NoFacts
  placeOutside: { readonly size: number | null }
  stepOfZero: NoFacts
  takesTooMuch: { readonly how: 'splits' | 'takesColumns' }
  reducesNothing: NoFacts
  picksColumn: NoFacts
  doesNotFit: { readonly what: Fitting }
  // Encoders
  perColumn: {
    readonly what: 'coefficients' | 'imputedValues' | 'offsets' | 'scales'
    readonly given: number
    readonly columns: number
  }
  categoriesOfType: { readonly attribute: string }
  categoriesTooLarge: NoFacts
  categoryRepeated: NoFacts
  lengthsDiffer: { readonly what: 'categories' | 'keysAndValues' }
  floatAsText: NoFacts
  normUnread: { readonly norm: string }
  // Weights
  trainingMode: NoFacts
  notOneRow: { readonly shape: Shape }
  matrixForm: NoFacts
  matrixRows: { readonly columns: number; readonly rows: number }
  matrixShape: { readonly columns: number; readonly shape: Shape }
  constantsTooLarge: NoFacts
  coefficientCount: { readonly given: number; readonly columns: number; readonly sums: number }
  coefficientRows: { readonly rows: number; readonly classes: number }
  interceptCount: { readonly given: number; readonly sums: number }
  kernelUnread: { readonly kernel: string }
  oneClass: NoFacts
  pairedProbabilities: NoFacts
  pairsVote: NoFacts
  // What follows the weighted sums
  postTransform: { readonly which: 'probit' | 'softmaxZero' | 'unknown' }
  classesMixed: NoFacts
  classByRule: NoFacts
  classAlone: NoFacts
  outputUnlinked: { readonly output: string }
  stepUnlinked: { readonly output: string; readonly deep: boolean }
}

type Shape = readonly number[]

/** What a node must have. */
export type Lacking = 'axes' | 'depth' | 'ends' | 'imputedValues' | 'input' | 'shape' | 'starts' | 'targets' | 'value'

/** What a node may not make more of than a linear model needs. */
export type Made =
  | 'columns'
  | 'elements'
  | 'products'
  | 'responses'
  | 'stepsAfterSums'
  | 'tensorElements'
  | 'weights'
  | 'weightsInAll'

/** The one form of an operator that is read. */
export type ReadOnlyWhen = 'afterLinear' | 'fmod' | 'lastAxis' | 'lastIndex' | 'tables' | 'transA'

/** What must fit what it is applied to. */
export type Fitting = 'axes' | 'coefficients' | 'expansion' | 'matrices' | 'supportVectors'

/** What to do instead of an operator that is not read. */
export type OperatorAdvice = 'controlFlow' | 'deep' | 'kernels' | 'privateSet' | 'steps' | 'texts' | 'trees'

/** What is wrong with a tensor of the file. */
export interface TensorFaults {
  tensorType: { readonly name: string | null; readonly type: number }
  tensorElsewhere: NoFacts
  tensorShape: NoFacts
  tensorTooLarge: { readonly most: number }
  tensorCount: NoFacts
}

export type OfTensor = { readonly whose: TensorOwner }

/** What has a tensor. */
export type TensorOwner =
  | { readonly what: 'initializer' | 'input'; readonly name: string }
  | { readonly what: 'default' | 'keys' | 'value' | 'values'; readonly node: NodeName }
  | { readonly what: 'cast'; readonly index: number }

export const fail: Fail<OnnxFaults> = throwError
