import { fail } from '../faults.ts'
import type { OnnxNode } from './protobuf.ts'

/** How a node is named in an error: by its place, its name and its operator. */
export function nameOf(node: OnnxNode): string {
  const domain = node.domain ? `${node.domain}.` : ''
  return `node ${node.index}${node.name ? ` "${node.name.slice(0, 100)}"` : ''} (${domain}${node.type.slice(0, 60)})`
}

/** The model is well-formed, but what it asks for cannot be scored blind, or is not read. */
export function unsupported(node: OnnxNode, reason: string): never {
  fail('model/unsupported', `The ONNX graph's ${nameOf(node)} ${reason}`, { index: node.index })
}

/** The model contradicts itself. */
export function invalid(node: OnnxNode, reason: string): never {
  fail('model/invalid', `The ONNX graph's ${nameOf(node)} ${reason}`, { index: node.index })
}

const trees =
  'is a tree model. The server adds sealed numbers and can compare none, so trees, forests and boosted trees cannot be ' +
  'scored blind. Fit a linear or additive model instead (logistic regression on binned columns, an explainable boosting ' +
  'machine, a scorecard).'
const kernels =
  'compares a record with stored records, which additive encryption cannot do. Fit a linear model instead, on products ' +
  'and powers of columns if it needs curves.'
const deep =
  'belongs to a deep network. Only its last linear layer could be scored blind: export that layer as a model of its own, ' +
  'over the embedding, and compute the embedding before scoring.'
const controlFlow = 'runs a sub-graph. Export the model without control flow.'

/** What to say about operators that are known and not read. */
export const advice: ReadonlyMap<string, string> = new Map(
  [
    [['TreeEnsembleRegressor', 'TreeEnsembleClassifier', 'TreeEnsemble'], trees] as const,
    [['GaussianProcessRegressor', 'CDist', 'TopK', 'NonMaxSuppression', 'Unique'], kernels] as const,
    [
      [
        'Conv',
        'ConvTranspose',
        'LSTM',
        'GRU',
        'RNN',
        'MaxPool',
        'AveragePool',
        'GlobalAveragePool',
        'LayerNormalization',
        'InstanceNormalization',
        'Attention',
        'MultiHeadAttention',
        'Gelu',
        'QLinearMatMul',
        'QuantizeLinear',
        'DequantizeLinear',
      ],
      deep,
    ] as const,
    [['If', 'Loop', 'Scan', 'SequenceMap'], controlFlow] as const,
    [
      ['TfIdfVectorizer', 'StringNormalizer', 'Tokenizer', 'StringSplit', 'RegexFullMatch', 'DictVectorizer'],
      'splits text or maps into columns, which is not read. Compute those columns before scoring and export the rest.',
    ] as const,
  ].flatMap(([types, text]) => types.map((type) => [type, text] as const)),
)
