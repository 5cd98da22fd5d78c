import { describe, expect, test } from 'vitest'
import { compileModel } from '../../model/compile.ts'
import { checkModelFile } from '../../model/modelFile.ts'
import { verifyModel } from '../../model/verify.ts'
import { readPmml } from '../pmml/read.ts'
import { predict } from './evaluate.ts'
import { active, number, pmml, served } from './pmmlFile.ts'

/** What an Output makes of the score: points, rounding, decisions. */

const apply = (name: string, ...args: string[]): string => `<Apply function="${name}">${args.join('')}</Apply>`
const constant = (value: number | string): string => `<Constant>${value}</Constant>`
const field = (name: string): string => `<FieldRef field="${name}"/>`
const output = (name: string, rest: string, inside = ''): string =>
  `<OutputField name="${name}" optype="continuous" dataType="double" ${rest}>${inside}</OutputField>`
const raw = output('raw', 'feature="predictedValue" isFinalResult="false"')
const points = apply('+', constant(600), apply('*', constant(-28.85), field('raw')))

function regression(outputs: string, more = ''): string {
  return pmml({
    body: `<Output>${outputs}</Output><RegressionTable intercept="-1"><NumericPredictor name="x" coefficient="0.5"/></RegressionTable>${more}`,
  })
}

function binary(outputs: string): string {
  return pmml({
    target:
      '<DataField name="y" optype="categorical" dataType="string"><Value value="bad"/><Value value="good"/></DataField>',
    head: 'functionName="classification" normalizationMethod="logit"',
    body: `<Output>${outputs}</Output><RegressionTable targetCategory="bad" intercept="-1"><NumericPredictor name="x" coefficient="0.5"/></RegressionTable><RegressionTable targetCategory="good" intercept="0"/>`,
  })
}

describe('an Output that is computed from the score', () => {
  test('points, of the file’s own name', () => {
    const file = regression(raw + output('points', 'feature="transformedValue"', points))
    expect(served(file, { x: '4' })).toEqual({ raw: expect.closeTo(1, 6), points: expect.closeTo(571.15, 4) })
    expect(readPmml(file).notes).toContainEqual({ note: 'outputsPublic', facts: { outputs: ['points'] } })
  })

  test('one made of another, and rounded', () => {
    const file = regression(
      raw +
        output('exact', 'feature="transformedValue" isFinalResult="false"', points) +
        output('points', 'feature="transformedValue"', apply('round', field('exact'))),
    )
    expect(served(file, { x: '4' })).toEqual({ raw: expect.closeTo(1, 6), points: 571 })
  })

  test('a decision is the label', () => {
    const decide = apply('if', apply('greaterThan', field('raw'), constant(0)), constant('accept'), constant('refer'))
    for (const feature of ['transformedValue', 'decision']) {
      const { model } = readPmml(regression(raw + output('decision', `feature="${feature}"`, decide)))
      expect(predict(model, { x: '4' }).label).toBe('accept')
      expect(predict(model, { x: '1' }).label).toBe('refer')
      expect(compileModel(checkModelFile(model)).card.label).toBe(true)
    }
  })

  test('of a probability, of either category', () => {
    const file = binary(
      output('p', 'feature="probability" value="bad"') +
        output('q', 'feature="probability" value="good"') +
        output('odds', 'feature="transformedValue"', apply('/', field('q'), field('p'))),
    )
    const got = served(file, { x: '4' })
    expect(got).toEqual({ bad: expect.closeTo(1 / (1 + Math.exp(-1)), 6), odds: expect.closeTo(Math.exp(-1), 5) })
  })

  test('of the category that is predicted', () => {
    const is = apply('if', apply('equal', field('class'), constant('bad')), constant(1), constant(0))
    const file = binary(output('class', 'feature="predictedValue"') + output('flag', 'feature="transformedValue"', is))
    expect(served(file, { x: '4' })).toMatchObject({ flag: 1 })
    expect(served(file, { x: '0' })).toMatchObject({ flag: 0 })
  })

  test.each<[string, string]>([
    ['fields of the record', apply('*', field('raw'), field('x'))],
    ['what cannot be computed', apply('levenshtein', field('raw'))],
    ['another output that is left out', apply('*', constant(2), field('error'))],
  ])('one of %s is left out, and the vendor told so', (_, expression) => {
    const file = regression(
      raw + output('error', 'feature="standardError"') + output('t', 'feature="transformedValue"', expression),
    )
    const { model, notes } = readPmml(file)
    expect(model.outputs).toBeUndefined()
    expect(model.responses).toEqual(['raw'])
    expect(model.features.map(({ name }) => name)).toEqual(['x'])
    expect(notes.find(({ note }) => note === 'outputsLeftOut')?.facts).toMatchObject({ count: 2 })
  })

  test('what a segment alone gives has no name here', () => {
    const file = regression(output('other', 'feature="predictedValue" segmentId="1"'))
    expect(readPmml(file).model.responses).toBeUndefined()
  })

  test('its verification records are checked', () => {
    const records = (wanted: number): string =>
      regression(
        raw + output('points', 'feature="transformedValue"', points),
        `<ModelVerification><VerificationFields><VerificationField field="x"/><VerificationField field="points"/></VerificationFields><InlineTable><row><x>4</x><points>${wanted}</points></row></InlineTable></ModelVerification>`,
      )
    const verify = (file: string) => verifyModel(compileModel(checkModelFile(readPmml(file).model)))
    verify(records(571.15))
    expect(() => verify(records(571.25))).toThrow(expect.objectContaining({ code: 'model/verification' }))
  })

  test('an input by the name of a result is another thing', () => {
    const file = pmml({
      fields: number('score'),
      mining: active('score'),
      body: `<Output>${output('points', 'feature="transformedValue"', apply('*', constant(2), field('score')))}</Output><RegressionTable intercept="1"><NumericPredictor name="score" coefficient="3"/></RegressionTable>`,
    })
    expect(readPmml(file).model.outputs).toBeUndefined()
  })
})

describe('what Targets make of the score', () => {
  const target = (attributes: string): string => `<Targets><Target field="y" ${attributes}/></Targets>`
  const table = '<RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable>'

  test.each([
    ['min="0" max="10"', '2', 5],
    ['min="0" max="10"', '-4', 0],
    ['min="0" max="10"', '7', 10],
    ['max="10" rescaleFactor="-3" rescaleConstant="1"', '7', -29],
    ['castInteger="round"', '0.76', 3],
    ['castInteger="round"', '-1.2', -1],
    ['castInteger="floor"', '-1.2', -2],
    ['castInteger="ceiling"', '0.76', 3],
    ['rescaleFactor="0.5" rescaleConstant="0.25" castInteger="floor"', '4', 4],
    ['min="-1" rescaleFactor="2.25" castInteger="round"', '-4', -2],
  ])('%s of x = %s', (attributes, x, expected) => {
    const got = served(pmml({ body: target(attributes) + table }), { x })
    expect(got).toMatchObject({ score: expect.closeTo(expected, 6), score_before_targets: expect.any(Number) })
  })

  test('has the name that the Output gives the predicted value, and what is made of it is made of that', () => {
    const outputs =
      output('amount', 'feature="predictedValue"') +
      output('twice', 'feature="transformedValue"', apply('*', constant(2), field('amount')))
    const file = pmml({ body: `<Output>${outputs}</Output>${target('castInteger="round"')}${table}` })
    expect(served(file, { x: '0.76' })).toEqual({ score_before_targets: expect.closeTo(2.52, 6), amount: 3, twice: 6 })
    expect(readPmml(file).notes).toContainEqual({ note: 'outputsPublic', facts: { outputs: ['amount', 'twice'] } })
  })

  test('after a link', () => {
    const file = pmml({
      head: 'functionName="regression" normalizationMethod="logit"',
      body: target('rescaleFactor="100" rescaleConstant="1"') + table,
    })
    expect(served(file, { x: '-0.5' })).toEqual({
      score_before_targets: expect.closeTo(0.5, 6),
      score: expect.closeTo(51, 4),
    })
  })

  test('is what verification records state', () => {
    const records = (y: number): string =>
      `<ModelVerification><VerificationFields><VerificationField field="x" column="x"/><VerificationField field="y" column="y"/></VerificationFields><InlineTable><row><x>0.76</x><y>${y}</y></row></InlineTable></ModelVerification>`
    const model = (y: number) =>
      compileModel(checkModelFile(readPmml(pmml({ body: target('castInteger="round"') + table + records(y) })).model))
    expect(() => verifyModel(model(3))).not.toThrow()
    expect(() => verifyModel(model(2.52))).toThrow()
  })

  test('of a scorecard with reasons', () => {
    const file = pmml({
      model: 'Scorecard',
      head: 'functionName="regression" useReasonCodes="true" initialScore="0.5" baselineScore="1"',
      body: `${target('castInteger="floor"')}<Characteristics><Characteristic name="c" reasonCode="R"><Attribute partialScore="7.25"><True/></Attribute></Characteristic><Characteristic name="d" reasonCode="S"><Attribute partialScore="2"><SimplePredicate field="x" operator="greaterThan" value="0"/></Attribute><Attribute partialScore="3"><True/></Attribute></Characteristic></Characteristics>`,
    })
    expect(served(file, { x: '1' })).toEqual({ score_before_targets: expect.closeTo(9.75, 6), score: 9 })
  })

  test.each(['castInteger="round"', 'min="0"', 'max="1"'])('%s in a segment is refused', (attributes) => {
    const member = `<RegressionModel functionName="regression"><MiningSchema>${active('x')}<MiningField name="y" usageType="target"/></MiningSchema>${target(attributes)}${table}</RegressionModel>`
    const body = `<Segmentation multipleModelMethod="average"><Segment><True/>${member}</Segment></Segmentation>`
    expect(() => readPmml(pmml({ model: 'MiningModel', body }))).toThrow(
      expect.objectContaining({ code: 'model/unsupported', fault: 'targetUnread' }),
    )
  })
})
