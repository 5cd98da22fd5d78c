import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../core/errors.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { type Attribute, type GraphOptions, ml, node, onnxFile, tensor } from './onnxFile.ts'
import { refusal } from './refusal.ts'

const folder = new URL('./fixtures/onnx/', import.meta.url)

const weights = (n: number): Record<string, Attribute> => ({
  coefficients: { floats: Array.from({ length: n }, (_, i) => i + 1) },
})
const table = (k: number): Pick<GraphOptions, 'inputs' | 'outputs'> => ({
  inputs: [['x', 'float', [-1, k]]],
  outputs: ['y'],
})
const regressor = ml('LinearRegressor', ['x'], ['y'], weights(2))

const cases: [what: string, code: ErrorCode, says: RegExp, options: GraphOptions][] = [
  [
    'trees',
    'model/unsupported',
    /node 0 "forest" \(ai\.onnx\.ml\.TreeEnsembleRegressor\).*trees.*linear or additive/s,
    { ...table(2), nodes: [node('TreeEnsembleRegressor', ['x'], ['y'], { domain: 'ai.onnx.ml', name: 'forest' })] },
  ],
  [
    'the tree operator of ai.onnx.ml 5',
    'model/unsupported',
    /TreeEnsemble\).*trees/s,
    { ...table(2), nodes: [ml('TreeEnsemble', ['x'], ['y'])] },
  ],
  [
    'a kernel',
    'model/unsupported',
    /SVMRegressor.*RBF.*kernel="linear"/s,
    { ...table(2), nodes: [ml('SVMRegressor', ['x'], ['y'], { kernel_type: { s: 'RBF' }, n_supports: { i: 1 } })] },
  ],
  [
    'pairwise probabilities',
    'model/unsupported',
    /prob_a.*decision values/s,
    {
      ...table(2),
      nodes: [
        ml('SVMClassifier', ['x'], ['l', 'y'], {
          kernel_type: { s: 'LINEAR' },
          classlabels_ints: { ints: [0, 1] },
          vectors_per_class: { ints: [1, 1] },
          prob_a: { floats: [1] },
        }),
      ],
    },
  ],
  [
    'votes of pairs',
    'model/unsupported',
    /vote.*LinearSVC/s,
    {
      ...table(2),
      nodes: [
        ml('SVMClassifier', ['x'], ['l', 'y'], {
          classlabels_ints: { ints: [0, 1, 2] },
          vectors_per_class: { ints: [1, 1, 1] },
        }),
      ],
    },
  ],
  [
    'a convolution',
    'model/unsupported',
    /Conv.*deep network.*last linear layer/s,
    { ...table(2), nodes: [node('Conv', ['x'], ['y'])] },
  ],
  [
    'a sub-graph',
    'model/unsupported',
    /If\).*control flow/s,
    { ...table(2), nodes: [node('If', ['x'], ['y'], { attributes: { then_branch: { g: new Uint8Array() } } })] },
  ],
  [
    'a private operator',
    'model/unsupported',
    /com\.example\.Magic.*private operator set/s,
    { ...table(2), nodes: [node('Magic', ['x'], ['y'], { domain: 'com.example' })] },
  ],
  [
    'an operator that is not read',
    'model/unsupported',
    /CumSum\) is not read/,
    { ...table(2), nodes: [node('CumSum', ['x'], ['y'])] },
  ],
  [
    'the normal quantile',
    'model/unsupported',
    /PROBIT.*quantile/s,
    { ...table(2), nodes: [ml('LinearRegressor', ['x'], ['y'], { ...weights(2), post_transform: { s: 'PROBIT' } })] },
  ],
  [
    'a jump',
    'model/unsupported',
    /SOFTMAX_ZERO/,
    {
      ...table(2),
      nodes: [ml('LinearRegressor', ['x'], ['y'], { ...weights(2), post_transform: { s: 'SOFTMAX_ZERO' } })],
    },
  ],
  [
    'an unknown post-transform',
    'model/invalid',
    /post-transform/,
    { ...table(2), nodes: [ml('LinearRegressor', ['x'], ['y'], { ...weights(2), post_transform: { s: 'CUBE' } })] },
  ],
  ['too few coefficients', 'model/invalid', /2 coefficients for 3 columns/, { ...table(3), nodes: [regressor] }],
  [
    'a weight that is not finite',
    'model/invalid',
    /not finite/,
    {
      ...table(2),
      nodes: [ml('LinearRegressor', ['x'], ['y'], { coefficients: { floats: [1, Number.POSITIVE_INFINITY] } })],
    },
  ],
  [
    'a step after the sums that is no link',
    'model/unsupported',
    /Relu\).*Only|Relu\).*link/s,
    { ...table(2), nodes: [ml('LinearRegressor', ['x'], ['z'], weights(2)), node('Relu', ['z'], ['y'])] },
  ],
  [
    'bounds on a score',
    'model/unsupported',
    /Clip\).*link/s,
    {
      ...table(2),
      nodes: [ml('LinearRegressor', ['x'], ['z'], weights(2)), node('Clip', ['z', 'low'], ['y'])],
      initializers: [tensor('low', 'float', [], [0])],
    },
  ],
  [
    'the larger of two sums',
    'model/unsupported',
    /Max\).*link/s,
    {
      ...table(2),
      nodes: [
        ml('LinearRegressor', ['x'], ['z'], weights(2)),
        ml('LinearRegressor', ['x'], ['w'], { coefficients: { floats: [3, 1] } }),
        node('Max', ['z', 'w'], ['y']),
      ],
    },
  ],
  [
    'a part of a softmax made to sum to 1',
    'model/unsupported',
    /Normalizer\).*link/s,
    {
      ...table(2),
      nodes: [
        ml('LinearRegressor', ['x'], ['z'], { ...weights(6), targets: { i: 3 }, post_transform: { s: 'SOFTMAX' } }),
        ml('ArrayFeatureExtractor', ['z', 'i'], ['p']),
        ml('Normalizer', ['p'], ['y'], { norm: { s: 'L1' } }),
      ],
      initializers: [tensor('i', 'int64', [2], [0, 1])],
    },
  ],
  [
    'a difference of one',
    'model/invalid',
    /Sub\) has 1 inputs and needs 2/,
    { ...table(2), nodes: [node('Sub', ['x'], ['y'])] },
  ],
  ['an old opset', 'model/unsupported', /opset 6.*opset 7/s, { ...table(2), nodes: [regressor], opset: 6 }],
  [
    'data in another file',
    'model/unsupported',
    /"w" keeps its data in another file.*one file/s,
    { ...table(2), nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [tensor('w', 'float', [2, 1], [], true)] },
  ],
  [
    'half precision',
    'model/unsupported',
    /float16/,
    { ...table(2), nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [tensor('w', 'float16', [2, 1], [1, 2])] },
  ],
  [
    'a tensor that is too short',
    'model/invalid',
    /"w" holds another number/,
    { ...table(2), nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [tensor('w', 'float', [2, 1], [1])] },
  ],
  [
    'a tensor that claims to be vast',
    'model/invalid',
    /more than/,
    {
      ...table(2),
      nodes: [node('MatMul', ['x', 'w'], ['y'])],
      initializers: [tensor('w', 'float', [2 ** 40, 2 ** 40], [])],
    },
  ],
  [
    'weights of another height',
    'model/invalid',
    /2 columns by 3 rows/,
    {
      ...table(2),
      nodes: [node('MatMul', ['x', 'w'], ['y'])],
      initializers: [tensor('w', 'float', [3, 1], [1, 2, 3])],
    },
  ],
  [
    'weights from the record',
    'model/unsupported',
    /takes its weights from the record/,
    { ...table(2), nodes: [node('MatMul', ['x', 'x'], ['y'])] },
  ],
  [
    'shapes that do not fit',
    'model/invalid',
    /shapes that do not fit: \[1, 3\] and \[2\]/,
    { ...table(3), nodes: [node('Add', ['x', 'w'], ['y'])], initializers: [tensor('w', 'float', [2], [1, 2])] },
  ],
  [
    'a mean over the records',
    'model/unsupported',
    /ReduceMean\) works across records/,
    { ...table(2), nodes: [node('ReduceMean', ['x'], ['m'], { attributes: { axes: { ints: [0] } } }), regressor] },
  ],
  [
    'records laid end to end',
    'model/unsupported',
    /Reshape\) lays records end to end/,
    { ...table(2), nodes: [node('Reshape', ['x', 's'], ['y'])], initializers: [tensor('s', 'int64', [1], [-1])] },
  ],
  [
    'a fixed batch',
    'model/invalid',
    /dynamic batch/,
    { ...table(2), nodes: [node('Reshape', ['x', 's'], ['y'])], initializers: [tensor('s', 'int64', [2], [32, 2])] },
  ],
  [
    'a value that nothing makes',
    'model/invalid',
    /"z", which nothing before it makes/,
    { ...table(2), nodes: [node('Exp', ['z'], ['y'])] },
  ],
  ['a value made twice', 'model/invalid', /"y" a second time/, { ...table(2), nodes: [regressor, regressor] }],
  ['an output that nothing makes', 'model/invalid', /output "y"/, { ...table(2), nodes: [] }],
  [
    'a prediction without inputs',
    'model/unsupported',
    /depends on the record/,
    { ...table(2), nodes: [node('Identity', ['c'], ['y'])], initializers: [tensor('c', 'float', [1, 1], [1])] },
  ],
  [
    'a picture',
    'model/unsupported',
    /column \[N, 1\] or a table/,
    { inputs: [['x', 'float', [-1, 3, 8, 8]]], outputs: ['y'], nodes: [] },
  ],
  [
    'an open number of columns',
    'model/unsupported',
    /how many columns/,
    { inputs: [['x', 'float', [-1, -1]]], outputs: ['y'], nodes: [node('ReduceSum', ['x'], ['y'])] },
  ],
  [
    'text in arithmetic',
    'model/unsupported',
    /Encode it first/,
    { inputs: [['x', 'string', [-1, 2]]], outputs: ['y'], nodes: [regressor] },
  ],
  [
    'names of another number',
    'model/invalid',
    /2 columns, and 1 names/,
    { ...table(2), nodes: [regressor], metadata: { feature_names: '["a"]' } },
  ],
  [
    'names twice',
    'model/invalid',
    /called "a"/,
    { ...table(2), nodes: [regressor], metadata: { feature_names: '["a","a"]' } },
  ],
  [
    'names that are no list',
    'model/invalid',
    /feature_names/,
    { ...table(2), nodes: [regressor], metadata: { feature_names: '[1,' } },
  ],
  [
    'ranges that are none',
    'model/invalid',
    /feature_ranges/,
    { ...table(2), nodes: [regressor], metadata: { feature_ranges: '{"x0":[2,1]}' } },
  ],
  [
    'a layer after a layer',
    'model/unsupported',
    /Sigmoid.*one linear layer/s,
    {
      ...table(2),
      nodes: [
        ml('LinearRegressor', ['x'], ['z'], weights(2)),
        node('Sigmoid', ['z'], ['h']),
        ml('LinearRegressor', ['h'], ['y'], weights(1)),
      ],
    },
  ],
  [
    'many steps after the sums',
    'model/unsupported',
    /steps after the weighted sums/,
    {
      ...table(2),
      nodes: [
        ml('LinearRegressor', ['x'], ['z0'], weights(2)),
        ...Array.from({ length: 5000 }, (_, i) => node('Sigmoid', [`z${i}`], [i === 4999 ? 'y' : `z${i + 1}`])),
      ],
    },
  ],
  [
    'probabilities of some classes among themselves',
    'model/unsupported',
    /Softmax\) mixes the probabilities of different groups of classes/,
    {
      inputs: [['x', 'float', [-1, 1]]],
      outputs: ['q', 'p'],
      nodes: [
        ml('LinearRegressor', ['x'], ['s'], { coefficients: { floats: [1, 2, 3, 4] }, targets: { i: 4 } }),
        node('Softmax', ['s'], ['p']),
        ml('ArrayFeatureExtractor', ['s', 'i'], ['t']),
        node('Softmax', ['t'], ['q']),
      ],
      initializers: [tensor('i', 'int64', [3], [0, 1, 2])],
    },
  ],
]

describe('a model that cannot be scored is refused, with its place and what to do', () => {
  for (const [what, code, says, options] of cases) {
    test(what, () => {
      const error = refusal(onnxFile(options))
      expect(error.code).toBe(code)
      expect(sentenceOf(error)).toMatch(says)
    })
  }

  test('a hidden layer, as PyTorch exports it', () => {
    const error = refusal(readFileSync(new URL('refused/hidden_layer.onnx', folder)))
    expect(error.code).toBe('model/unsupported')
    expect(sentenceOf(error)).toMatch(/Gemm.*Relu.*last linear layer/s)
  })
})
