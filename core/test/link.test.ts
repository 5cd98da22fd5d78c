import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { givesProbabilities, type Link, linkProblem, respond, responseNames } from '../card/link.ts'
import { runs } from './dial.ts'

/** Computed with mpmath 1.2 at 40 digits and rounded to a double. */
const known: Partial<Record<Extract<Link, string>, readonly (readonly [number, number])[]>> = {
  identity: [
    [-1.5, -1.5],
    [0, 0],
    [1e300, 1e300],
  ],
  logit: [
    [-800, 0],
    [-745, 5e-324],
    [-700, 9.85967654375977e-305],
    [-100, 3.720075976020836e-44],
    [-30, 9.357622968839299e-14],
    [-5, 0.0066928509242848554],
    [-1, 0.2689414213699951],
    [-1e-10, 0.499999999975],
    [0, 0.5],
    [1e-10, 0.500000000025],
    [1, 0.7310585786300049],
    [5, 0.9933071490757152],
    [30, 0.9999999999999064],
    [800, 1],
  ],
  probit: [
    [-40, 0],
    [-37.5, 4.605353009581955e-308],
    [-8.5, 9.479534822203318e-18],
    [-5, 2.866515718791939e-7],
    [-3.0000001, 0.0013498975884453205],
    [-3, 0.0013498980316300946],
    [-2.9999999, 0.0013498984748150015],
    [-1.96, 0.024997895148220435],
    [-1, 0.15865525393145705],
    [-0.5, 0.3085375387259869],
    [-1e-9, 0.49999999960105773],
    [0, 0.5],
    [1e-9, 0.5000000003989423],
    [0.1, 0.539827837277029],
    [0.5, 0.6914624612740131],
    [1, 0.8413447460685429],
    [1.96, 0.9750021048517795],
    [3, 0.9986501019683699],
    [5, 0.9999997133484281],
    [8, 0.9999999999999993],
    [9, 1],
  ],
  cloglog: [
    [-700, 9.85967654375977e-305],
    [-100, 3.720075976020836e-44],
    [-40, 4.248354255291589e-18],
    [-20, 2.061153620314381e-9],
    [-5, 0.00671529793215851],
    [-1, 0.30779937244465366],
    [0, 0.6321205588285577],
    [1, 0.9340119641546875],
    [2, 0.9993820210106689],
    [3, 0.9999999981078213],
    [10, 1],
  ],
  cauchit: [
    [-1e8, 3.1830988618379066e-9],
    [-1000, 0.0003183097800805589],
    [-5, 0.06283295818900118],
    [-1, 0.25],
    [0, 0.5],
    [0.5, 0.6475836176504333],
    [1, 0.75],
    [5, 0.9371670418109989],
    [1000, 0.9996816902199195],
  ],
  log: [
    [-700, 9.85967654375977e-305],
    [-3.25, 0.03877420783172201],
    [0, 1],
    [1, Math.E],
    [2.5, 12.182493960703473],
    [700, 1.0142320547350045e304],
  ],
  inverse: [
    [-4, -0.25],
    [0.125, 8],
    [3, 0.3333333333333333],
  ],
}

const headwise = Object.keys(known) as Extract<Link, string>[]

describe('responses agree with known values to 15 digits', () => {
  it.each(headwise.flatMap((link) => (known[link] ?? []).map(([eta, response]) => [link, eta, response] as const)))(
    '%s(%d) = %d',
    (link, eta, response) => {
      const got = respond(link, [eta])[0] as number
      // Half a unit in the fifteenth digit; the smallest subnormal for what underflows.
      expect(Math.abs(got - response)).toBeLessThanOrEqual(Math.max(Math.abs(response) * 1e-14, 5e-324))
    },
  )

  it.each([
    [
      [0, 0, 0],
      [1 / 3, 1 / 3, 1 / 3],
    ],
    [
      [1, 2, 3],
      [0.09003057317038046, 0.24472847105479764, 0.6652409557748219],
    ],
    [
      [-1000, 0, 1],
      [0, 0.2689414213699951, 0.7310585786300049],
    ],
    [
      [1000, 1001],
      [0.2689414213699951, 0.7310585786300049],
    ],
    [
      [-2.5, 0.25, 1.75, -7],
      [0.011526161365115983, 0.18029949927226113, 0.8080462952759185, 0.00012804408670429566],
    ],
  ])('softmax(%j)', (etas, expected) => {
    respond('softmax', etas).forEach((response, h) => {
      expect(Math.abs(response - (expected[h] as number))).toBeLessThanOrEqual(1e-15)
    })
  })
})

const finite = fc.double({ min: -1000, max: 1000, noNaN: true })

describe('laws', () => {
  it.each(['logit', 'probit', 'cloglog', 'cauchit'] as const)('%s stays in [0, 1] and never falls', (link) => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const [low, high] = respond(link, [Math.min(a, b), Math.max(a, b)]) as [number, number]
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        // Two evaluations may differ by rounding where the curve is flat.
        expect(low).toBeLessThanOrEqual(high + 4e-16)
      }),
      runs(1000),
    )
  })

  it.each(['logit', 'probit', 'cauchit'] as const)('%s(−η) = 1 − %s(η)', (link) => {
    fc.assert(
      fc.property(finite, (eta) => {
        const [a, b] = respond(link, [eta, -eta]) as [number, number]
        expect(Math.abs(a + b - 1)).toBeLessThanOrEqual(4e-16)
      }),
      runs(1000),
    )
  })

  it('softmax sums to 1 and ignores a common shift', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 12 }), finite, (etas, shift) => {
        const responses = respond('softmax', etas)
        expect(Math.abs(responses.reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(1e-14)
        respond(
          'softmax',
          etas.map((eta) => eta + shift),
        ).forEach((response, h) => {
          expect(Math.abs(response - (responses[h] as number))).toBeLessThanOrEqual(1e-11)
        })
      }),
      runs(500),
    )
  })
})

describe('links with parameters', () => {
  const logistic = (eta: number): number => 1 / (1 + Math.exp(-eta))
  it.each<[string, Link, number[], number[]]>([
    ['a power of 2', { power: 2 }, [9], [3]],
    ['a power of −1', { power: -1 }, [4], [0.25]],
    ['a power of 1/3', { power: 1 / 3 }, [2], [8]],
    ['a power of 0 is the log link', { power: 0 }, [1], [Math.E]],
    ['negative binomial: η = log(μ/(μ + 1/c)) at μ = 3, c = 2', { negativeBinomial: 2 }, [Math.log(6 / 7)], [3]],
    ['odds power: η = ((μ/(1 − μ))^d − 1)/d at μ = 0.8, d = 2', { oddsPower: 2 }, [7.5], [0.8]],
    ['odds power below zero, d = −1: η = 1 − (1 − μ)/μ at μ = 0.8', { oddsPower: -1 }, [0.75], [0.8]],
    ['odds power 0 is the logit link', { oddsPower: 0 }, [0.7], [logistic(0.7)]],
    ['inverse square', 'inverse-square', [0.25], [2]],
    ['log–log', 'loglog', [-Math.log(Math.log(2))], [0.5]],
    ['log of 1 + μ', 'log1p', [Math.log(4)], [3]],
    ['log of 1 + μ, small', 'log1p', [1e-12], [1e-12]],
    ['log complement', 'logc', [Math.log(0.25)], [0.75]],
    ['arg max leaves decision values', 'argmax', [-3, 2], [-3, 2]],
    ['normalised', 'normalised', [0, Math.log(3)], [0.4, 0.6]],
    ['normalised far below zero', 'normalised', [-800, -800 + Math.log(3)], [0.25, 0.75]],
    [
      'cumulative, thresholds',
      { cumulative: 'logit', categories: ['a', 'b', 'c'], thresholds: [-1, 2] },
      [0.5],
      [logistic(-1.5), logistic(1.5) - logistic(-1.5), 1 - logistic(1.5)],
    ],
    [
      'cumulative, one head per threshold',
      { cumulative: 'cauchit', categories: ['a', 'b', 'c'] },
      [0, 1],
      [0.5, 0.25, 0.25],
    ],
    [
      'cumulative, heads out of order: none is negative',
      { cumulative: 'logit', categories: ['a', 'b', 'c'] },
      [1, 0],
      [logistic(1), 0, 0.5],
    ],
    [
      'survival',
      {
        survival: {
          baseline: [
            [1, 0.1],
            [2.5, 0.4],
          ],
        },
      },
      [Math.log(2)],
      [2, Math.exp(-0.2), Math.exp(-0.8)],
    ],
  ])('%s', (_, link, etas, expected) => {
    const got = respond(link, etas)
    expect(got).toHaveLength(expected.length)
    got.forEach((response, r) => {
      expect(response).toBeCloseTo(expected[r] as number, 13)
    })
    expect(
      responseNames(
        link,
        etas.map((_, h) => `h${h}`),
      ),
    ).toHaveLength(expected.length)
  })

  it.each(['logit', 'probit', 'cloglog', 'loglog', 'cauchit'] as const)(
    'cumulative %s gives probabilities that add up to 1',
    (cumulative) => {
      fc.assert(
        fc.property(
          finite,
          fc.uniqueArray(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 6 }),
          (eta, drawn) => {
            const thresholds = [...drawn].sort((a, b) => a - b)
            const link: Link = { cumulative, categories: ['0', ...thresholds.map((_, j) => `${j + 1}`)], thresholds }
            expect(linkProblem(link, 1)).toBeNull()
            expect(givesProbabilities(link)).toBe(true)
            const responses = respond(link, [eta])
            expect(responses.every((p) => p >= 0 && p <= 1)).toBe(true)
            expect(Math.abs(responses.reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(1e-12)
          },
        ),
        runs(200),
      )
    },
  )

  it('survival is named by its times', () => {
    expect(
      responseNames(
        {
          survival: {
            baseline: [
              [1, 0.1],
              [2.5, 0.4],
            ],
          },
        },
        ['eta'],
      ),
    ).toEqual(['hazard_ratio', 'survival_1', 'survival_2.5'])
  })

  it.each<[string, Link, number]>([
    ['softmax of one head', 'softmax', 1],
    ['two heads of a survival link', { survival: { baseline: [] } }, 2],
    [
      'times that fall',
      {
        survival: {
          baseline: [
            [2, 0.1],
            [1, 0.2],
          ],
        },
      },
      1,
    ],
    [
      'a cumulative hazard that falls',
      {
        survival: {
          baseline: [
            [1, 0.2],
            [2, 0.1],
          ],
        },
      },
      1,
    ],
    ['thresholds that fall', { cumulative: 'logit', categories: ['a', 'b', 'c'], thresholds: [1, 0] }, 1],
    ['a threshold too few', { cumulative: 'logit', categories: ['a', 'b', 'c'], thresholds: [1] }, 1],
    ['a head too many', { cumulative: 'logit', categories: ['a', 'b', 'c'] }, 3],
  ])('%s is refused', (_, link, heads) => {
    expect(linkProblem(link, heads)).not.toBeNull()
  })
})
