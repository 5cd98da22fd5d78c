import { describe, expect, test } from 'vitest'
import { readPmml } from '../pmml/read.ts'
import { derivedBy, number, pmml, score, text } from './pmmlFile.ts'

/** What a field of a model says of values that are missing, invalid or outliers, and what its type says of them. */

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
