import { readFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { columnFacts } from '../../../reader/columnFacts.ts'
import { inspect } from '../../../reader/inspect.ts'
import type { RpcHost } from '../../../rpc/rpcHost.ts'
import { fitFile } from '../../trainer/fitFile.ts'
import type { FitApi } from '../../trainer/worker-fit.ts'
import { coefficientRows, coefficientsCsv, Fitting, isReady } from '../fitting.ts'

/** The worker's functions in this process; R's figures are of study/test/fixtures/fits.R. */

const root = new URL('../../../', import.meta.url)
const fits = JSON.parse(readFileSync(new URL('study/test/fixtures/fits.json', root), 'utf8'))
const api: FitApi = { columns: columnFacts, fit: fitFile }
let ended = false
const host = {
  call: async (use: (remote: FitApi) => unknown, signal?: AbortSignal) => {
    const result = await use(api)
    signal?.throwIfAborted()
    return result
  },
  end: () => {
    ended = true
  },
} as unknown as RpcHost<FitApi>

async function opened(text: string, name = 'own.csv'): Promise<Fitting> {
  const file = new Blob([text])
  const fitting = new Fitting(host, { file, preview: await inspect(file), table: null, said: {} }, name)
  await fitting.look()
  return fitting
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
  const { fitted, busy, error } = fitting.store.getState()
  expect([busy, error]).toEqual([false, null])
  const { names, optimum } = fits.levels
  expect(fitted?.summary.coefficients.map(({ name }) => name)).toEqual(names)
  for (const [j, row] of coefficientRows(fitted?.summary as never).entries()) {
    expect(Math.abs((row.estimate ?? 0) / optimum.coefficients[j] - 1)).toBeLessThan(1e-10)
    const [from, to] = row.interval ?? [0, 0]
    expect(Math.abs((to - from) / (2 * 1.959963984540054 * optimum.errors[j]) - 1)).toBeLessThan(1e-9)
  }
  expect(fitted?.figures.discrimination?.records).toBe(4039)
  expect(JSON.parse(fitted?.model ?? '')).toMatchObject({ format: 'blindscore-model/1', id: 'credit', link: 'logit' })
  expect(fitted?.model).not.toContain('"record"')
  const [head = '', first = ''] = coefficientsCsv(fitted?.summary as never).split('\n')
  expect(head).toBe('term,estimate,std_error,statistic,p,ln_p,lower_95,upper_95')
  expect(Number(first.split(',')[1])).toBe(fitted?.summary.coefficients[0]?.estimate)
  fitting.end()
  expect(ended).toBe(true)
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
  expect(fitting.store.getState().fitted?.figures.accuracy?.records).toBe(4)
})

test('another family begins with its usual link, and what weighs or is explained is one of both', async () => {
  const fitting = await opened('y,x,w,o\n1.5,1,1,0.1\n2.5,2,2,0.2\n1.1,3,1,0.1\n4.2,4,2,0.3\n3.1,5,1,0.2\n')
  fitting.explain('y')
  fitting.take(['x'])
  fitting.change({ family: 'Gamma' })
  fitting.change({ link: 'log', weights: 'w', offset: 'o' })
  await fitting.fit()
  const { fitted } = fitting.store.getState()
  expect(fitted?.summary).toMatchObject({ family: 'Gamma', link: 'log', records: 5, freedom: 3 })
  expect(fitted?.formula).toBe('y ~ x + offset(o)')
  expect(JSON.parse(fitted?.model ?? '').heads[0].terms).toContainEqual({ feature: 'o', weight: 1 })
  fitting.change({ family: 'gaussian' })
  expect(fitting.store.getState().clicked).toMatchObject({ link: null, weights: 'w', offset: 'o' })
  fitting.explain('w')
  expect(fitting.store.getState().clicked).toMatchObject({ weights: null, offset: 'o' })
})
