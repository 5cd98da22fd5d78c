import { describe, expect, test } from 'vitest'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import type { Summary } from '../../stats/summary.ts'
import { fitHere, modelOf } from '../fitted.ts'
import { checkedStudy } from '../studyFile.ts'
import { fits, rowsOf, sample, studyNamed } from './data.ts'

/** Fits of whole samples against R's `glm` (`fixtures/fits.R`). */

const cases = [
  { name: 'credit', file: 'credit', what: 'a logistic regression with categories' },
  { name: 'visits', file: 'doctor-visits', what: 'a Poisson regression' },
  { name: 'concrete', file: 'concrete', what: 'a linear regression' },
  { name: 'curve', file: 'concrete', what: 'a cubic, with a column that is a sum of two others' },
]

const largest = (pairs: readonly (readonly [number | null, number | null])[]): number =>
  Math.max(
    ...pairs.map(([ours, theirs]) => {
      if (ours === null || theirs === null) return ours === theirs ? 0 : Number.POSITIVE_INFINITY
      return Math.abs(ours - theirs) / Math.max(Math.abs(theirs), Number.MIN_VALUE)
    }),
  )

describe.each(cases)('$what ($name)', ({ name, file }) => {
  const study = studyNamed(name)
  const read = rowsOf(study, sample(file), 'both')
  const reference = fits[name]
  const fitted = async (stopping: 'optimum' | 'r'): Promise<Summary> => {
    const { design, rows } = await read
    expect(rows.leftOut).toBe(0)
    return fitHere(study, design, rows, stopping)
  }

  test.each(['optimum', 'r'] as const)('is R’s within 1e-11, stopping at: %s', async (stopping) => {
    const ours = await fitted(stopping)
    const r = reference[stopping]
    const against = (member: 'estimate' | 'error' | 'lnP', theirs: readonly (number | null)[]) =>
      largest(ours.coefficients.map((each, j) => [each[member], theirs[j] ?? null]))
    expect(ours.coefficients).toHaveLength(reference.names.length)
    expect(against('estimate', r.coefficients)).toBeLessThan(1e-11)
    expect(against('error', r.errors)).toBeLessThan(1e-11)
    expect(against('lnP', r.lnP)).toBeLessThan(1e-10)
    for (const member of ['deviance', 'nullDeviance', 'aic', 'extractAic'] as const) {
      expect(largest([[ours[member], r[member]]]), member).toBeLessThan(1e-11)
    }
    if (stopping === 'r') expect(ours.rounds).toBe(r.rounds)
  })

  test('is served as it is', async () => {
    const { design } = await read
    const model = modelOf(study, design, await fitted('optimum'))
    const { card } = await reviewModel(model, sha256)
    expect(card.inputs).toHaveLength(design.inputs.length)
  })
})

describe('what cannot be told of a fit is nothing, and no NaN', () => {
  const number = (name: string) => ({ name, type: 'number' as const, range: [0, 9] as const, step: 0.1 })
  const study = checkedStudy({
    format: 'blindscore-study/1',
    id: 'few',
    title: 'Few',
    description: '',
    features: [number('a'), number('b')],
    terms: ['a', 'b'],
    outcome: number('y'),
    family: 'gaussian',
  })
  const fitOf = async (...rows: readonly (readonly number[])[]): Promise<Summary> => {
    const read = await rowsOf(study, new Blob([['a,b,y', ...rows.map(String), ''].join('\n')]), 'both')
    return fitHere(study, read.design, read.rows, 'optimum')
  }
  const said = ({ coefficients, dispersion, aic, extractAic, warnings }: Summary) => [
    coefficients.map(({ error, statistic, lnP }) => [error, statistic, lnP]),
    [dispersion, aic, extractAic, warnings],
  ]

  test('where as many columns as records leave no dispersion, as R has it', async () => {
    const none = [null, null, null]
    expect(said(await fitOf([1, 3, 2], [4, 1, 5], [2, 2, 7]))).toEqual([
      [none, none, none],
      [null, null, null, []],
    ])
  })

  test('where nothing is left of the outcomes', async () => {
    const exact = [0, null, null]
    expect(said(await fitOf([1, 3, 7], [4, 1, 6], [2, 2, 6], [5, 0, 5]))).toEqual([
      [exact, exact, exact],
      [0, null, null, ['perfect']],
    ])
    expect(said(await fitOf([1, 3, 0.1], [4, 1, 0.1], [2, 2, 0.1], [5, 4, 0.1]))[1]).toEqual([
      0,
      null,
      null,
      ['perfect'],
    ])
  })
})
