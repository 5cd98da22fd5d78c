import { describe, expect, test } from 'vitest'
import { readPmml } from '../pmml/read.ts'
import { predict } from './evaluate.ts'
import { active, number, pmml, score, served, text } from './pmmlFile.ts'

/** What the standard says of the models themselves, part by part. */

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

test('naive Bayes: a count of zero under the threshold 0 makes a category impossible', () => {
  const counts = (...n: number[]): string =>
    `<TargetValueCounts>${n.map((count, i) => `<TargetValueCount value="${'ab'[i]}" count="${count}"/>`).join('')}</TargetValueCounts>`
  const file = pmml({
    model: 'NaiveBayesModel',
    head: 'functionName="classification" threshold="0"',
    fields: text('g', 'm', 'f') + text('h', 'u', 'v'),
    mining: active('g', 'h'),
    target: text('y', 'a', 'b'),
    body: `<BayesInputs><BayesInput fieldName="g"><PairCounts value="m">${counts(30, 0)}</PairCounts><PairCounts value="f">${counts(10, 60)}</PairCounts></BayesInput>
      <BayesInput fieldName="h"><PairCounts value="u">${counts(1e-6, 50)}</PairCounts><PairCounts value="v">${counts(40, 10)}</PairCounts></BayesInput></BayesInputs>
      <BayesOutput fieldName="y">${counts(40, 60)}</BayesOutput>`,
  })
  expect(score(file, { g: 'm', h: 'u' })).toBe(1)
  expect(score(file, { g: 'f', h: 'v' })).toBeCloseTo((40 * 0.25) / (40 * 0.25 + 60 / 6), 6)
  expect(readPmml(file).notes.map(({ note }) => note)).toContain('countsOfZero')
})

test('two categories without normalisation: the predictor of the first, and no probability', () => {
  const file = pmml({
    head: 'functionName="classification" normalizationMethod="none"',
    target: text('y', 'a', 'b'),
    body: '<RegressionTable targetCategory="a" intercept="0.5"><NumericPredictor name="x" coefficient="2"/></RegressionTable><RegressionTable targetCategory="b"/>',
  })
  expect(score(file, { x: '-4' })).toBe(-7.5)
  const { model, notes } = readPmml(file)
  expect([model.link, model.responses, model.label]).toEqual(['identity', ['a'], undefined])
  expect(notes.map(({ note }) => note)).toEqual(expect.arrayContaining(['predictorOf']))
  expect(notes.map(({ note }) => note)).not.toContain('probabilityOf')
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

  test('an attribute without a score refuses its records, and only those', () => {
    const attribute = (score: string, predicate: string): string =>
      `<Attribute partialScore="${score}">${predicate}</Attribute>`
    const over = (value: number): string => `<SimplePredicate field="x" operator="greaterThan" value="${value}"/>`
    const file = (first: string, last: string): string =>
      pmml({
        model: 'Scorecard',
        head: 'functionName="regression" useReasonCodes="true" baselineScore="1"',
        body: `<Characteristics><Characteristic name="c" reasonCode="R">${attribute(first, over(9))}${attribute('5', over(0))}${attribute(last, '<True/>')}</Characteristic></Characteristics>`,
      })
    expect(score(file('NaN', '7'), { x: '10' })).toBe('refused')
    expect(score(file('NaN', '7'), { x: '1' })).toBe(5)
    expect(score(file('NaN', '7'), { x: '-1' })).toBe(7)
    expect(score(file('NaN', 'NaN'), { x: '-1' })).toBe('refused')
    expect(served(file('3', 'NaN'), { x: '10' })).toEqual({ score: expect.closeTo(3, 6) })
    expect(served(file('3', 'NaN'), { x: '0' })).toBe('refused')
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
