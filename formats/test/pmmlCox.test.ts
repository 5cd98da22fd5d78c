import { describe, expect, test } from 'vitest'
import { readPmml } from '../pmml/read.ts'
import { active, number, pmml, served, text } from './pmmlFile.ts'

/** Cox regression: which quantity is served under which name. */

const cells = (...points: [number, number][]): string =>
  points.map(([time, hazard]) => `<BaselineCell time="${time}" cumHazard="${hazard}"/>`).join('')

function cox({
  attributes = 'endTimeVariable="time"',
  baseline = '',
  mining = active('x', 'time', 'site'),
  output = '',
}): string {
  return pmml({
    fields: number('x') + number('time') + text('site', 'A', 'B'),
    mining,
    model: 'GeneralRegressionModel',
    head: `functionName="regression" modelType="CoxRegression" ${attributes}`,
    body: `${output}<ParameterList><Parameter name="p" referencePoint="2"/></ParameterList><CovariateList><Predictor name="x"/></CovariateList><PPMatrix><PPCell value="1" predictorName="x" parameterName="p"/></PPMatrix><ParamMatrix><PCell parameterName="p" beta="0.5"/></ParamMatrix><BaseCumHazardTables>${baseline}</BaseCumHazardTables>`,
  })
}
const hazard = '<Output><OutputField name="hazard" feature="predictedValue"/></Output>'
const strata = {
  attributes: 'endTimeVariable="time" baselineStrataVariable="site"',
  baseline: `<BaselineStratum value="A" maxTime="8">${cells([1, 0.1], [5, 0.4])}</BaselineStratum><BaselineStratum value="B" maxTime="6">${cells([2, 0.2], [6, 0.9])}</BaselineStratum>`,
  output: hazard,
}
const ratio = Math.exp(0.5 * (3 - 2))

describe('with strata, the cumulative hazard at the time and in the stratum of the record', () => {
  test.each([
    ['A', '5', 0.4],
    ['A', '4.9', 0.1],
    ['A', '8', 0.4],
    ['B', '5', 0.2],
    ['B', '6', 0.9],
    ['A', '0.5', 0],
  ])('%s at %s', (site, time, baseline) => {
    expect(served(cox(strata), { x: '3', time, site })).toEqual({ hazard: expect.closeTo(baseline * ratio, 6) })
  })

  test('is not known after the last time of the stratum, nor of another', () => {
    expect(served(cox(strata), { x: '3', time: '7', site: 'B' })).toBe('refused')
    expect(served(cox(strata), { x: '3', time: '1', site: 'C' })).toBe('refused')
  })

  test('is a hazard ratio by name where the time is not given', () => {
    const file = cox({ ...strata, mining: active('x', 'site') })
    expect(served(file, { x: '3' })).toEqual({ hazard_ratio: expect.closeTo(ratio, 6) })
  })
})

describe('without strata', () => {
  const baseline = `<BaselineCell time="1" cumHazard="0.1"/><BaselineCell time="4" cumHazard="0.3"/>`

  test('a file that names the predicted value gets the hazard at the time', () => {
    const file = cox({ baseline, output: hazard })
    expect(served(file, { x: '3', time: '2' })).toEqual({ hazard: expect.closeTo(0.1 * ratio, 6) })
    expect(served(file, { x: '3', time: '5' })).toBe('refused')
  })

  test('another gets the hazard ratio and survival at the times of the baseline', () => {
    expect(Object.keys(served(cox({ baseline }), { x: '3', time: '2' }))).toEqual([
      'hazard_ratio',
      'survival_1',
      'survival_4',
    ])
  })

  test('the file’s own name never stands for a ratio', () => {
    expect(readPmml(cox({ output: hazard })).model.responses).toEqual(['hazard_ratio'])
  })
})

test('a score per trial is not called what the file calls its predicted value', () => {
  const file = pmml({
    model: 'GeneralRegressionModel',
    head: 'functionName="regression" modelType="generalizedLinear" linkFunction="logit" trialsValue="10"',
    body: `<Output><OutputField name="events" feature="predictedValue"/></Output><ParameterList><Parameter name="p"/></ParameterList><CovariateList><Predictor name="x"/></CovariateList><PPMatrix><PPCell value="1" predictorName="x" parameterName="p"/></PPMatrix><ParamMatrix><PCell parameterName="p" beta="0.5"/></ParamMatrix>`,
  })
  expect(served(file, { x: '0' })).toEqual({ score_per_trial: expect.closeTo(0.5, 6) })
})
