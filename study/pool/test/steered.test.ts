import { describe, expect, test } from 'vitest'
import { basisOf } from '../../../stats/exactBasis.ts'
import { gramOf } from '../../../stats/exactSums.ts'
import { fitGlm } from '../../../stats/glm.ts'
import { glmProblem } from '../../fitted.ts'
import { rowsOf, sample, studyNamed } from '../../test/data.ts'
import { scaled, unscaled } from '../numbers.ts'
import { square } from '../opening.ts'
import { partOf } from './owners.ts'
import { fitTogether } from './together.ts'

/** Estimates that one of the owners is steered to, at which sums of all would be those of few. */

describe('an owner answers for no estimate', () => {
  /** Credit's records with their owners, and what the fit asks of each in the clear. */
  const credit = async (owners: number) => {
    const given = studyNamed('credit')
    const file = { ...given, terms: ['Age', 'Income', 'Amount'] }
    const { design, rows } = await rowsOf(file, sample('credit'), 'both')
    const all = glmProblem(file, design, rows)
    const owned = Array.from({ length: owners }, (_, k) => {
      const { columns, outcomes } = glmProblem(
        file,
        design,
        partOf(rows, (i) => i % owners === k),
      )
      return { columns, outcomes }
    })
    return { all, owned }
  }

  // W vanishes for all but who has the person's age and income: 60·((age − a) + 101·(income − i)).
  const picked = (ages: Float64Array, incomes: Float64Array) => {
    const [a, i] = [ages[100] as number, incomes[100] as number]
    return [-60 * (a + 101 * i), 60, 60 * 101, 0]
  }
  // W falls by half with each year of age, from the oldest on: a sum of it has a bit for each.
  const geometric = (ages: Float64Array) => [-Math.LN2 * (Math.max(...ages) + 20), Math.LN2, 0, 0]

  // With Z'WZ of that very step, or with what is known of it from before.
  test.each([
    ['would pick out a person of whom it knows two columns', 4, picked],
    ['would pick out a person of whom it knows two columns', 5, picked],
    ['gives geometric weights, which read out record by record', 4, geometric],
  ] as const)('by which an owner %s, steered there at its step %i', async (_, when, target) => {
    const { all, owned } = await credit(3)
    const kind = { family: 'binomial', link: 'logit' } as const
    const beta = target(all.columns[1] as Float64Array, all.columns[2] as Float64Array)
    const basis = basisOf(gramOf(all.columns), all.outcomes.length)
    const gammaOf = (coefficients: readonly number[]): number[] => {
      const gamma = coefficients.map(() => 0)
      for (let j = coefficients.length - 1; j >= 0; j--) {
        const rest = basis.vectors.reduce(
          (sum, vector, k) => sum - (k > j ? (vector[j] as number) * (gamma[k] as number) : 0),
          coefficients[j] as number,
        )
        gamma[j] = rest / (basis.vectors[j]?.[j] as number)
      }
      return gamma
    }
    const estimate = fitGlm({ ...kind, ...all }).coefficients.map(([high]) => high)
    const away = gammaOf(beta).map((g, j) => g - (gammaOf(estimate)[j] as number))
    let steps = 0
    let information: readonly bigint[][] = []
    const steered = fitTogether(kind, owned, (what, sums, own) => {
      if (what !== 'step' || ++steps < when) {
        if (what === 'step' && sums.length > 4) information = square(sums.slice(0, 10), 4)
        return own
      }
      // Near the optimum the score is next to nothing, and the step is what the owner adds to it.
      const wanted = information.map((row) =>
        row.reduce((sum, cell, k) => sum + unscaled(cell) * (away[k] as number), 0),
      )
      return own.map((value, k) => value + scaled([wanted[k - (own.length - 4)] ?? 0, 0]))
    })
    await expect(steered.fits).rejects.toMatchObject({ code: 'study/steered' })
    // Not even the deviance there.
    expect(steered.asked.at(-1)?.what).toBe('step')
  })

  test('whose weights are one record’s, since its outcome is beyond all others', async () => {
    const { owned } = await credit(3)
    const counts = owned.map(({ columns, outcomes }, k) => ({
      columns,
      outcomes: outcomes.map((y, i) => (k === 0 && i === 0 ? 1e6 : y + 1)),
    }))
    const { fits, asked } = fitTogether({ family: 'poisson', link: 'log' }, counts)
    await expect(fits).rejects.toMatchObject({ code: 'study/steered' })
    expect(asked.map(({ what }) => what)).toEqual(['records', 'design'])
  })
})
