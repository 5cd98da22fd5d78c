import { describe, expect, test } from 'vitest'
import { sentenceOf } from '../../words/en/errors.ts'
import { readPmml } from '../pmml/read.ts'
import { score, served } from './pmmlFile.ts'

/** Models of models: sums, averages and choices of linear predictors, and chains of them. */

const fields = (names: string): string =>
  names
    .split(' ')
    .map((name) => `<MiningField name="${name}"/>`)
    .join('')

const dictionary = `<DataDictionary>
<DataField name="a" optype="continuous" dataType="double"/><DataField name="b" optype="continuous" dataType="double"/>
<DataField name="g" optype="categorical" dataType="string"><Value value="p"/><Value value="q"/><Value value="r"/></DataField>
<DataField name="y" optype="continuous" dataType="double"/>
<DataField name="c" optype="categorical" dataType="string"><Value value="no"/><Value value="yes"/></DataField>
</DataDictionary>`

interface Segmented {
  readonly method: string
  readonly segments: readonly string[]
  readonly schema?: string
  readonly inside?: string
  readonly function?: string
}

function mining({ method, segments, schema, inside = '', function: name = 'regression' }: Segmented): string {
  return `<MiningModel functionName="${name}"><MiningSchema>${schema ?? fields('a b g')}</MiningSchema>${inside}
<Segmentation multipleModelMethod="${method}">${segments.join('')}</Segmentation></MiningModel>`
}

const file = (model: string): string =>
  `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>${dictionary}${model}</PMML>`

const segment = (predicate: string, model: string, weight?: number): string =>
  `<Segment${weight === undefined ? '' : ` weight="${weight}"`}>${predicate}${model}</Segment>`

const always = '<True/>'
const when = (value: string): string => `<SimplePredicate field="g" operator="equal" value="${value}"/>`
const above = (value: number): string => `<SimplePredicate field="b" operator="greaterThan" value="${value}"/>`

/** intercept + ofA·a + ofB·b, and more per level of g. */
function line(intercept: number, ofA: number, ofB = 0, more = '', attributes = '', inside = ''): string {
  const b = ofB === 0 ? '' : `<NumericPredictor name="b" coefficient="${ofB}"/>`
  return `<RegressionModel functionName="regression" ${attributes}><MiningSchema>${fields('a b g')}</MiningSchema>${inside}
<RegressionTable intercept="${intercept}"><NumericPredictor name="a" coefficient="${ofA}"/>${b}${more}</RegressionTable></RegressionModel>`
}

function logistic(event: string, intercept: number, ofA: number, order = ['yes', 'no']): string {
  const tables = order.map((category) =>
    category === event
      ? `<RegressionTable targetCategory="${category}" intercept="${intercept}"><NumericPredictor name="a" coefficient="${ofA}"/></RegressionTable>`
      : `<RegressionTable targetCategory="${category}" intercept="0"/>`,
  )
  return `<RegressionModel functionName="classification" normalizationMethod="softmax"><MiningSchema>${fields('a')}<MiningField name="c" usageType="target"/></MiningSchema>${tables.join('')}</RegressionModel>`
}

const ofG = (value: string, weight: number): string =>
  `<CategoricalPredictor name="g" value="${value}" coefficient="${weight}"/>`
const sigma = (x: number): number => 1 / (1 + Math.exp(-x))

/** The judge's score, which the core's must agree with. */
function both(pmml: string, cells: Record<string, string>): number | 'refused' {
  const judged = score(pmml, cells)
  const got = served(pmml, cells)
  if (judged === 'refused' || got === 'refused') {
    expect(got).toBe(judged)
    return 'refused'
  }
  const [first] = Object.values(got) as [number]
  expect(first).toBeCloseTo(judged, 5)
  return judged
}

describe('sums and averages', () => {
  const three = (method: string): string =>
    file(
      mining({
        method,
        segments: [
          segment(always, line(1, 2), 1),
          segment(when('p'), line(10, 0.5, 0, ofG('p', 3)), 2),
          segment(above(5), line(-4, 1, 1), 5),
        ],
      }),
    )
  test.each<[string, string, number]>([
    ['sum', 'p', 7 + (10 + 1.5 + 3) + (-4 + 3 + 6)],
    ['sum', 'q', 7 + (-4 + 3 + 6)],
    ['weightedSum', 'p', 7 + 2 * 14.5 + 5 * 5],
    ['average', 'p', (7 + 14.5 + 5) / 3],
    ['average', 'q', (7 + 5) / 2],
    ['weightedAverage', 'p', (7 + 2 * 14.5 + 5 * 5) / 8],
    ['weightedAverage', 'q', (7 + 5 * 5) / 6],
  ])('%s where g is %s', (method, g, wanted) => {
    expect(both(three(method), { a: '3', b: '6', g })).toBeCloseTo(wanted, 9)
  })

  test('a segment that does not hold counts nothing', () => {
    expect(both(three('average'), { a: '3', b: '5', g: 'q' })).toBeCloseTo(7, 9)
  })

  test('a record for which no segment holds is refused', () => {
    for (const method of ['sum', 'average', 'selectFirst'])
      expect(
        both(file(mining({ method, segments: [segment(when('p'), line(1, 2)), segment(when('q'), line(1, 3))] })), {
          a: '1',
          b: '1',
          g: 'r',
        }),
      ).toBe('refused')
  })

  test('where all segments always hold, there is nothing derived', () => {
    const segments = [segment(always, line(1, 2), 1), segment(always, line(-1, 0.5, 1), 3)]
    const { model } = readPmml(file(mining({ method: 'weightedAverage', segments })))
    expect(model.derived).toBeUndefined()
    expect(model.heads).toEqual([
      {
        intercept: -0.5,
        terms: [
          { feature: 'a', weight: 0.875 },
          { feature: 'b', weight: 0.75 },
        ],
      },
    ])
  })

  test('no weight is public where segments hold by conditions', () => {
    const segments = [
      segment(when('p'), line(11.25, 12.5, 13.75)),
      segment(always, line(14.25, 15.5, 0, ofG('q', 16.75))),
    ]
    for (const method of ['sum', 'average', 'selectFirst']) {
      const { derived, features } = readPmml(file(mining({ method, segments }))).model
      expect(JSON.stringify([derived, features])).not.toMatch(/1[1-6]\.\d/)
    }
  })
})

describe('the first that holds', () => {
  const chosen = file(
    mining({
      method: 'selectFirst',
      segments: [
        segment(when('p'), line(1, 2)),
        segment(above(5), line(5, -1, 1, ofG('q', 100))),
        segment(always, line(7, 0, 0, ofG('r', 50))),
      ],
    }),
  )
  test.each([
    [{ a: '3', b: '9', g: 'p' }, 7],
    [{ a: '3', b: '9', g: 'q' }, 5 - 3 + 9 + 100],
    [{ a: '3', b: '9', g: 'r' }, 5 - 3 + 9],
    [{ a: '3', b: '1', g: 'r' }, 57],
    [{ a: '3', b: '1', g: 'q' }, 7],
  ])('%o', (cells, wanted) => expect(both(chosen, cells)).toBeCloseTo(wanted, 9))

  test('an input that is missing is missed only where its model is chosen', () => {
    expect(both(chosen, { a: '3', b: '', g: 'p' })).toBeCloseTo(7, 9)
    expect(both(chosen, { a: '', b: '9', g: 'q' })).toBe('refused')
  })

  test('logistic models, whichever category their predictor is of', () => {
    const segments = [
      segment(when('p'), logistic('yes', 1, 2)),
      segment(always, logistic('no', -1, 0.5, ['no', 'yes'])),
    ]
    const pmml = file(
      mining({
        method: 'selectFirst',
        function: 'classification',
        segments,
        schema: `${fields('a g')}<MiningField name="c" usageType="target"/>`,
      }),
    )
    expect(readPmml(pmml).model.responses).toEqual(['yes'])
    expect(both(pmml, { a: '0.5', g: 'p' })).toBeCloseTo(sigma(2), 9)
    expect(both(pmml, { a: '0.5', g: 'q' })).toBeCloseTo(sigma(0.75), 9)
  })

  test('models within models', () => {
    const inner = mining({ method: 'sum', segments: [segment(always, line(1, 1)), segment(always, line(2, 0, 3))] })
    const pmml = file(
      mining({ method: 'selectFirst', segments: [segment(when('p'), inner), segment(always, line(0, 9))] }),
    )
    expect(both(pmml, { a: '1', b: '2', g: 'p' })).toBeCloseTo(10, 9)
    expect(both(pmml, { a: '1', b: '2', g: 'q' })).toBeCloseTo(9, 9)
  })
})

describe('chains', () => {
  const output = (name: string, rest = 'feature="predictedValue"', inside = ''): string =>
    `<Output><OutputField name="${name}" optype="continuous" dataType="double" ${rest}>${inside}</OutputField></Output>`
  const schema = `${fields('a b g')}<MiningField name="c" usageType="target"/>`
  const last = (predictors: string, rest = '', method = 'logit'): string =>
    `<RegressionModel functionName="classification" normalizationMethod="${method}"><MiningSchema>${fields('a')}<MiningField name="c" usageType="target"/></MiningSchema>${rest}
<RegressionTable targetCategory="yes" intercept="-0.5">${predictors}</RegressionTable><RegressionTable targetCategory="no" intercept="0"/></RegressionModel>`
  const chained = (first: string, second: string): string =>
    file(
      mining({
        method: 'modelChain',
        function: 'classification',
        schema,
        segments: [segment(always, first), segment(always, second)],
      }),
    )
  const s = '<NumericPredictor name="s" coefficient="0.25"/>'

  test('a linear predictor in another', () => {
    const pmml = chained(line(1, 2, -1, '', '', output('s')), last(`${s}<NumericPredictor name="a" coefficient="1"/>`))
    expect(both(pmml, { a: '2', b: '1', g: 'p' })).toBeCloseTo(sigma(-0.5 + 1 + 2), 9)
    expect(readPmml(pmml).model.derived).toBeUndefined()
  })

  test('a line of it, in the Output or in the model after it', () => {
    const scaled = '<Apply function="*"><Constant>2</Constant><FieldRef field="s"/></Apply>'
    const two = `<Output><OutputField name="s" optype="continuous" dataType="double" feature="predictedValue"/><OutputField name="t" optype="continuous" dataType="double" feature="transformedValue">${scaled}</OutputField></Output>`
    const t = '<NumericPredictor name="t" coefficient="0.25"/>'
    expect(both(chained(line(1, 2, -1, '', '', two), last(t)), { a: '2', b: '1', g: 'p' })).toBeCloseTo(sigma(1.5), 9)
    const own = `<LocalTransformations><DerivedField name="t" optype="continuous" dataType="double">${scaled}</DerivedField></LocalTransformations>`
    expect(both(chained(line(1, 2, -1, '', '', output('s')), last(t, own)), { a: '2', b: '1', g: 'p' })).toBeCloseTo(
      sigma(1.5),
      9,
    )
  })

  test('one logistic model per category', () => {
    const members = ['yes', 'no'].map((name, i) =>
      segment(always, line(i, 1 - i, i, '', 'normalizationMethod="logit"', output(`p ${name}`))),
    )
    const tables = ['yes', 'no'].map(
      (name) =>
        `<RegressionTable targetCategory="${name}" intercept="0"><NumericPredictor name="p ${name}" coefficient="1"/></RegressionTable>`,
    )
    const shares = `<RegressionModel functionName="classification" normalizationMethod="simplemax"><MiningSchema>${fields('a')}<MiningField name="c" usageType="target"/></MiningSchema>${tables.join('')}</RegressionModel>`
    const pmml = file(
      mining({
        method: 'modelChain',
        function: 'classification',
        schema,
        segments: [...members, segment(always, shares)],
      }),
    )
    const [yes, no] = [sigma(2), sigma(1 + 3)]
    expect(both(pmml, { a: '2', b: '3', g: 'p' })).toBeCloseTo(yes / (yes + no), 9)
    expect(readPmml(pmml).model.responses).toEqual(['yes', 'no'])
  })

  test.each<[string, string, string]>([
    [
      'a probability as a term',
      chained(line(1, 2, -1, '', 'normalizationMethod="logit"', output('s')), last(s)),
      'used otherwise than as a term',
    ],
    [
      'a square of a result',
      chained(line(1, 2, -1, '', '', output('s')), last('<NumericPredictor name="s" exponent="2" coefficient="1"/>')),
      'used otherwise than as a term',
    ],
    [
      'a chain under a condition',
      file(mining({ method: 'modelChain', segments: [segment(when('p'), line(1, 2))] })),
      'counts only under a condition',
    ],
  ])('%s is refused', (_, pmml, words) => refused(pmml, words))
})

function refused(pmml: string, words: string): void {
  expect(() => readPmml(pmml)).toThrow(expect.toSatisfy((error) => sentenceOf(error).includes(words)))
}

describe('what is not linear is refused', () => {
  const two = [segment(always, line(1, 2)), segment(always, line(2, 3))]
  test.each<[string, string, string]>([
    ['a vote', file(mining({ method: 'majorityVote', segments: two })), 'is not linear in them'],
    ['a median', file(mining({ method: 'median', segments: two })), 'is not linear in them'],
    [
      'an average of probabilities',
      file(mining({ method: 'average', segments: [segment(always, logistic('yes', 1, 2)), ...two] })),
      'no linear predictor',
    ],
    [
      'models of several links',
      file(
        mining({
          method: 'selectFirst',
          segments: [segment(when('p'), line(1, 2, 0, '', 'normalizationMethod="exp"')), ...two],
        }),
      ),
      'different links',
    ],
    [
      'weights that add up to nothing',
      file(mining({ method: 'weightedAverage', segments: [segment(always, line(1, 2), 0)] })),
      'add up to 0',
    ],
    [
      'a tree in a segment',
      file(mining({ method: 'sum', segments: [segment(always, '<TreeModel functionName="regression"/>')] })),
      'Fit a linear model',
    ],
    [
      'a treatment of its own',
      file(
        mining({
          method: 'sum',
          segments: [segment(always, line(1, 2).replace('name="a"/>', 'name="a" missingValueReplacement="3"/>'))],
        }),
      ),
      'in another in the model round it',
    ],
  ])('%s', (_, pmml, words) => refused(pmml, words))
})
