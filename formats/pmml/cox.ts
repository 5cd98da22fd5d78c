import { childOf, childrenOf, refuseAt, type XmlElement } from '../xml.ts'
import { optionalText, requiredNumber, requiredText } from './attributes.ts'
import type { Head, ModelDraft } from './heads.ts'
import type { ParameterTables } from './parameters.ts'
import type { Scope } from './scope.ts'

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
      scope.notes.push('The baseline hazard has strata: scores are hazard ratios within a stratum, without survival.')
    else scope.notes.push('The file has no baseline hazard: scores are hazard ratios, without survival.')
    return { heads: [head], link: 'log' }
  }
  const points = childrenOf(baseline, 'BaselineCell').map((cell) => {
    const hazard = requiredNumber(cell, 'cumHazard')
    if (hazard < 0) refuseAt('model/invalid', cell, 'a cumulative hazard below 0.')
    return [requiredNumber(cell, 'time'), hazard] as const
  })
  points.sort(([a], [b]) => a - b)
  for (const [i, [time, hazard]] of points.entries()) {
    const before = points[i - 1]
    if (before !== undefined && (before[0] === time || before[1] > hazard))
      refuseAt('model/invalid', baseline, 'the cumulative hazard has two values at one time, or falls.')
  }
  const step = (points.length - 1) / (mostTimes - 1)
  const shown =
    points.length <= mostTimes
      ? points
      : Array.from({ length: mostTimes }, (_, i) => points[Math.round(i * step)] as readonly [number, number])
  scope.notes.push(
    `The baseline cumulative hazard becomes public: survival is given at ${shown.length} of its ${points.length} times.`,
  )
  return {
    heads: [head],
    link: { survival: { baseline: shown } },
    responses: ['hazard_ratio', ...shown.map(([time]) => `survival_${time}`)],
  }
}
