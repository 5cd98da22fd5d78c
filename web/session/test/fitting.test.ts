import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { coefficientRows, coefficientsCsv, type Fitting, isReady, penalisedCsv, ways } from '../fitting.ts'
import { openedFitting } from './openedFitting.ts'

/** R's figures are of study/test/fixtures/fits.R. */

const root = new URL('../../../', import.meta.url)
const fits = JSON.parse(readFileSync(new URL('study/test/fixtures/fits.json', root), 'utf8'))
let ended = false
const opened = (text: string, name = 'own.csv'): Promise<Fitting> =>
  openedFitting(text, name, () => {
    ended = true
  })

/** What was fitted as R's glm. */
function plainOf(fitting: Fitting) {
  const { fitted } = fitting.store.getState()
  if (fitted?.kind !== 'plain') throw new Error('There is no fit.')
  return fitted
}

const credit = readFileSync(new URL('public/samples/credit.csv', root), 'utf8')
beforeEach(() => {
  ended = false
})

test('a formula of categories, numbers and products is fitted, with R’s figures', async () => {
  const fitting = await opened(credit, 'credit.csv')
  fitting.explain('Status')
  fitting.take(['Home', 'Records', 'Seniority', 'Income'])
  fitting.cross('Home', 'Seniority', true)
  fitting.cross('Home', 'Records', true)
  expect(fitting.ready).toBe(false)
  fitting.change({ event: 'bad' })
  await fitting.fit()
  const { busy, error } = fitting.store.getState()
  expect([busy, error]).toEqual([false, null])
  const fitted = plainOf(fitting)
  const { names, optimum } = fits.levels
  expect(fitted.summary.coefficients.map(({ name }) => name)).toEqual(names)
  for (const [j, row] of coefficientRows(fitted.summary).entries()) {
    expect(Math.abs((row.estimate ?? 0) / optimum.coefficients[j] - 1)).toBeLessThan(1e-10)
    const [from, to] = row.interval ?? [0, 0]
    expect(Math.abs((to - from) / (2 * 1.959963984540054 * optimum.errors[j]) - 1)).toBeLessThan(1e-9)
  }
  expect(fitted.figures.discrimination?.records).toBe(4039)
  expect(JSON.parse(fitted.model)).toMatchObject({ format: 'blindscore-model/1', id: 'credit', link: 'logit' })
  expect(fitted.model).not.toContain('"record"')
  const [head = '', first = ''] = coefficientsCsv(fitted.summary).split('\n')
  expect(head).toBe('term,estimate,std_error,statistic,p,ln_p,lower_95,upper_95')
  expect(Number(first.split(',')[1])).toBe(fitted.summary.coefficients[0]?.estimate)
  fitting.end()
  expect(ended).toBe(true)
})

test('shares are a binomial’s where weights say of how many trials', async () => {
  // R's glm(cbind(dead, n - dead) ~ ldose, binomial(probit), control = list(epsilon = 1e-300, maxit = 100)).
  const dead = [1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 8]
  const rows = dead.map((count, i) => [count / (i < 11 ? 20 : 10), i % 6, i < 11 ? 20 : 10].join())
  const fitting = await opened(`share,ldose,n\n${rows.join('\n')}\n`)
  fitting.explain('share')
  fitting.take(['ldose'])
  expect(fitting.store.getState().clicked?.family).toBe('gaussian')
  fitting.change({ family: 'binomial' })
  fitting.change({ link: 'probit' })
  expect(fitting.ready).toBe(false)
  fitting.change({ weights: 'n' })
  expect(fitting.ready).toBe(true)
  await fitting.fit()
  const { summary, figures, lineOfR } = plainOf(fitting)
  const { deviance, nullDeviance, aic, coefficients } = summary
  const ours = [...coefficients.flatMap(({ estimate, error }) => [estimate, error]), deviance, nullDeviance, aic]
  const theirs = [
    ...[-1.68915257349292, 0.205654843630635, 0.622511418607079, 0.0703084454264335],
    ...[15.1045258411717, 119.863053456548, 48.5649584409336],
  ]
  for (const [j, value] of theirs.entries()) expect(Math.abs((ours[j] as number) / value - 1)).toBeLessThan(1e-11)
  // pROC's of each of the 230 trials as a record.
  expect([figures.discrimination?.records, figures.discrimination?.events]).toEqual([230, 103])
  expect(Math.abs((figures.discrimination?.auc as number) / 0.85738857885482767 - 1)).toBeLessThan(1e-12)
  expect(figures.accuracy).toBeNull()
  expect(lineOfR).toContain('family = binomial(link = "probit"), weights = n, data = ')
})

test('of successes a column counts the failures, which then neither explains nor weighs', async () => {
  const rows = [2, 5, 9, 14, 18].map((dead, i) => [dead, 20 - dead, i, 20].join())
  const fitting = await opened(`dead,alive,dose,n\n${rows.join('\n')}\n`)
  fitting.explain('dead')
  fitting.take(['dose', 'alive'])
  fitting.change({ weights: 'dose', offset: 'alive' })
  fitting.countFailures('alive')
  const counted = { family: 'binomial', failures: 'alive', terms: ['dose'], weights: null, offset: null }
  expect(fitting.store.getState().clicked).toMatchObject(counted)
  expect(fitting.ready).toBe(true)
  await fitting.fit()
  const { formula, lineOfR, figures } = plainOf(fitting)
  expect(formula).toBe('cbind(dead, alive) ~ dose')
  expect(lineOfR).toContain('glm(cbind(dead, alive) ~ dose, family = binomial, data = ')
  expect([figures.discrimination?.records, figures.discrimination?.events]).toEqual([100, 48])
  fitting.countFailures(null)
  expect(fitting.store.getState().clicked).toMatchObject({ family: 'gaussian', failures: null })
  fitting.countFailures('alive')
  fitting.explain('dose')
  expect(fitting.store.getState().clicked?.failures).toBeNull()
})

test('what explains goes with what it is made of, and nothing explains itself', async () => {
  const fitting = await opened(credit)
  fitting.explain('Income')
  fitting.take(['Age', 'Price'])
  fitting.change({ squares: ['Age', 'Price'] })
  fitting.cross('Age', 'Price', true)
  fitting.cross('Price', 'Age', true)
  fitting.cross('Age', 'Age', true)
  expect(fitting.store.getState().clicked?.crossed).toEqual([['Price', 'Age']])
  fitting.bend({ name: 'Price', degree: 3, raw: false })
  fitting.bend({ name: 'Home', degree: 3, raw: false })
  expect(fitting.store.getState().clicked).toMatchObject({
    squares: ['Age'],
    polynomials: [{ name: 'Price', degree: 3, raw: false }],
  })
  fitting.take(['Age'])
  expect(fitting.store.getState().clicked).toMatchObject({ squares: ['Age'], polynomials: [], crossed: [] })
  fitting.explain('Age')
  expect(fitting.store.getState().clicked).toMatchObject({ outcome: 'Age', terms: [], squares: [] })
  expect(isReady(fitting.store.getState())).toBe(false)
})

test('columns that hold nothing to go by, or whose name is another’s, are not offered', async () => {
  const fitting = await opened('a,b,b,same,x\n1,2,3,7,yes\n2,1,4,7,no\n4,4,4,7,no\n')
  expect(fitting.store.getState().columns?.map(({ name }) => name)).toEqual(['a', 'x'])
})

test('why there is no fit is said, and another formula takes it away', async () => {
  const fitting = await opened('y,x\n0,1\n0,2\n1,3\n1,4\n')
  fitting.explain('y')
  fitting.take(['x'])
  await fitting.fit()
  expect(fitting.store.getState()).toMatchObject({ fitted: null, busy: false, error: { code: 'study/fit' } })
  fitting.change({ family: 'gaussian' })
  expect(fitting.store.getState().error).toBeNull()
  await fitting.fit()
  expect(plainOf(fitting).figures.accuracy?.records).toBe(4)
})

test('another family begins with its usual link, and what weighs or is explained is one of both', async () => {
  const fitting = await opened('y,x,w,o\n1.5,1,1,0.1\n2.5,2,2,0.2\n1.1,3,1,0.1\n4.2,4,2,0.3\n3.1,5,1,0.2\n')
  fitting.explain('y')
  fitting.take(['x'])
  fitting.change({ family: 'Gamma' })
  fitting.change({ link: 'log', weights: 'w', offset: 'o' })
  await fitting.fit()
  const fitted = plainOf(fitting)
  expect(fitted.summary).toMatchObject({ family: 'Gamma', link: 'log', records: 5, freedom: 3 })
  expect(fitted.formula).toBe('y ~ x + offset(o)')
  expect(JSON.parse(fitted.model).heads[0].terms).toContainEqual({ feature: 'o', weight: 1 })
  fitting.change({ family: 'gaussian' })
  expect(fitting.store.getState().clicked).toMatchObject({ link: null, weights: 'w', offset: 'o' })
  fitting.explain('w')
  expect(fitting.store.getState().clicked).toMatchObject({ weights: null, offset: 'o' })
})

describe('of the same formula', () => {
  const text = readFileSync(new URL('public/samples/concrete.csv', root), 'utf8')
  const concrete = async (): Promise<Fitting> => {
    const fitting = await opened(text, 'concrete.csv')
    fitting.explain('compressive_strength')
    fitting.take(['cement', 'water', 'age', 'coarse_aggregate'])
    fitting.bend({ name: 'age', degree: 2, raw: true })
    return fitting
  }

  test('each term is in the tables, and the step’s line of R is its own', async () => {
    const fitting = await concrete()
    fitting.go({ ...ways.plain, step: true })
    await fitting.fit()
    const { tables, formula, lineOfR } = plainOf(fitting)
    expect(tables.sequential.map(({ term }) => term)).toContain('poly(age, 2, raw = TRUE)')
    expect(formula.split(' ~ ')[1]?.split(' + ')).toEqual(tables.sequential.slice(1).map(({ term }) => term))
    expect(lineOfR).toContain('model <- step(glm(compressive_strength ~ cement + water + poly(age, 2, raw = TRUE)')
  })

  test('profile-likelihood intervals stand beside Wald’s, in the file and in the line of R', async () => {
    const fitting = await concrete()
    fitting.go({ ...ways.plain, profile: true })
    await fitting.fit()
    const { summary, lineOfR } = plainOf(fitting)
    // Of a linear model both are the same.
    for (const { profile, interval } of coefficientRows(summary)) {
      const [low, high] = interval ?? [0, 0]
      expect(Math.abs((profile?.[0] ?? 0) - low) / (high - low)).toBeLessThan(1e-9)
      expect(Math.abs((profile?.[1] ?? 0) - high) / (high - low)).toBeLessThan(1e-9)
    }
    const [head = '', first = ''] = coefficientsCsv(summary).split('\n')
    expect(head.endsWith(',lower_95,upper_95,profile_lower_95,profile_upper_95')).toBe(true)
    expect(first.split(',').slice(-2).map(Number)).toEqual(summary.coefficients[0]?.profile)
    expect(lineOfR.split('\n').slice(1)).toEqual([
      'model <- glm(compressive_strength ~ cement + water + poly(age, 2, raw = TRUE) + coarse_aggregate, family = gaussian, data = data)',
      'summary(model)',
      'confint(model)',
    ])
  })

  test('a penalty’s λ is said to R, and its model is one', async () => {
    const fitting = await concrete()
    fitting.go({ ...ways.penalised, folds: 3 })
    await fitting.fit()
    const { fitted, error } = fitting.store.getState()
    if (fitted?.kind !== 'penalised') throw error
    const { penalised, lineOfR, model } = fitted
    expect(lineOfR).toContain(`, family = "gaussian", alpha = 1, lambda = ${penalised.lambda}, thresh = 1e-16))`)
    expect(JSON.parse(model).heads[0].terms).toHaveLength(5)
    expect(penalisedCsv(penalised).split('\n')).toHaveLength(8)
    fitting.bend({ name: 'age', degree: 2, raw: false })
    await fitting.fit()
    expect(fitting.store.getState().error).toMatchObject({ code: 'study/invalid', fault: 'studyOrthogonal' })
  })

  test('components are of the columns that explain', async () => {
    const fitting = await concrete()
    fitting.go(ways.components)
    await fitting.fit()
    const { fitted } = fitting.store.getState()
    if (fitted?.kind !== 'components') throw new Error('There are none.')
    expect(fitted.components.components).toHaveLength(5)
    expect(fitted.lineOfR).toContain(
      'prcomp(model.matrix(~ cement + water + poly(age, 2, raw = TRUE) + coarse_aggregate, data)',
    )
  })
})
