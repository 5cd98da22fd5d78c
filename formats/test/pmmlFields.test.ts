import { describe, expect, test } from 'vitest'
import { compileModel } from '../../model/compile.ts'
import type { ModelFile } from '../../model/modelFile.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { readPmml } from '../pmml/read.ts'
import { active, derivedBy, number, pmml, score, text } from './pmmlFile.ts'

/** What the standard says of fields and how their values are treated, part by part. */

test('a file without a version has that of its namespace, or is read as the newest', () => {
  const inSpace = pmml({}).replace('version="4.4" ', '')
  expect(score(inSpace, { x: '2' })).toBe(2)
  expect(score(pmml({}).replace(/<PMML [^>]*>/, '<PMML>'), { x: '2' })).toBe(2)
  expect(() => readPmml(inSpace.replaceAll('PMML-4_4', 'PMML-2_1'))).toThrow(
    expect.toSatisfy((error) => sentenceOf(error).includes('version 2.1')),
  )
})

describe('what a file leaves unsaid', () => {
  test('the type of a field is that of its optype', () => {
    const file = pmml({ fields: number('x') }).replaceAll(' dataType="double"', '')
    expect(score(file, { x: '2.5' })).toBe(2.5)
  })

  test('a derived field without a name inside what uses it', () => {
    const bins = `<Discretize field="x"><DiscretizeBin binValue="low"><Interval closure="openOpen" rightMargin="5"/></DiscretizeBin><DiscretizeBin binValue="high"><Interval closure="closedOpen" leftMargin="5"/></DiscretizeBin></Discretize>`
    const counts = (value: string, a: number, b: number): string =>
      `<PairCounts value="${value}"><TargetValueCounts><TargetValueCount value="a" count="${a}"/><TargetValueCount value="b" count="${b}"/></TargetValueCounts></PairCounts>`
    const file = pmml({
      model: 'NaiveBayesModel',
      head: 'functionName="classification" threshold="0"',
      target: text('y', 'a', 'b'),
      body: `<BayesInputs><BayesInput fieldName="x"><DerivedField optype="categorical" dataType="string">${bins}</DerivedField>${counts('low', 3, 1)}${counts('high', 1, 3)}</BayesInput></BayesInputs><BayesOutput fieldName="y"><TargetValueCounts><TargetValueCount value="a" count="4"/><TargetValueCount value="b" count="4"/></TargetValueCounts></BayesOutput>`,
    })
    expect(score(file, { x: '1' })).toBeCloseTo(0.75, 12)
    expect(score(file, { x: '5' })).toBeCloseTo(0.25, 12)
  })

  test('a model of a constant is asked with its fields, and takes any record', () => {
    const file = pmml({ body: '<RegressionTable intercept="4.5"/>' })
    expect(score(file, { x: '1' })).toBe(4.5)
    expect(score(file, { x: '' })).toBe(4.5)
    const { card } = compileModel(readPmml(file).model as ModelFile)
    expect(card.inputs).toHaveLength(1)
  })
})

describe('an interval says how large values are, whatever is done with those outside', () => {
  const interval = '<Interval closure="closedClosed" leftMargin="0" rightMargin="10"/>'
  const field = (treatment: string, values = '') => ({
    fields: number('x', interval + values),
    mining: `<MiningField name="x" ${treatment}/>`,
  })
  const rangeOf = (file: string) => {
    const { model, notes } = readPmml(file)
    return { range: (model.features[0] as { range?: unknown }).range, notes: notes.map(({ note }) => note) }
  }

  test.each([
    [
      'invalidValueTreatment="asIs"',
      [
        ['11', 11],
        ['105', 105],
        ['111', 'refused'],
      ],
    ],
    [
      'invalidValueTreatment="asValue" invalidValueReplacement="7"',
      [
        ['11', 7],
        ['-1', 7],
        ['1e9', 7],
        ['3', 3],
      ],
    ],
  ] as const)('%s', (treatment, cells) => {
    const file = pmml(field(treatment))
    for (const [x, expected] of cells) expect(score(file, { x }), x).toBe(expected)
    const { range, notes } = rangeOf(file)
    expect(range).toEqual([-100, 110])
    expect(notes).not.toContain('rangesWide')
  })

  test('a value far outside that is replaced is no code for missing', () => {
    const code = '<Value value="-500" property="missing"/>'
    const file = pmml(
      field('invalidValueTreatment="asValue" invalidValueReplacement="7" missingValueReplacement="1"', code),
    )
    for (const [x, expected] of [
      ['-500', 1],
      ['-501', 7],
      ['-9e9', 7],
      ['', 1],
    ] as const)
      expect(score(file, { x }), x).toBe(expected)
  })
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

describe('a value that its field does not have', () => {
  const indicator = (field: string, ...values: string[]): string =>
    `<RegressionTable intercept="1">${values
      .map((value, i) => `<CategoricalPredictor name="${field}" value="${value}" coefficient="${10 ** (i + 1)}"/>`)
      .join('')}</RegressionTable>`
  const treated = (how: string): string =>
    `<MiningField name="c" invalidValueTreatment="${how}" missingValueReplacement="a"/>`

  test.each<[string, number | 'refused']>([
    ['returnInvalid', 'refused'],
    ['asMissing', 11],
    ['asIs', 101],
  ])('is invalid although the model mentions it: %s', (how, wanted) => {
    const file = pmml({ fields: text('c', 'a', 'b'), mining: treated(how), body: indicator('c', 'a', 'z') })
    expect(score(file, { c: 'z' })).toBe(wanted)
    expect(score(file, { c: 'a' })).toBe(11)
    expect(score(file, { c: 'b' })).toBe(1)
  })

  test('makes no term where the model mentions nothing else', () => {
    const file = pmml({ fields: text('c', 'a', 'b'), mining: active('c'), body: indicator('c', 'z') })
    expect(score(file, { c: 'a' })).toBe(1)
  })

  const whole = '<DataField name="c" optype="categorical" dataType="integer"/>'
  test.each<[string, string, number | 'refused']>([
    ['returnInvalid', 'x', 'refused'],
    ['returnInvalid', '2.0', 101],
    ['returnInvalid', '7', 1],
    ['asMissing', 'x', 11],
    ['asIs', 'x', 1],
  ])('is invalid where numbers are wanted: %s, %s', (how, cell, wanted) => {
    const mining = treated(how).replace('Replacement="a"', 'Replacement="1"')
    const file = pmml({ fields: whole, mining, body: indicator('c', '1', '2') })
    expect(score(file, { c: cell })).toBe(wanted)
  })
})
