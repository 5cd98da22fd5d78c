import { type BlindscoreError, type ErrorCode, makeError } from '../../core/errors.ts'
import type { FactsOf } from '../faults.ts'
import type { NodeFaults, NodeName, OperatorAdvice } from './faults.ts'
import type { OnnxNode } from './protobuf.ts'

/** A node as a sentence may name it. */
export function nameOf({ index, name, domain, type }: OnnxNode): NodeName {
  return { index, name: name.slice(0, 100), domain, type: type.slice(0, 60) }
}

/** The model is well-formed, but what it asks for cannot be scored blind, or is not read. */
export function unsupported<F extends keyof NodeFaults & string>(
  node: OnnxNode,
  fault: F,
  ...[facts]: FactsOf<NodeFaults[F]>
): never {
  throw faultAt('model/unsupported', node, fault, facts)
}

/** The model contradicts itself. */
export function invalid<F extends keyof NodeFaults & string>(
  node: OnnxNode,
  fault: F,
  ...[facts]: FactsOf<NodeFaults[F]>
): never {
  throw faultAt('model/invalid', node, fault, facts)
}

function faultAt(code: ErrorCode, node: OnnxNode, fault: string, facts: object | undefined): BlindscoreError {
  return makeError(code, fault, { node: nameOf(node), ...facts }, { index: node.index })
}

/** What to say about operators that are known and not read. */
export const advice: ReadonlyMap<string, OperatorAdvice> = new Map(
  (
    [
      ['trees', ['TreeEnsembleRegressor', 'TreeEnsembleClassifier', 'TreeEnsemble']],
      ['kernels', ['GaussianProcessRegressor', 'CDist', 'TopK', 'NonMaxSuppression', 'Unique']],
      [
        'deep',
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
      ],
      ['controlFlow', ['If', 'Loop', 'Scan', 'SequenceMap']],
      [
        'texts',
        ['TfIdfVectorizer', 'StringNormalizer', 'Tokenizer', 'StringSplit', 'RegexFullMatch', 'DictVectorizer'],
      ],
    ] as const
  ).flatMap(([what, types]) => types.map((type) => [type, what] as const)),
)
