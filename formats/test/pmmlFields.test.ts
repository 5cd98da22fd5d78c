import { describe, expect, test } from 'vitest'
import { compileModel } from '../../model/compile.ts'
import type { ModelFile } from '../../model/modelFile.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { readPmml } from '../pmml/read.ts'
import { active, number, pmml, score, text } from './pmmlFile.ts'

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
