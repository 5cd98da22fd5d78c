import { describe, expect, test } from 'vitest'
import { answer, floats, ints, read, strings } from './onnxAnswers.ts'
import { type Attribute, type GraphOptions, ml, node, tensor } from './onnxFile.ts'

/** Classifiers of ONNX: their classes, and the links of their scores. */

describe('classes', () => {
  const classifier = (attributes: Record<string, Attribute>, rows: number): GraphOptions => ({
    inputs: [['x', 'double', [-1, 1]]],
    outputs: ['label', 'p'],
    nodes: [
      ml('LinearClassifier', ['x'], ['label', 'p'], {
        coefficients: floats(...Array.from({ length: rows }, (_, i) => i + 1)),
        intercepts: floats(...new Array<number>(rows).fill(0)),
        ...attributes,
      }),
    ],
  })

  test('two, of one row: one head, the probability of the second', () => {
    const { model, notes } = read(
      classifier({ classlabels_strings: strings('no', 'yes'), post_transform: { s: 'LOGISTIC' } }, 1),
    )
    expect(model).toMatchObject({
      link: 'logit',
      responses: ['yes'],
      heads: [{ terms: [{ feature: 'x', weight: 1 }] }],
    })
    expect(notes.join()).toMatch(/probability of "yes"/)
  })

  test('two, with a softmax of two rows: one head, their difference', () => {
    const { model } = read(classifier({ classlabels_ints: ints(0, 1), post_transform: { s: 'SOFTMAX' } }, 2))
    expect(model).toMatchObject({ link: 'logit', responses: ['1'], heads: [{ terms: [{ feature: 'x', weight: 1 }] }] })
  })

  test('three: a head each, and the label', () => {
    const { model } = read(
      classifier({ classlabels_strings: strings('a', 'b', 'c'), post_transform: { s: 'SOFTMAX' } }, 3),
    )
    expect(model).toMatchObject({ link: 'softmax', responses: ['a', 'b', 'c'], label: true })
    expect(model.heads).toHaveLength(3)
  })

  test('three, of decision values: the largest wins', () => {
    const { model } = read(classifier({ classlabels_ints: ints(5, 6, 7) }, 3))
    expect(model).toMatchObject({ link: 'argmax', responses: ['5', '6', '7'], label: true })
  })

  test('sigmoids that share no denominator: a probability each, and the label', () => {
    const { model } = read(classifier({ classlabels_ints: ints(5, 6, 7), post_transform: { s: 'LOGISTIC' } }, 3))
    expect(model).toMatchObject({ link: 'logit', responses: ['5', '6', '7'], label: true })
  })

  test('a label alone: its decision values', () => {
    const { model } = read({ ...classifier({ classlabels_ints: ints(5, 6, 7) }, 3), outputs: ['label'] })
    expect(model).toMatchObject({ link: 'argmax', responses: ['5', '6', '7'], label: true })
  })

  test('the first of two, alone: the head speaks for it', () => {
    const options = classifier({ classlabels_ints: ints(0, 1), post_transform: { s: 'LOGISTIC' } }, 1)
    const first = ml('ArrayFeatureExtractor', ['p', 'i'], ['q'])
    const { model } = read({
      ...options,
      nodes: [...options.nodes, first],
      initializers: [tensor('i', 'int64', [1], [0])],
      outputs: ['label', 'q'],
    })
    expect(model).toMatchObject({ link: 'logit', responses: ['0'], heads: [{ terms: [{ feature: 'x', weight: -1 }] }] })
  })

  test('two of a support vector machine: above 0 is the first', () => {
    const { model, notes } = read({
      inputs: [['x', 'double', [-1, 1]]],
      outputs: ['label', 's'],
      nodes: [
        ml('SVMClassifier', ['x'], ['label', 's'], {
          kernel_type: { s: 'LINEAR' },
          classlabels_strings: strings('a', 'b'),
          vectors_per_class: ints(1, 1),
          support_vectors: floats(2, 3),
          coefficients: floats(1, -0.5),
          rho: floats(0.25),
        }),
      ],
    })
    expect(model).toMatchObject({
      link: 'identity',
      responses: ['a'],
      heads: [{ intercept: 0.25, terms: [{ weight: 0.5 }] }],
    })
    expect(notes.join()).toMatch(/"a": above 0 it is that class/)
  })

  test('renamed after the head', () => {
    const options = classifier({ classlabels_ints: ints(0, 1, 2), post_transform: { s: 'SOFTMAX' } }, 3)
    const renamed = ml('LabelEncoder', ['label'], ['named'], {
      keys_int64s: ints(0, 1, 2),
      values_strings: strings('lo', 'mid', 'hi'),
    })
    const { model } = read({ ...options, nodes: [...options.nodes, renamed], outputs: ['named', 'p'] })
    expect(model.responses).toEqual(['lo', 'mid', 'hi'])
  })

  test('columns of a table of probabilities, each an output of its own', () => {
    const options = classifier({ classlabels_ints: ints(0, 1, 2), post_transform: { s: 'SOFTMAX' } }, 3)
    const picks = [0, 1, 2].map((i) => ml('ArrayFeatureExtractor', ['p', `i${i}`], [`p${i}`]))
    const { model } = read({
      ...options,
      nodes: [...options.nodes, ...picks],
      initializers: [0, 1, 2].map((i) => tensor(`i${i}`, 'int64', [1], [i])),
      outputs: ['label', 'p0', 'p1', 'p2'],
    })
    expect(model).toMatchObject({ link: 'softmax', responses: ['0', '1', '2'], label: true })
  })
})

describe('links', () => {
  const linked = (nodes: Uint8Array[], initializers: Uint8Array[] = []): GraphOptions => ({
    inputs: [['x', 'double', [-1, 1]]],
    outputs: ['y'],
    nodes: [ml('LinearRegressor', ['x'], ['s'], { coefficients: floats(2), intercepts: floats(-1) }), ...nodes],
    initializers: [tensor('one', 'double', [], [1]), ...initializers],
  })
  const eta = (x: number): number => 2 * x - 1

  test.each<[string, Uint8Array[], Uint8Array[], (eta: number) => number]>([
    ['logistic', [node('Sigmoid', ['s'], ['y'])], [], (e) => 1 / (1 + Math.exp(-e))],
    [
      'logistic, written out',
      [
        node('Neg', ['s'], ['a']),
        node('Exp', ['a'], ['b']),
        node('Add', ['b', 'one'], ['c']),
        node('Reciprocal', ['c'], ['d']),
        node('Div', ['one', 'c'], ['y']),
      ],
      [],
      (e) => 1 / (1 + Math.exp(-e)),
    ],
    [
      'the other side of it',
      [node('Sigmoid', ['s'], ['a']), node('Sub', ['one', 'a'], ['y'])],
      [],
      (e) => 1 / (1 + Math.exp(e)),
    ],
    ['exponential', [node('Exp', ['s'], ['y'])], [], Math.exp],
    [
      'exponential times exposure',
      [node('Exp', ['s'], ['a']), node('Mul', ['a', 'k'], ['y'])],
      [tensor('k', 'double', [], [3])],
      (e) => 3 * Math.exp(e),
    ],
    ['inverse', [node('Reciprocal', ['s'], ['y'])], [], (e) => 1 / e],
    ['root', [node('Sqrt', ['s'], ['y'])], [], Math.sqrt],
    ['cube', [node('Pow', ['s', 'k'], ['y'])], [tensor('k', 'double', [], [3])], (e) => e ** 3],
    [
      'complementary log-log',
      [
        node('Exp', ['s'], ['a']),
        node('Neg', ['a'], ['b']),
        node('Exp', ['b'], ['c']),
        node('Sub', ['one', 'c'], ['y']),
      ],
      [],
      (e) => -Math.expm1(-Math.exp(e)),
    ],
    [
      'cauchit',
      [node('Atan', ['s'], ['a']), node('Div', ['a', 'pi'], ['b']), node('Add', ['b', 'half'], ['y'])],
      [tensor('pi', 'double', [], [Math.PI]), tensor('half', 'double', [], [0.5])],
      (e) => 0.5 + Math.atan(e) / Math.PI,
    ],
    [
      'bounds that are never met',
      [node('Sigmoid', ['s'], ['a']), node('Clip', ['a', 'zero', 'one'], ['y'])],
      [tensor('zero', 'double', [], [0])],
      (e) => 1 / (1 + Math.exp(-e)),
    ],
  ])('%s', (_, nodes, initializers, response) => {
    const options = linked(nodes, initializers)
    for (const x of [0.75, 1, 2.5]) expect(answer(options, { x: String(x) })).toBeCloseTo(response(eta(x)), 12)
  })

  test('factors of single columns that are summed are weights, and stay out of the card', () => {
    const { model } = read({
      inputs: [['x', 'double', [-1, 2]]],
      outputs: ['y'],
      nodes: [node('Mul', ['x', 'w'], ['p']), node('ReduceSum', ['p', 'a'], ['s']), node('Add', ['s', 'b'], ['y'])],
      initializers: [
        tensor('w', 'double', [1, 2], [0.123, 0.456]),
        tensor('a', 'int64', [1], [1]),
        tensor('b', 'double', [], [0.789]),
      ],
    })
    expect(model.heads).toEqual([
      {
        intercept: 0.789,
        terms: [
          { feature: 'x0', weight: 0.123 },
          { feature: 'x1', weight: 0.456 },
        ],
      },
    ])
    expect(JSON.stringify({ ...model, heads: [] })).not.toMatch(/0\.123|0\.456|0\.789/)
  })

  test('factors and summands of one column that is the whole model are weights as well', () => {
    const { model } = read({
      inputs: [['x', 'double', [-1, 1]]],
      outputs: ['y'],
      nodes: [node('Mul', ['x', 'w'], ['p']), node('Add', ['p', 'b'], ['s']), node('Sigmoid', ['s'], ['y'])],
      initializers: [tensor('w', 'double', [], [0.123]), tensor('b', 'double', [], [0.789])],
    })
    expect(model.link).toBe('logit')
    expect(JSON.stringify({ ...model, heads: [] })).not.toMatch(/0\.123|0\.789/)
  })
})
