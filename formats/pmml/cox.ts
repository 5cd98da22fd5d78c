import { ln } from '../../core/number/elementary.ts'
import { optionalNumber, optionalText, requiredNumber, requiredText } from './attributes.ts'
import { addNumber, asNumber, type Head, type ModelDraft } from './heads.ts'
import { outputFields } from './output.ts'
import type { ParameterTables } from './parameters.ts'
import { compare } from './predicates.ts'
import { refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, grown, missingValue, numberValue, type Typed } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** More times than this would be more columns than anyone reads. */
const mostTimes = 100

/** Below this a hazard is none: the logarithm of nothing is no number. */
const leastHazard = 1e-30

type Points = readonly (readonly [time: number, hazard: number])[]

/**
 * Cox regression: hazard ratios against the reference point, and survival at the times of the baseline cumulative
 * hazard, S(t) = exp(−H0(t)·exp(η)). Where each stratum has a baseline of its own, what the standard predicts: the
 * cumulative hazard at the record's own time, H0(stratum, t)·exp(η) = exp(η + ln H0), whose logarithm is a public column.
 */
export function coxRegression(model: XmlElement, tables: ParameterTables, head: Head, scope: Scope): ModelDraft {
  for (const cell of tables.betas.get(undefined) ?? []) {
    head.intercept -=
      requiredNumber(cell, 'beta') * (tables.referencePoints.get(requiredText(cell, 'parameterName')) ?? 0)
  }
  const baseline = childOf(model, 'BaseCumHazardTables')
  const stratum = optionalText(model, 'baselineStrataVariable')
  const strata = baseline === undefined ? [] : childrenOf(baseline, 'BaselineStratum')
  if (strata.length > 0 || stratum !== undefined) {
    const time = optionalText(model, 'endTimeVariable')
    const known = [stratum, time].every((name) => name !== undefined && scope.isActive(name))
    if (strata.length > 0 && known) return hazard(model, strata, stratum as string, time as string, head, scope)
    scope.notes.add('baselineStrata')
    return { heads: [head], link: 'log', responses: ['hazard_ratio'] }
  }
  if (baseline === undefined || childrenOf(baseline, 'BaselineCell').length === 0) {
    scope.notes.add('baselineAbsent')
    return { heads: [head], link: 'log', responses: ['hazard_ratio'] }
  }
  const time = optionalText(model, 'endTimeVariable')
  // A file that names the predicted value means the hazard at the record's own time.
  if (time !== undefined && scope.isActive(time) && namesPrediction(model)) {
    scope.notes.add('baselineOfStrata', { strata: 1 })
    return hazardOf(head, logHazard(baseline, timeOf(time, model, scope)), model, scope)
  }
  const points = pointsOf(baseline)
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

/** The times and cumulative hazards of a baseline, in order. */
function pointsOf(baseline: XmlElement): Points {
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
  return points
}

function hazard(
  model: XmlElement,
  strata: readonly XmlElement[],
  stratum: string,
  time: string,
  head: Head,
  scope: Scope,
): ModelDraft {
  const of = scope.column(stratum, model)
  const at = timeOf(time, model, scope)
  const baseline = strata.reduceRight((rest: Typed, element) => {
    const here = compare('equal', of, requiredText(element, 'value'), element, scope)
    return apply('if', here, logHazard(element, at), rest)
  }, missingValue('number'))
  scope.notes.add('baselineOfStrata', { strata: strata.length })
  return hazardOf(head, baseline, model, scope)
}

function namesPrediction(model: XmlElement): boolean {
  return outputFields(model, {}).some(
    (field) => (optionalText(field, 'feature') ?? 'predictedValue') === 'predictedValue',
  )
}

function timeOf(time: string, model: XmlElement, scope: Scope): Typed {
  return asNumber(scope.column(time, model), model, scope).typed
}

/** exp(η + ln H0). */
function hazardOf(head: Head, logBaseline: Typed, model: XmlElement, scope: Scope): ModelDraft {
  addNumber(head, scope.columns.derive(model, logBaseline, { hint: 'ln of the baseline hazard' }), 1, model, scope)
  return { heads: [head], link: 'log' }
}

/** ln H0 at a time: that of the last time of the baseline at or before it; missing after the last time that is known. */
function logHazard(baseline: XmlElement, time: Typed): Typed {
  const points = pointsOf(baseline)
  const last = optionalNumber(baseline, 'maxTime') ?? points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY
  const logs = [0, ...points.map(([, hazard]) => hazard)].map((hazard) => String(ln(Math.max(hazard, leastHazard))))
  const edges = points.map(([time]) => time)
  const bin = { op: 'bin', args: [time.expression], edges, closed: 'left', labels: logs } as const
  const value = apply('number', grown(bin, 'text', time.mayMiss, [time]))
  return apply('if', apply('lessOrEqual', time, numberValue(last)), value, missingValue('number'))
}
