import type {
  AtNode,
  Fitting,
  Lacking,
  Made,
  NodeFaults,
  NodeName,
  OfTensor,
  OnnxFaults,
  OperatorAdvice,
  ReadOnlyWhen,
  TensorFaults,
  TensorOwner,
} from '../../formats/onnx/faults.ts'
import type { Sentences } from '../sentences.ts'
import { placed } from './formats.ts'

/** What a fault of one of several kinds says, by its kind. */
type Words<Kind extends string> = Readonly<Record<Kind, string>>

const operators: Words<OperatorAdvice> = {
  trees:
    'is a tree model. The server adds sealed numbers and can compare none, so trees, forests and boosted trees cannot be ' +
    'scored blind. Fit a linear or additive model instead (logistic regression on binned columns, an explainable boosting ' +
    'machine, a scorecard).',
  kernels:
    'compares a record with stored records, which additive encryption cannot do. Fit a linear model instead, on products ' +
    'and powers of columns if it needs curves.',
  deep:
    'belongs to a deep network. Only its last linear layer could be scored blind: export that layer as a model of its own, ' +
    'over the embedding, and compute the embedding before scoring.',
  controlFlow: 'runs a sub-graph. Export the model without control flow.',
  texts:
    'splits text or maps into columns, which is not read. Compute those columns before scoring and export the rest.',
  steps:
    'is not read. Use public steps over columns (scaling, imputing, encoding, binning, products), one linear layer, and a link.',
  privateSet: 'comes from a private operator set. Export the model with the operators of ai.onnx and ai.onnx.ml.',
}

const lacking: Words<Lacking> = {
  axes: 'axes',
  depth: 'depth',
  ends: 'ends',
  imputedValues: 'imputed values',
  input: 'input',
  shape: 'shape',
  starts: 'starts',
  targets: 'targets',
  value: 'value',
}

const made: { readonly [W in Made]: (most: number) => string } = {
  columns: (most) => `makes more than ${most} columns.`,
  elements: (most) => `makes more than ${most} elements.`,
  products: (most) => `multiplies weighted sums out to more than ${most} products of columns.`,
  responses: (most) => `gives more than ${most} responses.`,
  stepsAfterSums: (most) => `is one of more than ${most} steps after the weighted sums. Only a link may follow them.`,
  tensorElements: (most) => `makes a tensor of more than ${most} elements.`,
  weights: (most) => `has more than ${most} weights.`,
  weightsInAll: (most) => `brings the model to more than ${most} weights.`,
}

const onlyRead: Words<ReadOnlyWhen> = {
  afterLinear: 'after the linear layer',
  fmod: 'with fmod = 0',
  lastAxis: 'along the last axis',
  lastIndex: 'with select_last_index = 0',
  tables: 'for tables of columns',
  transA: 'with transA = 0',
}

const apart = 'A record must be scored by itself.'
const across: Words<NodeFaults['acrossRecords']['how']> = {
  combines: `combines values across records. ${apart}`,
  lays: `lays records end to end. ${apart}`,
  removes: 'removes the dimension that counts records.',
  repeats: 'repeats records.',
  works: `works across records. ${apart}`,
}

const operands: Words<NodeFaults['operandUnread']['how']> = {
  encodes: 'encodes what is no public column',
  encodesSum: 'encodes the result of a weighted sum',
  fills: 'fills gaps in what is no public number',
  normalisesText: 'normalises text',
  picksBySum: 'picks from a table by the result of a weighted sum',
}

const fitting: Words<Fitting> = {
  axes: 'has axes that do not fit',
  coefficients: 'has coefficients that do not fit',
  expansion: 'expands to a shape that does not fit',
  matrices: 'multiplies matrices that do not fit',
  supportVectors: 'has support vectors that do not fit',
}

const perColumn: Words<NodeFaults['perColumn']['what']> = {
  coefficients: 'coefficients',
  imputedValues: 'imputed values',
  offsets: 'offsets',
  scales: 'scales',
}

const postTransforms: Words<NodeFaults['postTransform']['which']> = {
  probit:
    'has the post-transform PROBIT, which in ONNX is the quantile of the normal distribution and not a probability. Use LOGISTIC, or NONE.',
  softmaxZero: 'has the post-transform SOFTMAX_ZERO, which jumps at 0. Use SOFTMAX.',
  unknown: 'has a post-transform that the standard does not know.',
}

const links =
  'After the weighted sums only a link may follow: Sigmoid, Softmax, Exp, exp(x) − 1, Reciprocal, Sqrt, Pow, 1 − exp(−exp(x)), (1 + Erf)/2, L1 normalisation, ArgMax.'
const hiddenLayers =
  'A network with hidden layers cannot be scored blind: export its last linear layer over the embedding.'

const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`

const atNode: Sentences<NodeFaults> = {
  operatorUnread: ({ advice }) => operators[advice],
  inputMissing: ({ input }) => `has no input ${input}.`,
  inputCount: ({ given, needed }) => `has ${given} inputs${needed === null ? '' : ` and needs ${needed}`}.`,
  lacks: ({ what }) => `has no ${lacking[what]}.`,
  valueUnread: () => 'has a value that is not read. Use a dense tensor.',
  madeByNothing: ({ name }) => `takes "${name}", which nothing before it makes.`,
  usesItself: () => 'takes what is made of its own result.',
  madeTwice: ({ name }) => `makes "${name}" a second time.`,
  makesTooMuch: ({ what, most }) => made[what](most),
  notConstant: ({ what }) => `takes its ${what} from the record. It must be a constant.`,
  onlyRead: ({ when }) => `is read ${onlyRead[when]} only.`,
  acrossRecords: ({ how }) => across[how],
  operandUnread: ({ how }) => `${operands[how]}.`,
  computesText: () => 'computes with text. Encode it first (OneHotEncoder, LabelEncoder).',
  afterSum: ({ operator }) =>
    `takes the result of ${operator} on sealed sums: only one linear layer can be scored blind. Deep networks and stacked models: export the last linear layer over its inputs as a model of its own.`,
  notFinite: ({ what }) => `has ${what === 'intercept' ? 'an intercept' : 'a weight'} that is not finite.`,
  axisOutside: ({ axis, rank }) => `names axis ${axis} of a tensor of rank ${rank}.`,
  noSuchShape: () => 'has a shape that no tensor has.',
  shapesDiffer: ({ how, shapes }) =>
    `${how} shapes that do not fit: ${shapes.map(shapeText).join(how === 'combines' ? ' and ' : ', ')}.`,
  reshapes: ({ shape, from }) =>
    `makes ${shapeText(shape)} of one record's ${shapeText(from)}. Export the model with a dynamic batch dimension.`,
  removesDimension: () => 'removes a dimension that is not of size 1.',
  permutation: () => 'has a permutation that is none.',
  placeOutside: ({ size }) => `takes a place outside${size === null ? '' : ` a dimension of size ${size}`}.`,
  stepOfZero: () => 'has a step of 0.',
  takesTooMuch: ({ how }) => (how === 'splits' ? 'splits more than there is.' : 'takes more columns than there are.'),
  reducesNothing: () => 'reduces nothing.',
  picksColumn: () => 'picks a column by a value of the record. Write the choice out as separate columns.',
  doesNotFit: ({ what }) => `${fitting[what]}.`,
  perColumn: ({ what, given, columns }) => `has ${given} ${perColumn[what]} for ${columns} columns.`,
  categoriesOfType: ({ attribute }) => `has no categories of its input's type (${attribute}).`,
  categoriesTooLarge: () => 'has categories beyond 2^53.',
  categoryRepeated: () => 'has a category twice.',
  lengthsDiffer: ({ what }) => `has ${what === 'categories' ? 'categories' : 'keys and values'} of different lengths.`,
  floatAsText: () => 'writes floating-point numbers as text, which programs do differently. Cast to int64 first.',
  normUnread: ({ norm }) => `has a norm that is not read (${norm}). Use L1, L2 or MAX.`,
  trainingMode: () => 'is in training mode. Export the model in evaluation mode.',
  notOneRow: ({ shape }) => `takes a shape of ${shapeText(shape)} per record. It must be one row of columns.`,
  matrixForm: () => 'multiplies matrices in a form that is not read. Write columns [N, k] times weights [k, m].',
  matrixRows: ({ columns, rows }) => `multiplies ${columns} columns by ${rows} rows of weights.`,
  matrixShape: ({ columns, shape }) => `multiplies ${columns} columns by weights of shape ${shapeText(shape)}.`,
  constantsTooLarge: () => 'multiplies constants that are too large. Fold constants before exporting.',
  coefficientCount: ({ given, columns, sums }) => `has ${given} coefficients for ${columns} columns and ${sums} sums.`,
  coefficientRows: ({ rows, classes }) => `has ${rows} rows of coefficients for ${classes} classes.`,
  interceptCount: ({ given, sums }) => `has ${given} intercepts for ${sums} sums.`,
  kernelUnread: ({ kernel }) =>
    `has the kernel ${kernel}, which compares a record with the support vectors: additive encryption cannot do that. Fit a linear support vector machine (LinearSVC, LinearSVR, SVC with kernel="linear"), on products and powers of columns if it needs curves.`,
  oneClass: () => 'only says on which side of the boundary a record is. Export its decision values.',
  pairedProbabilities: () =>
    'couples pairwise probabilities by iteration (prob_a, prob_b), which no link expresses. Export the decision values (SVC with probability=False), or fit a logistic regression.',
  pairsVote: () =>
    'lets pairs of classes vote, which needs comparisons of sealed sums. Fit one class against the rest (LinearSVC).',
  postTransform: ({ which }) => postTransforms[which],
  classesMixed: () => 'mixes the probabilities of different groups of classes. Export one output.',
  classByRule: () => 'gives a class by a rule that is not read.',
  classAlone: () => 'gives a class and no score. Export the scores or probabilities as an output, too.',
  outputUnlinked: ({ output }) => `gives "${output}", which is no number that a link makes from sealed sums.`,
  stepUnlinked: ({ output, deep }) =>
    `works on sealed sums in a way that no link expresses (for the output "${output}"). ${links}${deep ? ` ${hiddenLayers}` : ''}`,
}

const ofTensor: Sentences<TensorFaults> = {
  tensorType: ({ name, type }) =>
    `has ${name === null ? `no element type that is read (${type})` : `the element type ${name}`}. Use float, double, int64, bool or string.`,
  tensorElsewhere: () =>
    'keeps its data in another file. Save the model as one file (onnx.save with save_as_external_data=False).',
  tensorShape: () => 'has a shape that no tensor has.',
  tensorTooLarge: ({ most }) => `has more than ${most} elements.`,
  tensorCount: () => 'holds another number of elements than its shape has.',
}

/** A node by its place, its name and its operator. */
export function nodeText({ index, name, domain, type }: NodeName): string {
  return `node ${index}${name && ` "${name}"`} (${domain && `${domain}.`}${type})`
}

function ownerText(owner: TensorOwner): string {
  if ('name' in owner) return `The ONNX graph's ${owner.what} "${owner.name}"`
  if ('index' in owner) return `The ONNX graph's node ${owner.index} (Cast)`
  return `The ${owner.what} of ${nodeText(owner.node)}`
}

export const onnx: Sentences<OnnxFaults> = {
  ...placed(({ node }: AtNode) => `The ONNX graph's ${nodeText(node)} `, atNode),
  ...placed(({ whose }: OfTensor) => `${ownerText(whose)} `, ofTensor),
  onnxTooLarge: ({ most }) => `An ONNX file may have ${most} bytes at most.`,
  onnxDamaged: () =>
    'This is not an ONNX file, or it is damaged: its protobuf encoding breaks off or contradicts itself.',
  onnxWithoutGraph: () => 'This is not an ONNX file: it holds no graph or no opset.',
  opsetTooOld: ({ opset, oldest }) =>
    `The ONNX file uses operators of opset ${opset}. Export it with opset ${oldest} or later.`,
  tooManyNodes: ({ most }) => `The graph has more than ${most} nodes: it is no linear model.`,
  tooMuchMetadata: () => 'The ONNX file has too many metadata entries.',
  metadataUnread: ({ what }) =>
    what === 'featureNames'
      ? 'The metadata "feature_names" is not a JSON list of texts.'
      : 'The metadata "feature_ranges" is not a JSON object of [least, largest] by column.',
  listTooLong: ({ most }) => `A list has more than ${most} numbers.`,
  sparseInitializer: () => 'The graph has a sparse initializer. Save the model with dense tensors.',
  graphWithoutInput: () => 'The ONNX graph has no input.',
  tooManyInputs: ({ most }) => `The ONNX graph has more than ${most} input columns.`,
  inputNotATensor: ({ input }) =>
    `The ONNX graph's input "${input}" is no tensor. Use one tensor per column, or one table.`,
  inputShape: ({ input }) => `The ONNX graph's input "${input}" must be a column [N, 1] or a table [N, k].`,
  inputWidth: ({ input }) =>
    `The ONNX graph's input "${input}" does not say how many columns it has. Export it with a fixed second dimension, or state "feature_names" in the metadata.`,
  inputName: () => 'An input column has a name that is empty or too long.',
  inputTwice: ({ name }) => `Two input columns are called "${name}".`,
  nameCount: ({ input, columns, names }) =>
    `The input "${input}" has ${columns} columns, and ${names} names are given for them.`,
  stepsTooMany: ({ most }) => `The ONNX graph needs more than ${most} steps of public arithmetic.`,
  columnsMixed: () => 'The ONNX graph mixes too many columns in public arithmetic.',
  columnSteps: ({ most }) => `The ONNX graph computes a column by more than ${most} steps.`,
  textWithoutValues: ({ input }) =>
    `The text input "${input}" is used without a list of its values. Encode it with OneHotEncoder or LabelEncoder.`,
  outputMissing: ({ name }) => `Nothing makes the ONNX graph's output "${name}".`,
  outputsConstant: () => 'No output of the ONNX graph is a number that depends on the record.',
  inputsUnused: () => 'The prediction of the ONNX graph does not depend on any input.',
  linksDiffer: () => "The ONNX graph's outputs have different links. Export one output.",
}
