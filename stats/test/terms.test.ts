import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { FamilyName } from '../families.ts'
import type { LinkName } from '../links.ts'
import { lnChiSquareTail, lnFTail } from '../tails.ts'
import { added, anovaOf, dropped, stepByAic, type TermRow, type TermsProblem } from '../terms.ts'
import { tails } from './fixtures/tails.ts'
import { column, contrastsOf, counted, farthest } from './samples.ts'

/** Tables of what each term adds, against R's `anova`, `drop1` and `step` (`fixtures/terms.R`). */

type Numbers = readonly (number | null)[]
type Compared = Readonly<Record<'coefficients' | 'devianceLeft' | 'aic' | 'statistic' | 'lnP', Numbers>>
interface Case {
  readonly data: string
  readonly family: FamilyName
  readonly link: LinkName
  readonly outcome: string
  readonly terms: readonly string[]
  readonly weights: string | null
  readonly anova: Readonly<
    Record<'coefficients' | 'deviance' | 'freedomLeft' | 'devianceLeft' | 'statistic' | 'lnP', Numbers>
  >
  readonly drop1: Compared
  /** To the first two terms. */
  readonly add1: Compared
  readonly step: { readonly terms: readonly string[]; readonly aics: Numbers } | null
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('fixtures/terms.json', import.meta.url), 'utf8'))

function problemOf({ data, family, link, outcome, terms, weights }: Case): TermsProblem {
  const outcomes = column(data, outcome)
  const columns: Float64Array[] = [new Float64Array(outcomes.length).fill(1)]
  const places = terms.map((term) => {
    const contrasts = contrastsOf(data, term)
    return (contrasts.length > 0 ? contrasts : [term]).map((title) => columns.push(counted(data, title).steps) - 1)
  })
  const weighed = weights === null ? undefined : column(data, weights)
  return { problem: { family, link, columns, outcomes, weights: weighed }, terms: places }
}

/** Where nothing is left out, R has no number: the row of the whole model. */
const of = (rows: readonly TermRow[], member: keyof TermRow): Numbers =>
  rows.map((row) => (row.term === null && ['coefficients', 'deviance'].includes(member) ? null : row[member]))

describe.each(cases)('$family, $link, of $data ($terms)', (each) => {
  const problem = problemOf(each)

  test('is R’s anova within 1e-11', () => {
    const rows = anovaOf(problem, 'r')
    for (const member of ['coefficients', 'freedomLeft', 'devianceLeft', 'deviance', 'statistic'] as const) {
      // A difference of deviances has the digits that those leave.
      const most = member === 'deviance' || member === 'statistic' ? 1e-10 : 1e-11
      expect(farthest(of(rows, member).map(tiny), each.anova[member].map(tiny)), member).toBeLessThan(most)
    }
    expect(farthest(of(rows, 'lnP'), each.anova.lnP), 'ln p').toBeLessThan(1e-10)
  })

  test.each(['drop1', 'add1'] as const)('is R’s %s within 1e-11', (table) => {
    const rows = table === 'drop1' ? dropped(problem, 'r') : added(problem, [0, 1], 'r')
    for (const member of ['coefficients', 'devianceLeft', 'aic', 'statistic', 'lnP'] as const) {
      const most = member === 'statistic' || member === 'lnP' ? 1e-10 : 1e-11
      expect(farthest(of(rows, member).map(tiny), each[table][member].map(tiny)), member).toBeLessThan(most)
    }
  })

  test.runIf(each.step !== null)('goes R’s steps', () => {
    const { terms, aics } = stepByAic(problem, 'r')
    expect(terms.map((term) => each.terms[term])).toEqual(each.step?.terms)
    expect(farthest(aics, each.step?.aics as Numbers)).toBeLessThan(1e-11)
  })
})

test('a step to a model that is no better after all ends there, as R’s does', () => {
  // step(glm(stack.loss ~ ., Gamma, stackloss)): of 118.258 to 118.337, which by the whole model's dispersion was less.
  const stackloss = [
    [80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70],
    [27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20],
    [89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91],
  ].map((values) => Float64Array.from(values))
  const loss = [42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15]
  const columns = [new Float64Array(21).fill(1), ...stackloss]
  const problem = { family: 'Gamma', link: 'inverse', columns, outcomes: Float64Array.from(loss) } as const
  const { terms, aics } = stepByAic({ problem, terms: [[1], [2], [3]] }, 'r')
  expect(terms).toEqual([0, 1])
  expect(farthest(aics, [118.257739519681])).toBeLessThan(1e-13)
})

/** The deviance of a term without a coefficient is what rounding left of it, on both sides. */
const tiny = (value: number | null): number | null =>
  value !== null && Math.abs(value) < 1e-9 && value > 0 ? 0 : value

describe('tails', () => {
  test.each(tails.chi)('of χ² at %s with %s degrees of freedom', (x, k, theirs) => {
    expect(Math.abs(lnChiSquareTail(x, k) - theirs)).toBeLessThanOrEqual(1e-14 + 1e-12 * Math.abs(theirs))
  })
  test.each(tails.f)('of F at %s with %s and %s', (x, d, freedom, theirs) => {
    expect(Math.abs(lnFTail(x, d, freedom) - theirs)).toBeLessThanOrEqual(1e-14 + 1e-12 * Math.abs(theirs))
  })
})
