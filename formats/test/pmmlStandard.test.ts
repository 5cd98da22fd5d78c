import { describe, expect, test } from 'vitest'
import { readPmml } from '../pmml/read.ts'
import { predict } from './evaluate.ts'

/** What the standard says, part by part, on files small enough to compute by hand. */

interface Parts {
  fields?: string
  mining?: string
  shared?: string
  local?: string
  body?: string
  head?: string
  model?: string
  target?: string
}

const number = (name: string, inside = ''): string =>
  `<DataField name="${name}" optype="continuous" dataType="double">${inside}</DataField>`
const text = (name: string, ...values: string[]): string =>
  `<DataField name="${name}" optype="categorical" dataType="string">${values.map((value) => `<Value value="${value}"/>`).join('')}</DataField>`
const active = (...names: string[]): string => names.map((name) => `<MiningField name="${name}"/>`).join('')

function pmml({
  fields,
  mining,
  shared = '',
  local = '',
  body,
  head,
  model = 'RegressionModel',
  target,
}: Parts): string {
  return `<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>
<DataDictionary>${fields ?? number('x')}${target ?? number('y')}</DataDictionary>
${shared && `<TransformationDictionary>${shared}</TransformationDictionary>`}
<${model} ${head ?? 'functionName="regression"'}>
<MiningSchema>${mining ?? active('x')}<MiningField name="y" usageType="target"/></MiningSchema>
${local && `<LocalTransformations>${local}</LocalTransformations>`}
${body ?? '<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable>'}
</${model}></PMML>`
}

/** A field derived by an expression, and a model that is that field. */
function derivedBy(expression: string, fields = number('x'), names = ['x'], optype = 'continuous'): string {
  return pmml({
    fields,
    mining: active(...names),
    local: `<DerivedField name="d" optype="${optype}" dataType="${optype === 'continuous' ? 'double' : 'string'}">${expression}</DerivedField>`,
    body: '<RegressionTable intercept="0"><NumericPredictor name="d" coefficient="1"/></RegressionTable>',
  })
}

function score(file: string, cells: Record<string, string>): number | 'refused' {
  const { model } = readPmml(file)
  try {
    return predict(model, cells).responses[0] as number
  } catch {
    return 'refused'
  }
}

test('a file without a version has that of its namespace', () => {
  expect(score(pmml({}).replace('version="4.4" ', ''), { x: '2' })).toBe(2)
  const nameless = pmml({}).replace(/<PMML [^>]*>/, '<PMML>')
  expect(() => readPmml(nameless)).toThrow('the attribute "version" is missing')
})

describe('MiningSchema and DataDictionary', () => {
  const interval = '<Interval closure="closedClosed" leftMargin="0" rightMargin="10"/>'
  const codes = '<Value value="-99" property="missing"/>'
  const cases: [string, string, string, [string, number | 'refused'][]][] = [
    [
      'values outside the interval are invalid',
      interval,
      '',
      [
        ['10', 10],
        ['10.5', 'refused'],
        ['-1', 'refused'],
        ['', 'refused'],
        ['abc', 'refused'],
      ],
    ],
    [
      'an open end is outside',
      '<Interval closure="openClosed" leftMargin="0" rightMargin="10"/>',
      '',
      [
        ['0', 'refused'],
        ['0.1', 0.1],
        ['10', 10],
      ],
    ],
    [
      'an unbounded end',
      '<Interval closure="closedOpen" leftMargin="0"/>',
      '',
      [
        ['-0.1', 'refused'],
        ['1e6', 1e6],
      ],
    ],
    [
      'two intervals',
      `${interval}<Interval closure="closedClosed" leftMargin="20" rightMargin="30"/>`,
      '',
      [
        ['15', 'refused'],
        ['25', 25],
      ],
    ],
    [
      'missing values are replaced',
      '',
      'missingValueReplacement="7"',
      [
        ['', 7],
        ['NA', 7],
        ['3', 3],
      ],
    ],
    [
      'missing values are refused',
      '',
      'missingValueTreatment="returnInvalid"',
      [
        ['', 'refused'],
        ['3', 3],
      ],
    ],
    [
      'a replacement outside the interval',
      interval,
      'missingValueReplacement="-1"',
      [
        ['', -1],
        ['-1', 'refused'],
        ['4', 4],
      ],
    ],
    [
      'invalid values as missing',
      interval,
      'invalidValueTreatment="asMissing" missingValueReplacement="5"',
      [
        ['11', 5],
        ['x', 5],
        ['', 5],
        ['6', 6],
      ],
    ],
    ['invalid values as they are', interval, 'invalidValueTreatment="asIs"', [['11', 11]]],
    [
      'invalid values by a value',
      interval,
      'invalidValueTreatment="asValue" invalidValueReplacement="1"',
      [
        ['11', 1],
        ['6', 6],
      ],
    ],
    [
      'outliers as extreme values',
      '',
      'outliers="asExtremeValues" lowValue="2" highValue="4"',
      [
        ['1', 2],
        ['3', 3],
        ['99', 4],
      ],
    ],
    [
      'outliers on one side',
      '',
      'outliers="asExtremeValues" highValue="4"',
      [
        ['-8', -8],
        ['99', 4],
      ],
    ],
    [
      'outliers as missing values',
      '',
      'outliers="asMissingValues" lowValue="2" highValue="4" missingValueReplacement="3"',
      [
        ['1', 3],
        ['2', 2],
        ['5', 3],
      ],
    ],
    [
      'outliers inside an interval',
      interval,
      'outliers="asExtremeValues" lowValue="2" highValue="4"',
      [
        ['1', 2],
        ['9', 4],
        ['11', 'refused'],
      ],
    ],
    [
      'a code for missing',
      `${codes}${interval}`,
      'missingValueReplacement="5"',
      [
        ['-99', 5],
        ['', 5],
        ['4', 4],
        ['-98', 'refused'],
      ],
    ],
    [
      'a code for missing without a replacement',
      codes,
      '',
      [
        ['-99', 'refused'],
        ['4', 4],
      ],
    ],
    [
      'values that are invalid',
      '<Value value="3" property="invalid"/>',
      '',
      [
        ['3', 'refused'],
        ['4', 4],
      ],
    ],
    [
      'only listed values are valid',
      '<Value value="1"/><Value value="2"/>',
      '',
      [
        ['1', 1],
        ['3', 'refused'],
      ],
    ],
  ]
  test.each(cases)('%s', (_, inside, attributes, rows) => {
    const file = pmml({ fields: number('x', inside), mining: `<MiningField name="x" ${attributes}/>` })
    for (const [cell, expected] of rows) expect(score(file, { x: cell }), `x = "${cell}"`).toBe(expected)
  })

  const level = (attributes: string, ...values: string[]): string =>
    pmml({
      fields: text('x', ...values),
      mining: `<MiningField name="x" ${attributes}/>`,
      body: '<RegressionTable intercept="1"><CategoricalPredictor name="x" value="a" coefficient="10"/><CategoricalPredictor name="x" value="b" coefficient="20"/></RegressionTable>',
    })
  test.each([
    [
      'unknown levels are refused',
      level('', 'a', 'b', 'c'),
      [
        ['a', 11],
        ['b', 21],
        ['c', 1],
        ['d', 'refused'],
      ],
    ],
    [
      'a missing categorical predictor counts nothing',
      level('', 'a', 'b'),
      [
        ['', 1],
        ['a', 11],
      ],
    ],
    [
      'without listed values all are valid',
      level(''),
      [
        ['zzz', 1],
        ['b', 21],
      ],
    ],
    ['unknown levels as they are', level('invalidValueTreatment="asIs"', 'a', 'b'), [['q', 1]]],
    [
      'unknown levels as missing',
      level('invalidValueTreatment="asMissing" missingValueReplacement="b"', 'a', 'b'),
      [
        ['q', 21],
        ['', 21],
      ],
    ],
    [
      'unknown levels by a value',
      level('invalidValueTreatment="asValue" invalidValueReplacement="a"', 'a', 'b'),
      [
        ['q', 11],
        ['', 1],
      ],
    ],
  ] as [string, string, [string, number | 'refused'][]][])('%s', (_, file, rows) => {
    for (const [cell, expected] of rows) expect(score(file, { x: cell }), `x = "${cell}"`).toBe(expected)
  })

  test('statistics give a range that leaves room around the training data', () => {
    const body =
      '<ModelStats><UnivariateStats field="x"><NumericInfo minimum="0" maximum="100"/></UnivariateStats></ModelStats><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable>'
    expect(readPmml(pmml({ body })).model.features[0]).toMatchObject({ name: 'x', range: [-100, 200] })
  })

  test('a boolean is a number where the model needs one, and 1 and 0 in a table', () => {
    const fields = '<DataField name="x" optype="categorical" dataType="boolean"/>'
    const number = pmml({
      fields,
      body: '<RegressionTable><NumericPredictor name="x" coefficient="10"/></RegressionTable>',
    })
    expect([score(number, { x: 'True' }), score(number, { x: '0' })]).toEqual([10, 0])
    const rows = '<row><a>0</a><b>3</b></row><row><a>TRUE</a><b>4</b></row>'
    const table = derivedBy(
      `<MapValues outputColumn="b"><FieldColumnPair field="x" column="a"/><InlineTable>${rows}</InlineTable></MapValues>`,
      fields,
    )
    expect([score(table, { x: 'false' }), score(table, { x: '1' })]).toEqual([3, 4])
  })

  test('a boolean may be written in either case, and as 1 and 0', () => {
    const fields = '<DataField name="x" optype="categorical" dataType="boolean"/>'
    const file = pmml({
      fields,
      body: '<RegressionTable intercept="1"><CategoricalPredictor name="x" value="true" coefficient="10"/></RegressionTable>',
    })
    expect([
      score(file, { x: 'true' }),
      score(file, { x: 'TRUE' }),
      score(file, { x: 'False' }),
      score(file, { x: '1' }),
      score(file, { x: '0' }),
      score(file, { x: 'maybe' }),
    ]).toEqual([11, 11, 1, 11, 1, 'refused'])
  })

  test.each([
    ['any value', '', '', ['3.50', 0]],
    ['listed values', '<Value value="0"/><Value value="1.0"/>', '', ['2', 'refused']],
    ['a value that is barred', '<Value value="2.0" property="invalid"/>', '', ['2', 'refused']],
    ['others missing', '<Value value="0"/><Value value="1.0"/>', 'invalidValueTreatment="asMissing"', ['2', 0]],
    [
      'others replaced',
      '<Value value="0"/><Value value="1.0"/>',
      'invalidValueTreatment="asValue" invalidValueReplacement="1.00"',
      ['2', 5],
    ],
    ['a code for missing', '<Value value="-9" property="missing"/>', 'missingValueReplacement="1"', ['-9.0', 5]],
  ] as const)('a category of numbers is known by its value, however it is written: %s', (_, values, mining, other) => {
    const file = pmml({
      fields: `<DataField name="x" optype="categorical" dataType="double">${values}</DataField>`,
      mining: `<MiningField name="x" ${mining}/>`,
      body: '<RegressionTable intercept="0"><CategoricalPredictor name="x" value="1" coefficient="5"/></RegressionTable>',
    })
    for (const cell of ['1', '1.0', '1.00', '1e0']) expect(score(file, { x: cell })).toBe(5)
    expect(score(file, { x: '0.0' })).toBe(0)
    expect(score(file, { x: other[0] })).toBe(other[1])
  })

  test('an invalid value is refused although only an expression reads the field', () => {
    const expression =
      '<Apply function="if"><Apply function="isMissing"><FieldRef field="x"/></Apply><Constant>1</Constant><Constant>2</Constant></Apply>'
    const file = derivedBy(expression, number('x', '<Interval closure="closedOpen" leftMargin="0"/>'))
    expect([score(file, { x: '' }), score(file, { x: '5' }), score(file, { x: '-5' })]).toEqual([1, 2, 'refused'])
  })
})

describe('transformations', () => {
  const ref = (name: string): string => `<FieldRef field="${name}"/>`
  const call = (name: string, ...args: string[]): string => `<Apply function="${name}">${args.join('')}</Apply>`
  const value = (constant: number | string): string => `<Constant>${constant}</Constant>`
  const norm = (attributes: string): string =>
    `<NormContinuous field="x" ${attributes}><LinearNorm orig="0" norm="0"/><LinearNorm orig="10" norm="1"/><LinearNorm orig="30" norm="2"/></NormContinuous>`

  test.each([
    [
      norm(''),
      [
        ['5', 0.5],
        ['20', 1.5],
        ['40', 2.5],
        ['-10', -1],
        ['', 'refused'],
      ],
    ],
    [
      norm('outliers="asExtremeValues" mapMissingTo="9"'),
      [
        ['40', 2],
        ['-10', 0],
        ['', 9],
      ],
    ],
    [
      norm('outliers="asMissingValues" mapMissingTo="9"'),
      [
        ['40', 9],
        ['20', 1.5],
      ],
    ],
    [norm('outliers="asMissingValues"'), [['40', 'refused']]],
  ] as [string, [string, number | 'refused'][]][])('NormContinuous %#', (expression, rows) => {
    for (const [cell, expected] of rows) expect(score(derivedBy(expression), { x: cell })).toBe(expected)
  })

  test('NormDiscrete', () => {
    const file = derivedBy('<NormDiscrete field="x" value="a" mapMissingTo="0.25"/>', text('x', 'a', 'b'))
    expect(['a', 'b', ''].map((x) => score(file, { x }))).toEqual([1, 0, 0.25])
  })

  test.each([
    [
      'one after another',
      'closedOpen',
      'closedOpen',
      [
        ['0', 1],
        ['5', 2],
        ['10', -1],
        ['-1', -1],
        ['', -2],
      ],
    ],
    [
      'closed on the right',
      'openClosed',
      'openClosed',
      [
        ['0', -1],
        ['5', 1],
        ['10', 2],
        ['', -2],
      ],
    ],
    [
      'closed on both sides, the first counts',
      'closedClosed',
      'closedClosed',
      [
        ['0', 1],
        ['5', 1],
        ['10', 2],
        ['11', -1],
      ],
    ],
  ] as [string, string, string, [string, number][]][])('Discretize: bins %s', (_, first, second, rows) => {
    const bins = `<DiscretizeBin binValue="1"><Interval closure="${first}" leftMargin="0" rightMargin="5"/></DiscretizeBin><DiscretizeBin binValue="2"><Interval closure="${second}" leftMargin="5" rightMargin="10"/></DiscretizeBin>`
    const asNumber = derivedBy(`<Discretize field="x" defaultValue="-1" mapMissingTo="-2">${bins}</Discretize>`)
    const asText = pmml({
      local: `<DerivedField name="d" optype="categorical" dataType="string"><Discretize field="x" defaultValue="-1" mapMissingTo="-2">${bins}</Discretize></DerivedField>`,
      body: `<RegressionTable intercept="0">${[1, 2, -1, -2].map((v) => `<CategoricalPredictor name="d" value="${v}" coefficient="${v}"/>`).join('')}</RegressionTable>`,
    })
    for (const [cell, expected] of rows) {
      expect(score(asNumber, { x: cell }), `x = "${cell}"`).toBe(expected)
      expect(score(asText, { x: cell }), `x = "${cell}"`).toBe(expected)
    }
  })

  test("MapValues with prefixes in its columns' names", () => {
    const rows = '<row xmlns:data="http://a.b"><data:input>a</data:input><data:output>7</data:output></row>'
    const file = derivedBy(
      `<MapValues outputColumn="data:output"><FieldColumnPair field="x" column="data:input"/><InlineTable>${rows}</InlineTable></MapValues>`,
      text('x'),
    )
    expect(score(file, { x: 'a' })).toBe(7)
  })

  test('MapValues by two columns', () => {
    const rows = [
      ['a', '1', '10'],
      ['a', '2', '20'],
      ['b', '1', '30'],
    ]
      .map(([u, v, w]) => `<row><u>${u}</u><v>${v}</v><w>${w}</w></row>`)
      .join('')
    const file = derivedBy(
      `<MapValues outputColumn="w" defaultValue="-1" mapMissingTo="-2"><FieldColumnPair field="x" column="u"/><FieldColumnPair field="z" column="v"/><InlineTable>${rows}</InlineTable></MapValues>`,
      text('x') + number('z'),
      ['x', 'z'],
    )
    const at = (x: string, z: string): number | 'refused' => score(file, { x, z })
    expect([at('a', '1'), at('a', '2.0'), at('b', '1'), at('b', '2'), at('', '1')]).toEqual([10, 20, 30, -1, -2])
  })

  const two = number('x') + number('z')
  test.each([
    [call('+', ref('x'), ref('z')), 7, 'refused'],
    [call('-', ref('x'), ref('z')), 3, 'refused'],
    [call('*', ref('x'), ref('z')), 10, 'refused'],
    [call('/', ref('x'), ref('z')), 2.5, 'refused'],
    [call('min', ref('x'), ref('z'), value(4)), 2, 4],
    [call('max', ref('x'), ref('z')), 5, 5],
    [call('sum', ref('x'), ref('z')), 7, 5],
    [call('avg', ref('x'), ref('z')), 3.5, 5],
    [call('product', ref('x'), ref('z')), 10, 5],
    [call('pow', ref('x'), ref('z')), 25, 'refused'],
    [call('modulo', ref('x'), ref('z')), 1, 'refused'],
    [call('log10', value(1000)), 3, 3],
    [call('ln', call('exp', ref('x'))), 5, 5],
    [call('sqrt', call('abs', call('-', value(0), value(16)))), 4, 4],
    [call('threshold', ref('x'), value(4)), 1, 1],
    [call('round', value(2.5)), 3, 3],
    [call('round', value(-2.5)), -2, -2],
    [call('floor', value(-2.5)), -3, -3],
    [call('ceil', value(-2.5)), -2, -2],
    [call('if', call('lessThan', ref('z'), value(3)), value(1), value(2)), 1, 'refused'],
    [call('if', call('isMissing', ref('z')), value(1), value(2)), 2, 1],
    [call('if', call('isNotMissing', ref('z')), value(1), value(2)), 1, 2],
    [call('if', call('isIn', ref('x'), value(4), value(5)), value(1), value(2)), 1, 1],
    // false and unknown is false; true or unknown is true
    [
      call(
        'if',
        call('and', call('lessThan', ref('x'), value(0)), call('lessThan', ref('z'), value(0))),
        value(1),
        value(2),
      ),
      2,
      2,
    ],
    [
      call(
        'if',
        call('or', call('greaterThan', ref('x'), value(0)), call('lessThan', ref('z'), value(0))),
        value(1),
        value(2),
      ),
      1,
      1,
    ],
    [call('if', call('not', call('equal', ref('z'), value(2))), value(1), value(2)), 2, 'refused'],
    ['<Apply function="+" mapMissingTo="-3"><FieldRef field="x"/><FieldRef field="z"/></Apply>', 7, -3],
    [
      '<Apply function="ln" defaultValue="-4"><Apply function="-"><FieldRef field="x"/><Constant>9</Constant></Apply></Apply>',
      -4,
      -4,
    ],
    ['<FieldRef field="z" mapMissingTo="6"/>', 2, 6],
  ] as [string, number, number | 'refused'][])('Apply %#: %s', (expression, withBoth, withoutZ) => {
    // Both fields stand in the model, so that the record needs both columns.
    const file = derivedBy(call('sum', expression, call('*', value(0), call('sum', ref('x'), ref('z')))), two, [
      'x',
      'z',
    ])
    const exact = derivedBy(call('+', expression, call('*', value(0), call('sum', ref('x'), ref('z')))), two, [
      'x',
      'z',
    ])
    expect(score(file, { x: '5', z: '2' })).toBeCloseTo(withBoth, 12)
    const without = score(exact, { x: '5', z: '' })
    if (withoutZ === 'refused') expect(without).toBe('refused')
    else expect(without).toBeCloseTo(withoutZ, 12)
  })

  test('texts', () => {
    const joined = call('concat', call('uppercase', ref('x')), value('-'), call('trimBlanks', value(' q ')))
    const file = derivedBy(call('if', call('equal', joined, value('AB-q')), value(1), value(2)), text('x'))
    expect([score(file, { x: 'ab' }), score(file, { x: 'b' })]).toEqual([1, 2])
  })

  test('a function of the file is unfolded where it is called', () => {
    const shared = `<DefineFunction name="scale" optype="continuous"><ParameterField name="v"/><ParameterField name="by"/>${call('/', call('-', ref('v'), value(1)), ref('by'))}</DefineFunction>
      <DerivedField name="d" optype="continuous" dataType="double">${call('scale', call('scale', ref('x'), value(2)), value(4))}</DerivedField>`
    const file = pmml({
      shared,
      body: '<RegressionTable intercept="0"><NumericPredictor name="d" coefficient="2"/></RegressionTable>',
    })
    expect(score(file, { x: '11' })).toBe(2)
  })
})

describe('models', () => {
  test('a table per category is a classification, also where the file calls it a regression', () => {
    const file = pmml({
      head: 'functionName="regression" normalizationMethod="softmax"',
      target: text('y', 'yes', 'no'),
      body: '<RegressionTable targetCategory="no" intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable><RegressionTable targetCategory="yes" intercept="0"/>',
    })
    expect(readPmml(file).model.responses).toEqual(['no'])
    expect(score(file, { x: '0.5' })).toBeCloseTo(1 / (1 + Math.exp(-2)), 14)
  })

  test('a regression of the four kinds of predictor', () => {
    const file = pmml({
      fields: number('age') + number('salary') + text('place', 'street', 'garage'),
      mining: active('age', 'salary', 'place'),
      body: `<RegressionTable intercept="132.37"><NumericPredictor name="age" exponent="1" coefficient="7.1"/><NumericPredictor name="salary" exponent="2" coefficient="0.01"/>
        <CategoricalPredictor name="place" value="street" coefficient="41.1"/><CategoricalPredictor name="place" value="garage" coefficient="325.03"/>
        <PredictorTerm coefficient="0.5"><FieldRef field="age"/><FieldRef field="salary"/></PredictorTerm></RegressionTable>`,
    })
    expect(score(file, { age: '20', salary: '10', place: 'garage' })).toBeCloseTo(132.37 + 142 + 1 + 325.03 + 100, 10)
  })

  const categories = (method: string, kind = 'categorical'): string =>
    pmml({
      target: `<DataField name="y" optype="${kind}" dataType="string"><Value value="a"/><Value value="b"/><Value value="c"/></DataField>`,
      head: `functionName="classification" normalizationMethod="${method}"`,
      body: ['a', 'b', 'c']
        .map(
          (c, i) =>
            `<RegressionTable targetCategory="${c}" intercept="${[0.1, 0.3, 0][i]}"><NumericPredictor name="x" coefficient="${[1, 2, 0][i]}"/></RegressionTable>`,
        )
        .join(''),
    })
  test.each([
    [
      'softmax',
      'categorical',
      (a: number, b: number) => [Math.exp(a), Math.exp(b), 1].map((v) => v / (Math.exp(a) + Math.exp(b) + 1)),
    ],
    ['none', 'categorical', (a: number, b: number) => [a, b, 1 - a - b]],
    [
      'logit',
      'ordinal',
      (a: number, b: number) => [
        1 / (1 + Math.exp(-a)),
        1 / (1 + Math.exp(-b)) - 1 / (1 + Math.exp(-a)),
        1 - 1 / (1 + Math.exp(-b)),
      ],
    ],
    [
      'cloglog',
      'ordinal',
      (a: number, b: number) => [
        1 - Math.exp(-Math.exp(a)),
        Math.exp(-Math.exp(a)) - Math.exp(-Math.exp(b)),
        Math.exp(-Math.exp(b)),
      ],
    ],
  ] as [string, string, (a: number, b: number) => number[]][])('three categories, %s, %s', (method, kind, truth) => {
    const { model } = readPmml(categories(method, kind))
    const { responses } = predict(model, { x: '0.2' })
    expect(model.responses).toEqual(['a', 'b', 'c'])
    for (const [i, p] of truth(0.3, 0.7).entries()) expect(responses[i]).toBeCloseTo(p, 12)
  })

  test('Output chooses which of two probabilities is the score', () => {
    const file = (value: string, method: string): string =>
      pmml({
        target:
          '<DataField name="y" optype="categorical" dataType="string"><Value value="no"/><Value value="yes"/></DataField>',
        head: `functionName="classification" normalizationMethod="${method}"`,
        body: `<Output><OutputField name="p" feature="probability" value="${value}"/></Output><RegressionTable targetCategory="yes" intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable><RegressionTable targetCategory="no" intercept="0"/>`,
      })
    for (const method of ['logit', 'probit', 'cloglog', 'loglog', 'cauchit', 'softmax']) {
      const [yes, no] = ['yes', 'no'].map((value) => score(file(value, method), { x: '-0.3' }) as number) as [
        number,
        number,
      ]
      expect(yes + no).toBeCloseTo(1, 12)
      expect(readPmml(file('no', method)).model.responses).toEqual(['no'])
    }
    expect(score(file('yes', 'cloglog'), { x: '-0.3' })).toBeCloseTo(1 - Math.exp(-Math.exp(0.4)), 12)
  })

  const general = (link: string): string =>
    pmml({
      model: 'GeneralRegressionModel',
      head: `functionName="regression" modelType="generalizedLinear" ${link}`,
      body: '<ParameterList><Parameter name="a"/><Parameter name="b"/></ParameterList><CovariateList><Predictor name="x"/></CovariateList><PPMatrix><PPCell value="1" predictorName="x" parameterName="b"/></PPMatrix><ParamMatrix><PCell parameterName="a" beta="-2"/><PCell parameterName="b" beta="0.5"/></ParamMatrix>',
    })
  test.each([
    ['linkFunction="identity"', -1],
    ['linkFunction="log" offsetValue="0.25"', Math.exp(-0.75)],
    ['linkFunction="logc"', 1 - Math.exp(-1)],
    ['linkFunction="loglog"', Math.exp(-Math.exp(1))],
    ['linkFunction="negbin" distParameter="3"', 1 / (3 * (Math.exp(1) - 1))],
    ['linkFunction="oddspower" linkParameter="0.5"', 1 / (1 + 0.5 ** -2)],
    ['linkFunction="oddspower" linkParameter="0"', 1 / (1 + Math.exp(1))],
    ['linkFunction="power" linkParameter="-1"', -1],
    ['linkFunction="power" linkParameter="0"', Math.exp(-1)],
  ])('generalizedLinear, %s', (link, expected) => {
    expect(score(general(link), { x: '2' })).toBeCloseTo(expected, 12)
  })

  test('Targets rescale', () => {
    const target = (attributes: string): string => `<Targets><Target field="y" ${attributes}/></Targets>`
    const table = '<RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable>'
    const file = pmml({ body: target('rescaleFactor="10" rescaleConstant="3"') + table })
    expect(score(file, { x: '4' })).toBe(93)
    const log = pmml({
      head: 'functionName="regression" normalizationMethod="exp"',
      body: target('rescaleFactor="10"') + table,
    })
    expect(score(log, { x: '0' })).toBeCloseTo(10 * Math.E, 12)
  })

  test('naive Bayes: counts, a count of zero, Gaussian and Poisson inputs, missing ones passed over', () => {
    const counts = (...n: number[]): string =>
      `<TargetValueCounts>${n.map((count, i) => `<TargetValueCount value="${'ab'[i]}" count="${count}"/>`).join('')}</TargetValueCounts>`
    const stat = (inside: string[]): string =>
      `<TargetValueStats>${inside.map((one, i) => `<TargetValueStat value="${'ab'[i]}">${one}</TargetValueStat>`).join('')}</TargetValueStats>`
    const file = pmml({
      model: 'NaiveBayesModel',
      head: 'functionName="classification" threshold="0.001"',
      fields: text('g', 'm', 'f') + number('x') + number('n'),
      mining: active('g', 'x', 'n'),
      target: text('y', 'a', 'b'),
      body: `<BayesInputs><BayesInput fieldName="g"><PairCounts value="m">${counts(30, 0)}</PairCounts><PairCounts value="f">${counts(10, 60)}</PairCounts></BayesInput>
        <BayesInput fieldName="x">${stat(['<GaussianDistribution mean="1" variance="4"/>', '<GaussianDistribution mean="2" variance="9"/>'])}</BayesInput>
        <BayesInput fieldName="n">${stat(['<PoissonDistribution mean="3"/>', '<PoissonDistribution mean="5"/>'])}</BayesInput></BayesInputs>
        <BayesOutput fieldName="y">${counts(40, 60)}</BayesOutput>`,
    })
    const normal = (x: number, mean: number, variance: number): number =>
      Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance)
    const poisson = (n: number, mean: number): number => (mean ** n * Math.exp(-mean)) / ([1, 1, 2, 6, 24][n] as number)
    const share = (a: number, b: number): number => a / (a + b)
    expect(score(file, { g: 'f', x: '3', n: '4' })).toBeCloseTo(
      share(40 * 0.25 * normal(3, 1, 4) * poisson(4, 3), 60 * normal(3, 2, 9) * poisson(4, 5)),
      12,
    )
    expect(score(file, { g: 'm', x: '', n: '' })).toBeCloseTo(share(40 * 0.75, 60 * 0.001), 12)
    expect(score(file, { g: '', x: '', n: '' })).toBeCloseTo(0.4, 12)
    expect(score(file, { g: '', x: '0', n: '' })).toBeCloseTo(share(40 * normal(0, 1, 4), 60 * normal(0, 2, 9)), 12)
  })
})

test('naive Bayes: a place holder with one value asks for no column', () => {
  const counts =
    '<TargetValueCounts><TargetValueCount value="a" count="5"/><TargetValueCount value="b" count="5"/></TargetValueCounts>'
  const stats = ['a', 'b']
    .map(
      (value, i) =>
        `<TargetValueStat value="${value}"><GaussianDistribution mean="${i}" variance="1"/></TargetValueStat>`,
    )
    .join('')
  const file = pmml({
    model: 'NaiveBayesModel',
    head: 'functionName="classification" threshold="0.001"',
    fields: number('x') + text('holder', 'only'),
    mining: `${active('x')}<MiningField name="holder" missingValueReplacement="only"/>`,
    target: text('y', 'a', 'b'),
    body: `<BayesInputs><Extension><BayesInput fieldName="x"><TargetValueStats>${stats}</TargetValueStats></BayesInput></Extension>
      <BayesInput fieldName="holder"><PairCounts value="only">${counts}</PairCounts></BayesInput></BayesInputs>
      <BayesOutput fieldName="y">${counts}</BayesOutput>`,
  })
  expect(readPmml(file).model.features.map(({ name }) => name)).toEqual(['x'])
  expect(score(file, { x: '0.5' })).toBeCloseTo(0.5, 14)
})

describe('Scorecard', () => {
  const simple = (field: string, operator: string, value?: string): string =>
    `<SimplePredicate field="${field}" operator="${operator}"${value === undefined ? '' : ` value="${value}"`}/>`
  const attribute = (predicate: string, points: number, code = ''): string =>
    `<Attribute partialScore="${points}" ${code && `reasonCode="${code}"`}>${predicate}</Attribute>`
  const both = (op: string, ...parts: string[]): string =>
    `<CompoundPredicate booleanOperator="${op}">${parts.join('')}</CompoundPredicate>`
  const card = (attributes: string, head = ''): string =>
    pmml({
      model: 'Scorecard',
      head: `functionName="regression" initialScore="100" ${head}`,
      fields: number('age') + text('job', 'clerk', 'farmer', 'poet'),
      mining: active('age', 'job'),
      body: `<Characteristics>${attributes}</Characteristics>`,
    })
  const characteristic = (name: string, attributes: string, code = ''): string =>
    `<Characteristic name="${name}" ${code}>${attributes}</Characteristic>`
  const jobs = characteristic(
    'job',
    attribute(
      `<SimpleSetPredicate field="job" booleanOperator="isIn"><Array type="string" n="2">clerk "poet"</Array></SimpleSetPredicate>`,
      7,
      'J1',
    ) +
      attribute(simple('job', 'isMissing'), 1, 'J2') +
      attribute('<True/>', 3, 'J3'),
    'reasonCode="J" baselineScore="5"',
  )
  const ages = characteristic(
    'age',
    attribute(simple('age', 'isMissing'), -1) +
      attribute(both('and', simple('age', 'greaterOrEqual', '18'), simple('age', 'lessThan', '30')), 10) +
      attribute(simple('age', 'greaterOrEqual', '30'), 20),
    'reasonCode="A" baselineScore="12"',
  )

  test('the first attribute that holds gives its points', () => {
    const file = card(ages + jobs)
    const at = (age: string, job: string): number | 'refused' => score(file, { age, job })
    expect([at('20', 'clerk'), at('30', 'poet'), at('', 'farmer'), at('40', '')]).toEqual([117, 127, 102, 121])
    // No attribute holds for a child.
    expect(at('12', 'clerk')).toBe('refused')
  })

  test('three-valued predicates', () => {
    const predicates: [string, boolean | 'unknown'][] = [
      [both('and', simple('age', 'greaterThan', '0'), simple('job', 'equal', 'poet')), 'unknown'],
      [both('and', simple('age', 'lessThan', '0'), simple('job', 'equal', 'poet')), false],
      [both('or', simple('age', 'greaterThan', '0'), simple('job', 'equal', 'poet')), true],
      [both('or', simple('age', 'lessThan', '0'), simple('job', 'equal', 'poet')), 'unknown'],
      [both('xor', simple('age', 'greaterThan', '0'), simple('job', 'equal', 'poet')), 'unknown'],
      [both('xor', simple('age', 'greaterThan', '0'), simple('age', 'lessThan', '0')), true],
      [both('surrogate', simple('job', 'equal', 'poet'), simple('age', 'greaterThan', '0')), true],
      [both('surrogate', simple('job', 'equal', 'poet'), simple('age', 'lessThan', '0')), false],
      ['<False/>', false],
    ]
    // The last part tells false from unknown: a surrogate moves on only from unknown.
    for (const [predicate, expected] of predicates) {
      const file = card(
        characteristic('c', attribute(both('surrogate', predicate, '<True/>'), 1) + attribute('<True/>', 2)) +
          ages +
          jobs,
      )
      const points = expected === false ? 2 : 1
      expect((score(file, { age: '20', job: '' }) as number) - 111, predicate).toBe(points)
      const plain = card(characteristic('c', attribute(predicate, 1) + attribute('<True/>', 2)) + ages + jobs)
      expect((score(plain, { age: '20', job: '' }) as number) - 111, predicate).toBe(expected === true ? 1 : 2)
    }
  })

  test.each([
    ['pointsBelow', [12 - 10, 5 - 7]],
    ['pointsAbove', [10 - 12, 7 - 5]],
  ])('reason heads hold %s', (algorithm, points) => {
    const { model } = readPmml(card(ages + jobs, `useReasonCodes="true" reasonCodeAlgorithm="${algorithm}"`))
    expect(model.heads.map(({ role }) => role)).toEqual([undefined, 'reason', 'reason'])
    const open = { ...model, heads: model.heads.map(({ role: _, ...head }) => head) }
    expect(predict(open, { age: '20', job: 'poet' }).predictors).toEqual([117, ...points])
    expect(model.reasons?.characteristics.map(({ codes }) => codes.map(([, code]) => code))).toEqual([
      ['A', 'A', 'A'],
      ['J1', 'J2', 'J3'],
    ])
    expect(JSON.stringify([model.features, model.derived, model.reasons])).not.toMatch(/\b12\b/)
  })

  test('a linear partial score keeps its constants in the weights', () => {
    const complex =
      '<Attribute><True/><ComplexPartialScore><Apply function="+"><Apply function="*"><Constant>0.37</Constant><FieldRef field="age"/></Apply><Constant>11</Constant></Apply></ComplexPartialScore></Attribute>'
    const { model } = readPmml(card(characteristic('c', complex) + jobs))
    expect(predict(model, { age: '20', job: 'poet' }).responses[0]).toBeCloseTo(100 + 7.4 + 11 + 7, 12)
    expect(JSON.stringify(model.derived)).not.toContain('0.37')
  })
})

describe('ModelVerification', () => {
  test('records come with their results and tolerances', () => {
    const file = pmml({
      target: text('y', 'no', 'yes'),
      head: 'functionName="classification" normalizationMethod="logit"',
      body: `<Output><OutputField name="p_yes" feature="probability" value="yes"/><OutputField name="p_no" feature="probability" value="no"/></Output>
        <RegressionTable targetCategory="yes" intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable><RegressionTable targetCategory="no"/>
        <ModelVerification recordCount="2" fieldCount="3"><VerificationFields><VerificationField field="x" column="data:c1"/><VerificationField field="p_no" column="c2" precision="1e-9" zeroThreshold="1e-12"/><VerificationField field="y"/></VerificationFields>
        <InlineTable xmlns:data="urn:data"><row><data:c1>0</data:c1><c2>0.5</c2><y>yes</y></row><row><data:c1>1.5</data:c1><c2>0.18242552380635635</c2><y>yes</y></row></InlineTable></ModelVerification>`,
    })
    const { model } = readPmml(file)
    expect(model.verification).toEqual([
      { record: { x: 0 }, responses: [0.5], precision: 1e-9, zeroThreshold: 1e-12 },
      { record: { x: 1.5 }, responses: [1 - 0.18242552380635635], precision: 1e-9, zeroThreshold: 1e-12 },
    ])
  })
})
