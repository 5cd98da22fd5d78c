import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../onnx/read.ts'
import { predict } from './evaluate.ts'
import { added, answer, floats, ints, read, strings } from './onnxAnswers.ts'
import { type Attribute, type GraphOptions, ml, node, onnxFile, tensor } from './onnxFile.ts'

describe('columns', () => {
  const options: GraphOptions = { inputs: [['input', 'float', [-1, 2]]], outputs: ['y'], nodes: [added('input', 2)] }

  test('without names are x0, x1, … and answer to f0, input_0 and 0', () => {
    const { model, notes } = read(options)
    expect(model.features).toMatchObject([
      { name: 'x0', aliases: ['f0', 'input_0', '0'] },
      { name: 'x1', aliases: ['f1', 'input_1', '1'] },
    ])
    expect(notes[0]).toMatch(/x0 to x1.*feature_names/)
  })

  test('take their names from the metadata, as JSON or with commas', () => {
    for (const feature_names of ['["age","body mass"]', 'age, body mass']) {
      const { model } = read({ ...options, metadata: { feature_names } })
      expect(model.features.map(({ name }) => name)).toEqual(['age', 'body mass'])
    }
  })

  test('take their names from the caller first', () => {
    const { model } = read({ ...options, metadata: { feature_names: '["a","b"]' } }, ['p', 'q'])
    expect(model.features.map(({ name }) => name)).toEqual(['p', 'q'])
  })

  test('fill a width that the file leaves open', () => {
    const { model } = read({
      ...options,
      inputs: [['input', 'float', [-1, -1]]],
      metadata: { feature_names: '["a","b"]' },
    })
    expect(model.features.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('of several wide inputs carry the name of the input', () => {
    const { model } = read({
      inputs: [
        ['a', 'float', [-1, 2]],
        ['b', 'double', [-1, 2]],
      ],
      outputs: ['y'],
      nodes: [node('Concat', ['a', 'b'], ['x'], { attributes: { axis: { i: 1 } } }), added('x', 4)],
    })
    expect(model.features.map(({ name }) => name)).toEqual(['a_0', 'a_1', 'b_0', 'b_1'])
  })

  test('that nothing needs are left out, and said', () => {
    const { model, notes } = read({
      inputs: [
        ['a', 'double', [-1, 1]],
        ['b', 'double', [-1, 1]],
      ],
      outputs: ['y'],
      nodes: [added('a', 1)],
    })
    expect(model.features.map(({ name }) => name)).toEqual(['a'])
    expect(notes.join()).toMatch(/left out: "b"/)
  })

  test('of truth values are written as people and programs write them', () => {
    const options: GraphOptions = {
      inputs: [['member', 'bool', [-1, 1]]],
      outputs: ['y'],
      nodes: [node('Cast', ['member'], ['x'], { attributes: { to: { i: 1 } } }), added('x', 1)],
    }
    for (const member of ['true', 'True', 'TRUE', '1']) expect(answer(options, { member })).toBe(1)
    for (const member of ['false', 'False', 'FALSE', '0']) expect(answer(options, { member })).toBe(0)
    expect(() => answer(options, { member: 'perhaps' })).toThrow()
  })

  test('take ranges from the metadata', () => {
    const { model } = read({ ...options, metadata: { feature_ranges: '{"x1":[0,10]}' } })
    expect(model.features[0]).not.toHaveProperty('range')
    expect(model.features[1]).toMatchObject({ range: [0, 10] })
  })

  test('of doubles are named by the head itself, of singles through their rounding', () => {
    const double = read({ ...options, inputs: [['input', 'double', [-1, 2]]] })
    expect(double.model.heads[0]?.terms[0]).toEqual({ feature: 'x0', weight: 1 })
    expect(double.model.derived).toBeUndefined()
    expect(double.notes.join()).not.toMatch(/float32/)
    const single = read(options)
    expect(single.model.derived?.[0]).toMatchObject({ expression: { op: 'float32', args: [{ column: 'x0' }] } })
    expect(single.notes.join()).toMatch(/float32.*up to 1\.8e-7 times/)
  })
})

describe('public float32 arithmetic is what float32 arithmetic gives, to the bit', () => {
  const f = Math.fround
  const steps: [string, (x: number, y: number) => number][] = [
    ['Add', (x, y) => f(x + y)],
    ['Sub', (x, y) => f(x - y)],
    ['Mul', (x, y) => f(x * y)],
    ['Div', (x, y) => f(x / y)],
  ]
  // The square keeps the step public: a sum of columns alone would be a private weighted sum.
  for (const [type, step] of steps) {
    test(type, () => {
      const options: GraphOptions = {
        inputs: [
          ['a', 'float', [-1, 1]],
          ['b', 'float', [-1, 1]],
        ],
        outputs: ['y'],
        nodes: [node(type, ['a', 'b'], ['s']), node('Abs', ['s'], ['t']), added('t', 1)],
      }
      const { model } = read(options)
      const number = fc.double({ min: 1e-3, max: 1e6, noNaN: true })
      fc.assert(
        fc.property(number, number, (x, y) => {
          const { responses } = predict(model, { a: String(x), b: String(y) })
          expect(responses[0]).toBe(Math.abs(step(f(x), f(y))))
        }),
      )
    })
  }
})

describe('missing cells', () => {
  const imputed = (type: 'float' | 'double', replaced: number): GraphOptions => ({
    inputs: [['a', type, [-1, 1]]],
    outputs: ['y'],
    nodes: [
      ml('Imputer', ['a'], ['b'], { imputed_value_floats: floats(7), replaced_value_float: { f: replaced } }),
      added('b', 1),
    ],
  })

  test('are filled by an Imputer of NaN, and the feature says so', () => {
    expect(read(imputed('float', Number.NaN)).model.features[0]).toMatchObject({ missing: { impute: 7 } })
    expect(answer(imputed('float', Number.NaN), { a: '' })).toBe(7)
    expect(answer(imputed('float', Number.NaN), { a: '2' })).toBe(2)
  })

  test('are refused where nothing fills them', () => {
    expect(() => answer(imputed('float', -1), { a: '' })).toThrow()
    expect(answer(imputed('float', -1), { a: '-1' })).toBe(7)
  })

  test('reach an indicator of missing beside the filled column', () => {
    const options: GraphOptions = {
      inputs: [['a', 'float', [-1, 1]]],
      outputs: ['y'],
      nodes: [
        ml('Imputer', ['a'], ['b'], { imputed_value_floats: floats(7), replaced_value_float: { f: Number.NaN } }),
        node('IsNaN', ['a'], ['n']),
        node('Cast', ['n'], ['m'], { attributes: { to: { i: 1 } } }),
        node('Concat', ['b', 'm'], ['x'], { attributes: { axis: { i: 1 } } }),
        ml('LinearRegressor', ['x'], ['y'], { coefficients: floats(1, 100) }),
      ],
    }
    expect(read(options).model.features[0]).toMatchObject({ missing: 'keep' })
    expect(answer(options, { a: '' })).toBe(107)
    expect(answer(options, { a: '3' })).toBe(3)
  })

  test('are neither above nor below a threshold', () => {
    const options: GraphOptions = {
      inputs: [['a', 'float', [-1, 1]]],
      outputs: ['y'],
      nodes: [
        node('IsNaN', ['a'], ['n']),
        node('Less', ['a', 'five'], ['l']),
        node('Not', ['l'], ['g']),
        node('Concat', ['n', 'g'], ['c'], { attributes: { axis: { i: 1 } } }),
        node('Cast', ['c'], ['x'], { attributes: { to: { i: 1 } } }),
        ml('LinearRegressor', ['x'], ['y'], { coefficients: floats(1, 10) }),
      ],
      initializers: [tensor('five', 'float', [1], [5])],
    }
    expect(answer(options, { a: '' })).toBe(11)
    expect(answer(options, { a: '4' })).toBe(0)
    expect(answer(options, { a: '6' })).toBe(10)
  })
})

describe('categories', () => {
  const encoded = (type: 'string' | 'int64' | 'float', zeros: number): GraphOptions => ({
    inputs: [['c', type, [-1, 1]]],
    outputs: ['y'],
    nodes: [
      ...(type === 'float' ? [node('Cast', ['c'], ['k'], { attributes: { to: { i: 7 } } })] : []),
      ml('OneHotEncoder', [type === 'float' ? 'k' : 'c'], ['h'], {
        ...(type === 'string' ? { cats_strings: strings('10', '20') } : { cats_int64s: ints(10, 20) }),
        zeros: { i: zeros },
      }),
      node('Reshape', ['h', 's'], ['x']),
      ml('LinearRegressor', ['x'], ['y'], { coefficients: floats(3, 5), intercepts: floats(1) }),
    ],
    initializers: [tensor('s', 'int64', [2], [-1, 2])],
  })

  test.each(['string', 'int64', 'float'] as const)(
    'of %s: each has its weight, and an unknown one has none',
    (type) => {
      expect(answer(encoded(type, 1), { c: '10' })).toBe(4)
      expect(answer(encoded(type, 1), { c: '20' })).toBe(6)
      expect(answer(encoded(type, 1), { c: '30' })).toBe(1)
    },
  )

  test.each(['string', 'int64', 'float'] as const)('of %s: an unknown one is refused without zeros', (type) => {
    expect(answer(encoded(type, 0), { c: '20' })).toBe(6)
    expect(() => answer(encoded(type, 0), { c: '30' })).toThrow()
  })

  test('numbers are compared by their value, not their text', () => {
    expect(answer(encoded('int64', 1), { c: '10.0' })).toBe(4)
    expect(answer(encoded('float', 1), { c: '1e1' })).toBe(4)
    expect(answer(encoded('float', 1), { c: '10.9' })).toBe(4)
  })

  test('of text are a feature of the card, with its levels', () => {
    const { model } = read(encoded('string', 1))
    expect(model.features).toEqual([{ name: 'c', type: 'category', levels: ['10', '20'], unknown: 'reference' }])
    expect(model.heads[0]?.terms).toEqual([
      { feature: 'c', level: '10', weight: 3 },
      { feature: 'c', level: '20', weight: 5 },
    ])
    expect(model.derived).toBeUndefined()
  })

  test('an empty text that the model knows is the empty cell', () => {
    const options: GraphOptions = {
      ...encoded('string', 1),
      nodes: [
        ml('OneHotEncoder', ['c'], ['h'], { cats_strings: strings('', 'a'), zeros: { i: 1 } }),
        node('Reshape', ['h', 's'], ['x']),
        ml('LinearRegressor', ['x'], ['y'], { coefficients: floats(3, 5) }),
      ],
    }
    expect(answer(options, { c: '' })).toBe(3)
    expect(answer(options, { c: 'a' })).toBe(5)
    expect(answer(options, { c: 'b' })).toBe(0)
  })

  test('a gap in a text is filled as scikit-learn fills it', () => {
    const options: GraphOptions = {
      inputs: [['c', 'string', [-1, 1]]],
      outputs: ['y'],
      nodes: [
        ml('LabelEncoder', ['zero'], ['fill'], { keys_int64s: ints(0), values_strings: strings('a') }),
        ml('LabelEncoder', ['c'], ['gap'], {
          keys_strings: strings(''),
          values_int64s: ints(1),
          default_int64: { i: 0 },
        }),
        node('Cast', ['gap'], ['isGap'], { attributes: { to: { i: 9 } } }),
        node('Where', ['isGap', 'fill', 'c'], ['filled']),
        ml('OneHotEncoder', ['filled'], ['h'], { cats_strings: strings('a', 'b'), zeros: { i: 1 } }),
        node('Reshape', ['h', 's'], ['x']),
        ml('LinearRegressor', ['x'], ['y'], { coefficients: floats(3, 5) }),
      ],
      initializers: [tensor('zero', 'int64', [1], [0]), tensor('s', 'int64', [2], [-1, 2])],
    }
    expect(read(options).model.features[0]).toMatchObject({ levels: ['a', 'b'], unknown: 'reference', missing: 'keep' })
    expect(['', 'a', 'b', 'z'].map((c) => answer(options, { c }))).toEqual([3, 3, 5, 0])
  })

  const keyed = (type: 'string' | 'int64' | 'float', attributes: Record<string, Attribute>): GraphOptions => ({
    inputs: [['c', type, [-1, 1]]],
    outputs: ['y'],
    nodes: [
      ml('LabelEncoder', ['c'], ['k'], attributes),
      node('Cast', ['k'], ['x'], { attributes: { to: { i: 1 } } }),
      added('x', 1),
    ],
  })

  test.each<[string, GraphOptions, string, number]>([
    [
      'strings to floats',
      keyed('string', { keys_strings: strings('a', 'b'), values_floats: floats(1.5, 2.5), default_float: { f: 9 } }),
      'b',
      2.5,
    ],
    [
      'strings to floats, unknown',
      keyed('string', { keys_strings: strings('a', 'b'), values_floats: floats(1.5, 2.5), default_float: { f: 9 } }),
      'z',
      9,
    ],
    ['strings to ints', keyed('string', { keys_strings: strings('a', 'b'), values_int64s: ints(4, 5) }), 'a', 4],
    [
      'strings to ints, unknown',
      keyed('string', { keys_strings: strings('a', 'b'), values_int64s: ints(4, 5) }),
      'q',
      -1,
    ],
    ['ints to floats', keyed('int64', { keys_int64s: ints(1, 2), values_floats: floats(0.5, 0.25) }), '2', 0.25],
    ['ints to floats, unknown', keyed('int64', { keys_int64s: ints(1, 2), values_floats: floats(0.5, 0.25) }), '3', 0],
    ['floats to ints', keyed('float', { keys_floats: floats(0.5, 1.5), values_int64s: ints(7, 8) }), '1.5', 8],
    ['the oldest form', keyed('string', { classes_strings: strings('a', 'b', 'c') }), 'c', 2],
    [
      'tensors',
      keyed('string', {
        keys_tensor: { t: tensor('k', 'string', [2], ['a', 'b']) },
        values_tensor: { t: tensor('v', 'double', [2], [0.1, 0.2]) },
        default_tensor: { t: tensor('d', 'double', [1], [0.3]) },
      }),
      'b',
      Math.fround(0.2),
    ],
  ])('LabelEncoder: %s', (_, options, cell, expected) => {
    expect(answer(options, { c: cell })).toBe(expected)
  })
})

describe('size', () => {
  test('2,000 weights are read, in time that does not grow with their square', () => {
    const bytes = onnxFile({
      inputs: [['x', 'float', [-1, 2000]]],
      outputs: ['y'],
      nodes: [
        ml('Scaler', ['x'], ['z'], {
          offset: floats(...Array.from({ length: 2000 }, (_, i) => i / 7)),
          scale: floats(...Array.from({ length: 2000 }, (_, i) => 1 / (i + 1))),
        }),
        ml('Normalizer', ['z'], ['n'], { norm: { s: 'L2' } }),
        added('n', 2000),
      ],
    })
    const { model } = readOnnx(bytes)
    expect(model.heads[0]?.terms).toHaveLength(2000)
  })

  test('2,000 products are read, in time that does not grow with their square', () => {
    const pairs = Array.from({ length: 2016 }, (_, k): [number, number] => [k % 63, Math.floor(k / 63) + 31])
    const bytes = onnxFile({
      inputs: [['x', 'float', [-1, 64]]],
      outputs: ['y'],
      nodes: [
        ...pairs.flatMap((_, k) => [
          ml('ArrayFeatureExtractor', ['x', `c${k}`], [`v${k}`]),
          node('ReduceProd', [`v${k}`], [`p${k}`], { attributes: { axes: ints(1) } }),
        ]),
        node(
          'Concat',
          pairs.map((_, k) => `p${k}`),
          ['all'],
          { attributes: { axis: { i: 1 } } },
        ),
        added('all', pairs.length),
      ],
      initializers: pairs.map((pair, k) => tensor(`c${k}`, 'int64', [2], pair)),
    })
    const { model } = readOnnx(bytes)
    expect(model.heads[0]?.terms.length).toBeGreaterThan(1900)
  })
})
