import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sentenceOf } from '../../words/en/errors.ts'
import { readOnnx } from '../onnx/read.ts'
import { readModel } from '../read.ts'
import { predict } from './evaluate.ts'
import { type Attribute, type ElementName, type GraphOptions, ml, node, onnxFile, tensor } from './onnxFile.ts'

/** Types of results, the order of nodes, and what a file leaves unsaid of its columns. */

const floats = (...values: number[]): Attribute => ({ floats: values })
const ints = (...values: number[]): Attribute => ({ ints: values })

function answer(options: GraphOptions, cells: Record<string, string>): number {
  return predict(readOnnx(onnxFile(options)).model, cells).responses[0] as number
}

/** Twice what a node makes of a column `n` of one type and a constant of another. */
function twice(type: string, of: ElementName, constant: ElementName, value: number): GraphOptions {
  return {
    inputs: [['n', of, [-1, 1]]],
    initializers: [tensor('c', constant, [1], [value])],
    nodes: [
      node(type, ['n', 'c'], ['m']),
      node('Cast', ['m'], ['f'], { attributes: { to: { i: 1 } } }),
      ml('LinearRegressor', ['f'], ['y'], { coefficients: floats(2) }),
    ],
    outputs: ['y'],
  }
}

describe('a result of mixed types has the type that the standard says', () => {
  test.each<[string, ElementName, ElementName, number, string, number]>([
    ['a whole number to the half', 'int64', 'float', 0.5, '7', 2],
    ['of a square', 'int64', 'double', 0.5, '9', 3],
    ['a whole number to a whole number below 0', 'int64', 'int64', -1, '2', 0],
    ['a whole number cubed', 'int64', 'float', 3, '-2', -8],
    ['below 0, toward 0', 'int64', 'float', -3, '-2', 0],
    ['a single to a whole number', 'float', 'int64', 2, '1.5', 2.25],
    ['a single to a double', 'float', 'double', 0.5, '2', Math.fround(Math.SQRT2)],
    ['a double to a single', 'double', 'float', 0.5, '2', Math.SQRT2],
  ])('%s', (_, of, constant, value, cell, wanted) => {
    // The cast of a double to a single is the test's own.
    expect(answer(twice('Pow', of, constant, value), { n: cell })).toBeCloseTo(2 * Math.fround(wanted), 12)
  })

  test.each<[string, number]>([
    ['ReduceMean', Math.trunc((1 + 2 + 2) / 3)],
    ['ReduceL2', 3],
    ['ReduceLogSumExp', 2],
    ['ReduceSum', 5],
  ])('%s of whole numbers is a whole number', (type, wanted) => {
    const options: GraphOptions = {
      inputs: [['n', 'int64', [-1, 3]]],
      nodes: [
        node(type, ['n'], ['m'], { attributes: { axes: ints(1) } }),
        node('Cast', ['m'], ['f'], { attributes: { to: { i: 1 } } }),
        ml('LinearRegressor', ['f'], ['y'], { coefficients: floats(1) }),
      ],
      outputs: ['y'],
      opset: 12,
    }
    expect(answer(options, { x0: '1', x1: '2', x2: '2' })).toBe(wanted)
  })

  test('FeatureVectorizer gives singles, also of whole numbers', () => {
    const options: GraphOptions = {
      inputs: [['n', 'int64', [-1, 1]]],
      initializers: [tensor('two', 'float', [1], [2])],
      nodes: [
        ml('FeatureVectorizer', ['n'], ['v'], { inputdimensions: ints(1) }),
        node('Div', ['v', 'two'], ['h']),
        ml('LinearRegressor', ['h'], ['y'], { coefficients: floats(1) }),
      ],
      outputs: ['y'],
    }
    expect(answer(options, { n: '7' })).toBe(3.5)
  })

  test('FeatureVectorizer lays each input flat', () => {
    const options: GraphOptions = {
      inputs: [
        ['k', 'int64', [-1, 1]],
        ['s', 'float', [-1, 1]],
      ],
      nodes: [
        ml('OneHotEncoder', ['k'], ['o'], { cats_int64s: ints(3, 4, 5) }),
        ml('FeatureVectorizer', ['o', 's'], ['v'], { inputdimensions: ints(3, 1) }),
        ml('LinearRegressor', ['v'], ['y'], { coefficients: floats(10, 20, 30, 1) }),
      ],
      outputs: ['y'],
    }
    expect(answer(options, { k: '4', s: '0.5' })).toBe(20.5)
  })
})

describe('the order of nodes', () => {
  const nodes = [
    ml('Scaler', ['x'], ['a'], { scale: floats(2) }),
    node('Abs', ['a'], ['b']),
    node('Add', ['a', 'b'], ['c']),
    node('Mul', ['c', 'b'], ['d']),
    ml('LinearRegressor', ['d'], ['y'], { coefficients: floats(1, 1) }),
  ]
  const options = (order: readonly Uint8Array[]): GraphOptions => ({
    inputs: [['x', 'float', [-1, 2]]],
    nodes: order,
    outputs: ['y'],
  })

  test('does not matter', () => {
    const plain = JSON.stringify(readOnnx(onnxFile(options(nodes))).model.heads)
    fc.assert(
      fc.property(fc.shuffledSubarray(nodes, { minLength: nodes.length }), (order) => {
        const file = onnxFile(options(order))
        expect(JSON.stringify(readOnnx(file).model.heads)).toBe(plain)
        expect(predict(readOnnx(file).model, { x0: '1', x1: '-3' }).responses[0]).toBe(8)
      }),
      { numRuns: 40 },
    )
  })

  test('a circle is refused', () => {
    const circle = [node('Abs', ['q'], ['p']), node('Neg', ['p'], ['q']), ...nodes]
    expect(() => readOnnx(onnxFile(options(circle)))).toThrow(
      expect.toSatisfy((error) => sentenceOf(error).includes('its own result')),
    )
  })
})

describe('a width that the file leaves open', () => {
  const weights = (shape: number[]): Uint8Array => tensor('w', 'float', shape, [1, 2, 3])
  const add = ml('LinearRegressor', ['z'], ['y'], { coefficients: floats(1) })
  test.each<[string, readonly Uint8Array[], readonly Uint8Array[]]>([
    [
      'Scaler',
      [
        ml('Scaler', ['x'], ['s'], { offset: floats(0, 0, 0), scale: floats(1, 1, 1) }),
        ml('LinearRegressor', ['s'], ['y'], { coefficients: floats(1, 2, 3) }),
      ],
      [],
    ],
    ['LinearRegressor', [ml('LinearRegressor', ['x'], ['y'], { coefficients: floats(1, 2, 3) })], []],
    [
      'LinearClassifier',
      [
        ml('LinearClassifier', ['x'], ['l', 'y'], {
          coefficients: floats(-1, -2, -3, 1, 2, 3),
          intercepts: floats(0, 0),
          classlabels_ints: ints(0, 1),
        }),
      ],
      [],
    ],
    ['Gemm', [node('Gemm', ['x', 'w'], ['z']), add], [weights([3, 1])]],
    [
      'Gemm of a transposed matrix',
      [node('Gemm', ['x', 'w'], ['z'], { attributes: { transB: { i: 1 } } }), add],
      [weights([1, 3])],
    ],
    [
      'MatMul, after a cast',
      [node('Cast', ['x'], ['c'], { attributes: { to: { i: 1 } } }), node('MatMul', ['c', 'w'], ['z']), add],
      [weights([3, 1])],
    ],
    [
      'a difference',
      [node('Sub', ['x', 'w'], ['d']), ml('LinearRegressor', ['d'], ['y'], { coefficients: floats(1, 1, 1) })],
      [weights([3])],
    ],
  ])('is what the first node says of it: %s', (_, nodes, initializers) => {
    const { model } = readOnnx(onnxFile({ inputs: [['x', 'float', [-1, -1]]], nodes, initializers, outputs: ['y'] }))
    expect(model.features.map(({ name }) => name)).toEqual(['x0', 'x1', 'x2'])
  })

  test('is refused where no node says it', () => {
    const nodes = [node('ReduceSum', ['x'], ['s']), ml('LinearRegressor', ['s'], ['y'], { coefficients: floats(1) })]
    expect(() => readOnnx(onnxFile({ inputs: [['x', 'float', [-1, -1]]], nodes, outputs: ['y'] }))).toThrow(
      expect.objectContaining({ fault: 'inputWidth' }),
    )
  })
})

describe('names of columns beside the file', () => {
  const beside = (content: object) => new TextEncoder().encode(JSON.stringify(content))
  const file = onnxFile({
    inputs: [['x', 'float', [-1, 2]]],
    nodes: [ml('LinearRegressor', ['x'], ['y'], { coefficients: floats(1, 2) })],
    outputs: ['y'],
  })
  const two = onnxFile({
    inputs: [
      ['p', 'float', [-1, 2]],
      ['q', 'float', [-1, 1]],
      ['r', 'float', [-1, 2]],
    ],
    nodes: [
      node('Concat', ['p', 'q', 'r'], ['x'], { attributes: { axis: { i: 1 } } }),
      ml('LinearRegressor', ['x'], ['y'], { coefficients: floats(1, 2, 3, 4, 5) }),
    ],
    outputs: ['y'],
  })

  test('name the columns, and ranges go by those names', () => {
    const read = readModel('m.onnx', file, beside({ columns: ['age', 'mass'], age: { range: [0, 100] } })).file
    expect(read.features).toMatchObject([{ name: 'age', range: [0, 100] }, { name: 'mass' }])
  })

  test('of several inputs, in their order', () => {
    const columns = ['a', 'b', 'c', 'd', 'e']
    const { features } = readModel('m.onnx', two, beside({ columns })).file
    expect(features.map(({ name }) => name)).toEqual(columns)
  })

  test.each([
    ['too few', file, ['age']],
    ['too many of several', two, ['a', 'b', 'c', 'd', 'e', 'f']],
  ])('%s are refused', (_, bytes, columns) => {
    expect(() => readModel('m.onnx', bytes, beside({ columns }))).toThrow(
      expect.objectContaining({ fault: 'nameCount' }),
    )
  })

  test('a model that names its own takes none', () => {
    const json = beside({ format: 'blindscore-model/1' })
    expect(() => readModel('m.json', json, beside({ columns: ['a'] }))).toThrow(
      expect.objectContaining({ fault: 'columnsNamed' }),
    )
  })

  test('a feature may be called columns', () => {
    const read = readModel('m.onnx', file, beside({ columns: ['columns', 'b'] })).file
    expect(read.features[0]?.name).toBe('columns')
    const pmml = `<PMML version="4.4"><Header/><DataDictionary><DataField name="columns" optype="continuous" dataType="double"/></DataDictionary><RegressionModel functionName="regression"><MiningSchema><MiningField name="columns"/></MiningSchema><RegressionTable intercept="0"><NumericPredictor name="columns" coefficient="1"/></RegressionTable></RegressionModel></PMML>`
    const bytes = new TextEncoder().encode(pmml)
    expect(readModel('m.pmml', bytes, beside({ columns: { range: [0, 1] } })).file.features[0]).toMatchObject({
      range: [0, 1],
    })
  })
})
