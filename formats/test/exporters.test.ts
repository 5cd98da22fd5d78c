import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { casesIn, compareCase, readText } from './exporterCases.ts'

/**
 * What the exporters wrote for models fitted with scikit-learn, statsmodels, R and a stand-in for interpret, on records
 * that those models had not seen, against what the libraries themselves say of them.
 */

const folder = fileURLToPath(new URL('fixtures/exporters/', import.meta.url))

describe('a model file that an exporter wrote says what the library says', () => {
  test.each(casesIn(folder))('%s', (name) => {
    const { rows, problems } = compareCase(folder, name)
    expect(rows).toBeGreaterThanOrEqual(4)
    expect(problems).toEqual([])
  })
})

/** Per model that cannot be written, what its refusal must name. */
const refusals: Record<string, RegExp> = {
  boosting: /GradientBoostingRegressor is made of trees.*Use an explainable boosting machine/,
  forest: /RandomForestClassifier is made of trees/,
  layers: /MLPClassifier has hidden layers/,
  kernel: /SVC with kernel='rbf'.*PolynomialFeatures/,
  neighbours: /KNNImputer.*SimpleImputer/,
  quantiles: /QuantileTransformer.*KBinsDiscretizer/,
  'own-function': /FunctionTransformer of "<lambda>"/,
  'text-as-number': /"income" holds texts.*Encode it first/,
  singular: /columns repeat each other/,
  none: /"job" holds None/,
  'offset-unnamed': /offset= or exposure=/,
  'patsy-spline': /The term "cc\(age, df=4\)".*several columns/,
  'patsy-standardised': /"standardize\(age\)".*Write it into a column/,
  'own-call': /"np\.cbrt\(age\)"/,
  mixed: /MixedLM/,
  'r-gam-knots': /a knot at each of 300 values.*bs = "cr"/,
  'r-gam-surface': /te\(age,lwt\).*smooths of one column/,
  'r-poly': /poly\(\) of several columns/,
  'r-glmnet-which': /Say which: s =/,
  'r-strata': /strata/,
  'r-function': /cut\(\) needs its breaks/,
  'r-loess': /loess/,
}

describe('what cannot be a weighted sum is refused, by name', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.refused.txt'))
  test('every refusal is held to words', () => {
    expect(files.map((file) => file.replace('.refused.txt', '')).sort()).toEqual(Object.keys(refusals).sort())
  })
  test.each(Object.entries(refusals))('%s', (name, words) => {
    expect(readText(folder, `${name}.refused.txt`)).toMatch(words)
  })
})
