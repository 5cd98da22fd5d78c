import { add, type DoubleDouble, divide, multiply } from '../core/number/doubleDouble.ts'
import { judgedBySums } from '../stats/bySums.ts'
import { exactSum } from '../stats/exactSums.ts'
import { type CanonicalName, usualLink } from '../stats/families.ts'
import { fitModel } from '../stats/fit.ts'
import { inTwoDoubles } from '../stats/rounded.ts'
import { type Summary, summarise } from '../stats/summary.ts'
import { type Design, outcomeScale } from './design.ts'
import { gramWithin, shownOf } from './fitted.ts'
import { type StudyFile, sumFamily } from './studyFile.ts'

/** A fit of records that are here to outcomes that are not: all that is known of those is X'y. */
export interface SumsOfOutcomes {
  /** X'y, the intercept's first, of what the other side multiplied by. */
  readonly sums: readonly bigint[]
  /** The probability with which an outcome of 0 or 1 was turned. */
  readonly turned: number
  /** Σ y² in whole steps, where it was said. */
  readonly squares: bigint | null
}

/** `columns` are those of the design, that of ones first. */
export function fitElsewhere(
  study: StudyFile,
  design: Design,
  columns: readonly Float64Array[],
  { sums, turned, squares }: SumsOfOutcomes,
): Summary {
  const family = sumFamily(study)
  const share = 1 - 2 * turned
  // What a turned outcome is on average is taken away again: E y~ = f + (1 − 2f)·y.
  const totals = columns.map((column, j): DoubleDouble => {
    const told = inTwoDoubles(sums[j] as bigint)
    if (turned === 0) return told
    const turnedPart = multiply(inTwoDoubles(exactSum(column)), [-turned, 0])
    return divide(add(told, turnedPart), [share, 0])
  })
  const noise = (turned * (1 - turned)) / share ** 2
  const exact = turned === 0 && squares !== null ? { totals: sums, squares } : undefined
  const fit = fitModel({ family, columns, totals, exact, noise })
  const scale = outcomeScale(study)
  const judged = judgedBySums(fit, {
    family,
    total: totals[0] as DoubleDouble,
    saturated: saturatedBy(family, turned, squares),
    constant: family === 'binomial' && turned === 0 ? 0 : null,
    ...scale,
  })
  const shown = shownOf(design, fit, gramWithin(columns))
  return summarise(fit, design.inputs, scale, { family, link: usualLink(family), warnings: [] }, judged, shown)
}

/** The likelihood of means that are the outcomes: 0 for outcomes of 0 and 1 as they are, Σ y²/2 for a gaussian's. */
function saturatedBy(family: CanonicalName, turned: number, squares: bigint | null): DoubleDouble | null {
  if (family === 'binomial') return turned === 0 ? [0, 0] : null
  if (family !== 'gaussian' || squares === null) return null
  return multiply(inTwoDoubles(squares), [0.5, 0])
}
