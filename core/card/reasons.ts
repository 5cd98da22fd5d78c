import type { Card, CardBody } from './card.ts'
import type { Value } from './evaluate.ts'

/**
 * Reason codes of a scorecard: why a record's score is not higher (or lower). Ranked by points, largest first; equal
 * points in the order of the characteristics. Points below zero give no reason.
 */

/** How many reason codes a record can have: the width of their columns in a scored file. */
export function mostReasons(card: Card | CardBody): number {
  return card.reasons?.characteristics.length ?? 0
}

/** What finds the codes of records, from one record's predictors (all heads) and its columns' values. */
export function reasonFinder(
  card: Card | CardBody,
): (predictors: readonly number[], values: readonly Value[]) => string[] {
  const columns = [...card.features, ...card.derived].map(({ name }) => name)
  const heads = card.heads.map(({ name }) => name)
  const characteristics = (card.reasons?.characteristics ?? []).map(({ head, column, codes }) => ({
    head: heads.indexOf(head),
    column: columns.indexOf(column),
    codeOf: new Map(codes),
  }))
  return (predictors, values) => {
    const points = new Map<string, { points: number; heads: number }>()
    for (const { head, column, codeOf } of characteristics) {
      const code = codeOf.get(String(values[column]))
      if (code === undefined) continue
      const before = points.get(code)
      points.set(code, {
        points: (before?.points ?? 0) + (predictors[head] as number),
        heads: (before?.heads ?? 0) + 1,
      })
    }
    // Each predictor is within the bound of its true value, so sums closer than their bounds count as equal.
    const slack = ({ heads }: { heads: number }): number => heads * card.errorBound
    const ranked: [string, { points: number; heads: number }][] = []
    for (const entry of points) {
      if (entry[1].points < -slack(entry[1])) continue
      let at = ranked.length
      while (at > 0 && entry[1].points > (ranked[at - 1] as typeof entry)[1].points + 2 * slack(entry[1])) at--
      ranked.splice(at, 0, entry)
    }
    return ranked.map(([code]) => code)
  }
}
