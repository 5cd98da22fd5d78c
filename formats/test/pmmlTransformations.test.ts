import { describe, expect, test } from 'vitest'
import { derivedBy, number, pmml, score, text } from './pmmlFile.ts'

/** What the standard says of transformations, part by part. */

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
