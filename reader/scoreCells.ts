import type { Card } from '../core/card/card.ts'
import { digitsOf } from '../core/card/digits.ts'
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

/** A record's scores as cells, and as the numbers that these say. */
export interface Scored {
  /** Those of {@link scoreColumns}. */
  readonly cells: readonly (number | string)[]
  readonly responses: readonly number[]
}

/** What makes a record's cells of its linear predictors, one per head, with the digits that the tolerance promises. */
export function scoreCells(card: Card): (predictors: readonly number[]) => Scored {
  const { outputs, reasons } = headRoles(card)
  const rounded = digitsOf(card)
  return (predictors) => {
    const written = rounded(predictors)
    const of = (heads: readonly number[]) => heads.map((h) => written.predictors[h] as number)
    // What is decided by all digits stays so.
    const label = card.label ? [labelOf(card, responses(card, predictors))] : []
    return { cells: [...of(outputs), ...written.responses, ...label, ...of(reasons)], responses: written.responses }
  }
}

/** What wrote a record's scores, as a cell: the model and its version. */
export function scoredBy({ id, version }: Card): string {
  return `${id} ${version}`
}
