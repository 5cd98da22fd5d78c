import { optionalText, requiredNumber, requiredText } from './attributes.ts'
import type { Head, ModelDraft } from './heads.ts'
import type { ParameterTables } from './parameters.ts'
import { refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** More times than this would be more columns than anyone reads. */
const mostTimes = 100

/**
 * Cox regression: hazard ratios against the reference point, and survival at the times of the baseline cumulative
 * hazard, S(t) = exp(−H0(t)·exp(η)).
 */
export function coxRegression(model: XmlElement, tables: ParameterTables, head: Head, scope: Scope): ModelDraft {
  for (const cell of tables.betas.get(undefined) ?? []) {
    head.intercept -=
      requiredNumber(cell, 'beta') * (tables.referencePoints.get(requiredText(cell, 'parameterName')) ?? 0)
  }
  const baseline = childOf(model, 'BaseCumHazardTables')
  const strata = optionalText(model, 'baselineStrataVariable')
  if (baseline === undefined || strata !== undefined || childrenOf(baseline, 'BaselineCell').length === 0) {
    if (strata !== undefined || (baseline && childrenOf(baseline, 'BaselineStratum').length > 0))
      scope.notes.add('baselineStrata')
    else scope.notes.add('baselineAbsent')
    return { heads: [head], link: 'log' }
  }
  const points = childrenOf(baseline, 'BaselineCell').map((cell) => {
    const hazard = requiredNumber(cell, 'cumHazard')
    if (hazard < 0) refuseAt('model/invalid', cell, 'belowZero', { what: 'hazard' })
    return [requiredNumber(cell, 'time'), hazard] as const
  })
  points.sort(([a], [b]) => a - b)
  for (const [i, [time, hazard]] of points.entries()) {
    const before = points[i - 1]
    if (before !== undefined && (before[0] === time || before[1] > hazard))
      refuseAt('model/invalid', baseline, 'hazardFalls')
  }
  const step = (points.length - 1) / (mostTimes - 1)
  const shown =
    points.length <= mostTimes
      ? points
      : Array.from({ length: mostTimes }, (_, i) => points[Math.round(i * step)] as readonly [number, number])
  scope.notes.add('baselinePublic', { shown: shown.length, count: points.length })
  return {
    heads: [head],
    link: { survival: { baseline: shown } },
    responses: ['hazard_ratio', ...shown.map(([time]) => `survival_${time}`)],
  }
}
