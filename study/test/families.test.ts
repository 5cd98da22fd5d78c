import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { respond } from '../../core/card/link.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { families, familyNames } from '../../stats/families.ts'
import { farthest } from '../../stats/test/samples.ts'
import { expectedAndTold, fitHere, modelOf } from '../fitted.ts'
import { sealedLayout } from '../layout.ts'
import { lineOfR } from '../lineOfR.ts'
import { checkedStudy, parseStudy } from '../studyFile.ts'
import { rowsOf, sample, studyNamed } from './data.ts'

/** Studies with other families, links, weights and offsets: what is read, fitted, exported and refused. */

const concrete = studyNamed('concrete')
const cases = JSON.parse(readFileSync(new URL('../../stats/test/fixtures/glm.json', import.meta.url), 'utf8'))
const r = cases.at(-1)

/** ln age to twelve places, finely enough for R's to be the same. */
const trillion = 1e12
const lnAge = {
  name: 'lnAge',
  type: 'number',
  range: [0, 6],
  step: 1e-12,
  expression: {
    op: 'divide',
    args: [
      { op: 'round', args: [{ op: 'multiply', args: [{ op: 'ln', args: [{ column: 'age' }] }, trillion] }] },
      trillion,
    ],
  },
}
const study = checkedStudy({
  ...concrete,
  derived: [lnAge],
  terms: ['cement', 'water'],
  family: 'Gamma',
  link: 'log',
  weights: 'coarse_aggregate',
  offsets: ['lnAge'],
})

describe('a study with a family, a link, weights and an offset', () => {
  const read = rowsOf(study, sample('concrete'), 'both')

  test.each(['r', 'optimum'] as const)('is R’s fit within 1e-11, stopping at: %s', async (stopping) => {
    const { design, rows } = await read
    expect(rows.leftOut).toBe(0)
    const ours = fitHere(study, design, rows, stopping)
    const of = (member: 'estimate' | 'error') => ours.coefficients.map((coefficient) => coefficient[member])
    expect(farthest(of('estimate'), r[stopping].coefficients)).toBeLessThan(1e-11)
    expect(farthest(of('error'), r[stopping].errors)).toBeLessThan(1e-11)
    for (const member of ['deviance', 'nullDeviance', 'aic', 'dispersion'] as const) {
      expect(farthest([ours[member]], [r[stopping][member]]), member).toBeLessThan(1e-11)
    }
  })

  test('has a model with the offset as an input of weight 1, and without what was weighed by', async () => {
    const { design, rows } = await read
    const summary = fitHere(study, design, rows, 'optimum')
    const model = modelOf(study, design, summary)
    expect(model.features.map(({ name }) => name)).toEqual(['cement', 'water', 'age'])
    expect(model.heads[0]?.terms.at(-1)).toEqual({ feature: 'lnAge', weight: 1 })
    expect(model.link).toBe('log')
    expect((await reviewModel(model, sha256)).card.inputs).toHaveLength(3)
    // With a log link and an intercept a Gamma's weighted relative residuals add up to nothing.
    const { expected, told } = expectedAndTold(study, design, rows, summary)
    const off = told.reduce((sum, y, i) => sum + (rows.weights?.[i] as number) * (y / (expected[i] as number) - 1), 0)
    const all = (rows.weights as Float64Array).reduce((sum, w) => sum + w, 0)
    expect(Math.abs(off / all)).toBeLessThan(1e-10)
  })
})

test.each(familyNames)('every link of %s is served as R means it', (family) => {
  for (const link of families[family].links) {
    const means = families.binomial.links.includes(link) ? [0.1, 0.6] : [0.4, 3]
    const outcome =
      families[family].outcomes === 'shares'
        ? { name: 'y', type: 'integer', range: [0, 1] }
        : { name: 'y', type: 'integer', range: [0, 9] }
    const each = checkedStudy({ ...concrete, family, link, outcome })
    const served = modelOf(each, { ...noDesign }, noFit).link
    for (const mean of means) {
      const eta = predictors[link]?.(mean) ?? Number.NaN
      expect(respond(served, [eta])[0]).toBeCloseTo(mean, 12)
    }
  }
})

const noDesign = { inputs: [], offsets: [], weights: null, outcome: null, places: [] } as unknown as Parameters<
  typeof modelOf
>[1]
const noFit = { coefficients: [], records: 0 } as unknown as Parameters<typeof modelOf>[2]
/** As R's `make.link` has them. */
const predictors: Readonly<Record<string, (mean: number) => number>> = {
  identity: (mean) => mean,
  log: Math.log,
  inverse: (mean) => 1 / mean,
  '1/mu^2': (mean) => 1 / mean ** 2,
  sqrt: Math.sqrt,
  logit: (mean) => Math.log(mean / (1 - mean)),
  // qnorm(0.1), qnorm(0.6)
  probit: (mean) => (mean < 0.5 ? -1.2815515655446004 : 0.2533471031357997),
  cloglog: (mean) => Math.log(-Math.log(1 - mean)),
  cauchit: (mean) => Math.tan(Math.PI * (mean - 0.5)),
}

const below = { name: 'below', type: 'number', range: [-1, 1], step: 1 }
const texts = { name: 'texts', type: 'category', levels: ['a', 'b'] }

describe('a study is refused', () => {
  test.each([
    ['a link that its family does not have', { link: 'logit' }, 'studyLink'],
    ['an offset that is no column', { offsets: ['nothing'] }, 'studyTerm'],
    ['weights below 0', { features: [...concrete.features, below], weights: 'below' }, 'studyWeights'],
    ['weights that are texts', { features: [...concrete.features, texts], weights: 'texts' }, 'studyNoNumber'],
    ['an outcome that its family does not have', { family: 'binomial' }, 'studyOutcome'],
  ])('with %s', (_, change, fault) => {
    expect(() => checkedStudy({ ...concrete, ...change })).toThrow(
      expect.objectContaining({ code: 'study/invalid', fault }),
    )
  })

  test.each([{ link: 'log' }, { family: 'Gamma' }, { weights: 'age' }, { offsets: ['age'] }])(
    'where outcomes are elsewhere, with %j',
    (change) => {
      const other = checkedStudy({ ...concrete, ...change })
      expect(() => sealedLayout(other, [1], 1000, 2048)).toThrow(
        expect.objectContaining({ code: 'study/sums', fault: 'studySumsOnly' }),
      )
    },
  )
})

test.each([
  ['quasi(mu^2)', undefined, 'quasi(variance = "mu^2")'],
  ['quasi(mu(1-mu))', 'cauchit', 'quasibinomial(link = "cauchit")'],
  ['quasi(mu(1-mu))', 'sqrt', 'quasi(link = "sqrt", variance = "mu(1-mu)")'],
] as const)('%s with the link %s is R’s %s, of amounts that are not whole', (family, link, theirs) => {
  const outcome = { name: 'share', type: 'number', range: [0, 1], step: 0.001 }
  expect(lineOfR(checkedStudy({ ...concrete, outcome, family, link }))).toContain(`family = ${theirs}, data = `)
  expect(() => checkedStudy({ ...concrete, outcome: { ...outcome, range: [-1, 1] }, family })).toThrow(
    expect.objectContaining({ code: 'study/invalid', fault: 'studyOutcome' }),
  )
})

test('a line of R says all of it', () => {
  const said = checkedStudy({ ...concrete, family: 'Gamma', link: 'log', weights: 'age', offsets: ['water'] })
  expect(lineOfR(said)).toContain(' + offset(water), family = Gamma(link = "log"), weights = age, data = ')
  expect(lineOfR(study)).toBeNull()
  expect(parseStudy(JSON.stringify(said))).toEqual(said)
})
