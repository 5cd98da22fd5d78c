import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { FamilyName } from '../families.ts'
import { fitGlm, type GlmFit, type GlmProblem, type GlmWarning } from '../glm.ts'
import type { Stopping } from '../irls.ts'
import type { LinkName } from '../links.ts'
import { type Summary, summarise } from '../summary.ts'
import { column, counted, farthest } from './samples.ts'

/** Every family with its links, with weights and offsets, against R's `glm` (`fixtures/glm.R`). */

interface Case {
  readonly data: string
  readonly family: FamilyName
  readonly link: LinkName
  readonly outcome: string
  readonly terms: readonly string[]
  readonly weights: string | null
  readonly offset: string | null
  readonly r: Reference
  readonly optimum: Reference | null
}

interface Reference extends Pick<Summary, 'deviance' | 'nullDeviance' | 'aic' | 'extractAic' | 'dispersion'> {
  readonly coefficients: readonly (number | null)[]
  readonly errors: readonly (number | null)[]
  readonly lnP: readonly (number | null)[]
  readonly freedom: number
  readonly nullFreedom: number
  readonly rounds: number
  readonly warnings: readonly string[]
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('fixtures/glm.json', import.meta.url), 'utf8'))

function fitted({ data, family, link, outcome, terms, weights, offset }: Case, stopping: Stopping) {
  const counts = terms.map((term) => counted(data, term))
  const outcomes = column(data, outcome)
  const problem: GlmProblem = {
    family,
    link,
    columns: [new Float64Array(outcomes.length).fill(1), ...counts.map(({ steps }) => steps)],
    outcomes,
    weights: weights === null ? undefined : column(data, weights),
    offset: offset === null ? undefined : column(data, offset),
  }
  const fit: GlmFit = fitGlm(problem, stopping)
  const scales = counts.map(({ scale }) => scale)
  return summarise(fit, scales, { origin: 0, step: 1 }, { family, link, warnings: fit.warnings }, fit)
}

const said: Readonly<Record<GlmWarning, string>> = {
  notConverged: 'glm.fit: algorithm did not converge',
  boundary: 'glm.fit: algorithm stopped at boundary value',
  extremeProbabilities: 'glm.fit: fitted probabilities numerically 0 or 1 occurred',
  zeroRates: 'glm.fit: fitted rates numerically 0 occurred',
  perfect: 'essentially perfect fit: summary may be unreliable',
}

const told = cases.filter(({ optimum }) => optimum !== null)

describe.each(told)('$family, $link, of $data ($outcome, weights $weights, offset $offset)', (each) => {
  test.each(['r', 'optimum'] as const)('is R’s within 1e-11, stopping at: %s', (stopping) => {
    const ours = fitted(each, stopping)
    const r = each[stopping] as Reference
    const of = (member: 'estimate' | 'error' | 'lnP') => ours.coefficients.map((coefficient) => coefficient[member])
    expect(farthest(of('estimate'), r.coefficients), 'estimates').toBeLessThan(1e-11)
    expect(farthest(of('error'), r.errors), 'errors').toBeLessThan(1e-11)
    expect(farthest(of('lnP'), r.lnP), 'ln p').toBeLessThan(1e-10)
    for (const member of ['dispersion', 'deviance', 'nullDeviance', 'aic', 'extractAic'] as const) {
      expect(farthest([ours[member]], [r[member]]), member).toBeLessThan(1e-11)
    }
    expect([ours.freedom, ours.nullFreedom]).toEqual([r.freedom, r.nullFreedom])
    if (stopping === 'r') expect(ours.rounds).toBe(r.rounds)
    const warned = r.warnings.filter((text) => Object.values(said).includes(text))
    expect(ours.warnings.map((warning) => said[warning]).sort()).toEqual(warned.sort())
  })
})

describe('outcomes that a column tells apart', () => {
  const apart = cases.find(({ outcome }) => outcome === 'apart') as Case

  test('have R’s warnings where R stops, and its deviance', () => {
    const ours = fitted(apart, 'r')
    expect(ours.warnings.map((warning) => said[warning])).toEqual(apart.r.warnings)
    expect(ours.rounds).toBe(apart.r.rounds)
    expect(Math.abs((ours.deviance as number) - (apart.r.deviance as number))).toBeLessThan(1e-12)
  })

  test('have no optimum', () => {
    expect(() => fitted(apart, 'optimum')).toThrow(expect.objectContaining({ fault: 'noFiniteFit' }))
  })
})

describe('outcomes that a family does not have', () => {
  const ones = new Float64Array(3).fill(1)
  const at = (family: FamilyName, link: LinkName, outcomes: readonly number[]) => () =>
    fitGlm({ family, link, columns: [ones], outcomes: Float64Array.from(outcomes) })

  test.each([
    ['Gamma', 'log', [0, 1, 2]],
    ['inverse.gaussian', '1/mu^2', [-1, 1, 2]],
    ['gaussian', 'log', [0, 1, 2]],
    ['gaussian', 'inverse', [0, 1, 2]],
  ] as const)('%s, %s, of %s', (family, link, outcomes) => {
    expect(at(family, link, outcomes)).toThrow(expect.objectContaining({ code: 'study/fit', fault: 'outcomesBeyond' }))
  })
})

test('outcomes that are their means leave nothing', () => {
  const x = Float64Array.from({ length: 30 }, (_, i) => i)
  const columns = [new Float64Array(30).fill(1), x]
  const weights = x.map((v) => 1 + (v % 3))
  const fit = fitGlm({ family: 'gaussian', link: 'identity', columns, outcomes: x.map((v) => 3 + v / 7), weights })
  expect(fit.deviance).toBeLessThan(1e-24)
  expect(fit.coefficients[1]?.[0]).toBeCloseTo(1 / 7, 13)
})
