import { profilesOf } from '../stats/profile.ts'
import { combinationOf, ownRows, type Summary } from '../stats/summary.ts'
import { glmProblem, gramWithin, shownOf, withOnes } from './fitted.ts'
import type { StudyRows } from './terms.ts'

/**
 * A fit with the profile-likelihood interval of each of its coefficients, as R's `confint` has them. They take as many fits as there
 * are ends, and the outcomes one by one. They are those of the optimum, wherever the fit stopped.
 */
export function withProfiles({ study, design, rows }: StudyRows, summary: Summary): Summary {
  const own = summary.columns ?? summary.coefficients
  const kept = own.flatMap(({ estimate }, j) => (estimate === null ? [] : [j]))
  const shown = shownOf(design, { kept }, gramWithin(withOnes(rows)))
  const asked = (shown.length === 0 ? ownRows(design.inputs) : shown).filter((_, j) => kept.includes(j))
  const reaches = profilesOf(
    glmProblem(study, design, rows),
    asked.map((each) => combinationOf(each, design.inputs)),
  )
  const ends = reaches.values()
  const coefficients = summary.coefficients.map((each) => {
    if (each.estimate === null) return each
    const { below = null, above = null } = ends.next().value ?? {}
    const profile: readonly [number | null, number | null] = [
      below === null ? null : each.estimate - below,
      above === null ? null : each.estimate + above,
    ]
    return { ...each, profile }
  })
  return { ...summary, coefficients }
}
