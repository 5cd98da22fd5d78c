import { describe, expect, test } from 'vitest'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import type { Summary } from '../../stats/summary.ts'
import { fitHere, modelOf } from '../fitted.ts'
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
