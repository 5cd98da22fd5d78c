import type { Card } from '../core/card/card.ts'
import { headRoles, labelOf, responses } from '../core/card/outcome.ts'
import { mostReasons } from '../core/card/reasons.ts'

/**
 * The names of the columns that scoring adds: one pair where one head scores and there is one response, else one per such
 * head and one per response; then the label and the points of each characteristic, where the card gives them.
 */
export function scoreColumns(card: Card): string[] {
  const { outputs, reasons } = headRoles(card)
  const nameOf = (head: number): string => card.heads[head]?.name ?? ''
  const single = outputs.length === 1 && card.responses.length === 1
  const scores = single
    ? ['linear_predictor', 'score']
    : [...outputs.map((h) => `linear_predictor.${nameOf(h)}`), ...card.responses.map((name) => `score.${name}`)]
  return [...scores, ...(card.label ? ['label'] : []), ...reasons.map((h) => `points.${nameOf(h)}`)]
}

/** The columns of a record's reason codes, after those of {@link scoreColumns}. */
export function reasonColumns(card: Card): string[] {
  return Array.from({ length: mostReasons(card) }, (_, i) => `reason.${i + 1}`)
}

/** The cells of {@link scoreColumns}, from a record's linear predictors, one per head. */
export function scoreCells(card: Card): (predictors: readonly number[]) => (number | string)[] {
  const { outputs, reasons } = headRoles(card)
  return (predictors) => {
    const given = responses(card, [...predictors])
    const of = (heads: readonly number[]) => heads.map((h) => predictors[h] as number)
    return [...of(outputs), ...given, ...(card.label ? [labelOf(card, given)] : []), ...of(reasons)]
  }
}
