import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { farthest } from '../../stats/test/samples.ts'
import { figuresOf } from '../../validation/compare.ts'
import { type Clicked, type ClickedColumn, clickedInR, familiesOf, formulaOf, isCount, studyOf } from '../clicked.ts'
import { expectedAndTold, fitHere, modelOf } from '../fitted.ts'
import { lineOfR } from '../lineOfR.ts'
import { fitPenalised } from '../penalised.ts'
import { readPooled } from '../pool/join.ts'
import { checkedStudy, sumFamily } from '../studyFile.ts'
import { rowsOf } from './data.ts'

/** Successes and failures in two columns, against R (`fixtures/trials.R`); one row has no trial. */

const r = JSON.parse(readFileSync(new URL('./fixtures/trials.json', import.meta.url), 'utf8'))
const csv = (keep = (_: readonly (string | number)[]): boolean => true): Blob =>
  new Blob([['gender,education,agree,disagree', ...r.rows.filter(keep).map(String), ''].join('\n')])

const columns: readonly ClickedColumn[] = [
  { kind: 'category', name: 'gender', levels: ['Female', 'Male'] },
  ...['education', 'agree', 'disagree'].map(
    (name, i): ClickedColumn => ({ kind: 'number', name, min: 0, max: [20, 190, 403][i] as number, places: 0 }),
  ),
]
const clicked: Clicked = {
  outcome: 'agree',
  event: null,
  family: 'binomial',
  link: null,
  weights: null,
  failures: 'disagree',
  offset: null,
  terms: ['gender', 'education'],
  squares: [],
  polynomials: [],
  crossed: [['gender', 'education']],
}
const study = checkedStudy(studyOf(columns, clicked, 'Roles'))

describe.each(r.fits as readonly (typeof r)[])('$family, $link', ({ family, link, ...fits }) => {
  test.each(['r', 'optimum'] as const)('is R’s fit within 1e-11, stopping at: %s', async (stopping) => {
    const said = checkedStudy({ ...study, family, link })
    const { design, rows } = await rowsOf(said, csv(), 'both')
    const ours = fitHere(said, design, rows, stopping)
    const theirs = fits[stopping]
    expect(ours.coefficients.map(({ name }) => name)).toEqual(theirs.names)
    const of = (member: 'estimate' | 'error') => ours.coefficients.map((each) => each[member])
    expect(farthest(of('estimate'), theirs.coefficients)).toBeLessThan(1e-11)
    expect(farthest(of('error'), theirs.errors)).toBeLessThan(1e-11)
    for (const member of ['deviance', 'nullDeviance', 'aic', 'dispersion'] as const)
      expect(farthest([ours[member]], [theirs[member]]), member).toBeLessThan(1e-11)
    expect([ours.freedom, ours.nullFreedom]).toEqual([theirs.freedom, theirs.nullFreedom])
  })
})

test('a fit tells each trial as an event or another record, as R does where each has a row of its own', async () => {
  const { design, rows } = await rowsOf(study, csv(), 'both')
  const { expected, told } = expectedAndTold(study, design, rows, fitHere(study, design, rows, 'optimum'))
  const { discrimination, confusion, brier } = figuresOf(
    { scores: expected, outcomes: told, trials: rows.weights },
    true,
    0.5,
  )
  const total = (place: number): number => r.rows.reduce((sum: number, row: number[]) => sum + (row[place] ?? 0), 0)
  expect([discrimination?.events, discrimination?.records]).toEqual([total(2), total(2) + total(3)])
  expect(farthest([discrimination?.auc as number], [r.auc])).toBeLessThan(1e-12)
  expect(farthest([discrimination?.error as number], [r.error])).toBeLessThan(1e-11)
  expect(farthest([brier], [r.brier])).toBeLessThan(1e-11)
  const { trueNegatives, falseNegatives, falsePositives, truePositives } = confusion ?? {}
  expect([trueNegatives, falseNegatives, falsePositives, truePositives]).toEqual(r.confusion)
})

test('a penalty is glmnet’s, whose matrix has the failures first', async () => {
  const plain = checkedStudy(studyOf(columns, { ...clicked, crossed: [] }, 'Roles'))
  const some = csv(([, , agree, disagree]) => Number(agree) + Number(disagree) > 0)
  const { design, rows } = await rowsOf(plain, some, 'both')
  const fit = fitPenalised(plain, design, rows, { alpha: 0.5, lambda: 0.02, folds: 10, seed: 1 })
  const theirs = [r.glmnet[0], r.glmnet[1], r.glmnet[2]]
  const distance = fit.coefficients.map(({ estimate }, j) => Math.abs(estimate - theirs[j]))
  expect(Math.max(...distance)).toBeLessThan(1e-9)
  const call = { kind: 'glmnet', alpha: 0.5, lambda: 0.02 } as const
  expect(clickedInR(columns, { ...clicked, crossed: [] }, 'f.csv', call)).toContain(
    'cbind(data$disagree, data$agree), family = "binomial"',
  )
  const probit = { ...clicked, link: 'probit' } as const
  expect(clickedInR(columns, probit, 'f.csv', call)).toContain('cbind(data$agree, data$disagree), family = binomial(')
})

test('formula, line of R and model say what is explained', async () => {
  expect(formulaOf(clicked)).toBe('cbind(agree, disagree) ~ gender + education + gender:education')
  expect(lineOfR(study)).toContain(
    'glm(cbind(agree, disagree) ~ gender + education + gender:education, family = binomial',
  )
  const { design, rows } = await rowsOf(study, csv(), 'both')
  const model = modelOf(study, design, fitHere(study, design, rows, 'optimum'))
  expect(model.features.map(({ name }) => name)).toEqual(['gender', 'education'])
})

test('counts are of two families, and no column of others can be one of them', () => {
  const [gender, education] = columns as readonly [ClickedColumn, ClickedColumn]
  expect(familiesOf(education, 'disagree')).toEqual(['binomial', 'quasibinomial'])
  expect([gender, education, { ...education, min: -1 }, { ...education, places: 1 }].map(isCount)).toEqual([
    false,
    true,
    false,
    false,
  ])
})

test.each([
  ['weights beside trials', { weights: 'education' }, 'studyFailures'],
  ['a family of counts', { family: 'poisson' }, 'studyFailures'],
  ['a quasi-family, which R gives no two columns', { family: 'quasi(mu(1-mu))' }, 'studyFailures'],
  ['failures that are texts', { failures: 'gender' }, 'studyNoNumber'],
  ['failures that are nowhere', { failures: 'others' }, 'studyTerm'],
  [
    'successes that are shares',
    { outcome: { ...study.outcome, type: 'number', range: [0, 1], step: 0.1 } },
    'studyFailures',
  ],
  ['successes from 1 on', { outcome: { ...study.outcome, range: [1, 9] } }, 'studyFailures'],
])('%s are refused', (_, change, fault) => {
  expect(() => checkedStudy({ ...study, ...change })).toThrow(expect.objectContaining({ code: 'study/invalid', fault }))
})

test('sums of the other side, or of several owners, are not enough for them', () => {
  expect(() => readPooled(JSON.stringify(study))).toThrow(expect.objectContaining({ code: 'study/pool' }))
  expect(() => sumFamily(study)).toThrow(expect.objectContaining({ code: 'study/sums' }))
})
