import type { CardBody, VerificationRecord } from './card.ts'
import { responses } from './outcome.ts'

/** In what a record's linear predictors are not what a verification record states. */
export type Unmet =
  | { readonly what: 'label' | 'labelName' }
  | { readonly what: 'predictor' | 'response'; readonly name: string }
  | { readonly what: 'predictorCount' | 'responseCount'; readonly count: number }

/** Holds the predictors that came out for a verification record against what it states. Null: they are that. */
export function unmetExpectation(
  card: CardBody,
  predictors: readonly number[],
  expected: VerificationRecord,
): Unmet | null {
  return (
    (expected.predictors && unmetPredictors(card, predictors, expected.predictors)) ??
    (expected.responses && unmetResponses(card, predictors, expected.responses, expected)) ??
    (expected.label === undefined ? null : unmetLabel(card, predictors, expected.label))
  )
}

function unmetPredictors(
  { heads, tolerance }: CardBody,
  predictors: readonly number[],
  stated: readonly number[],
): Unmet | null {
  if (stated.length !== heads.length) return { what: 'predictorCount', count: heads.length }
  const h = predictors.findIndex((predictor, h) => {
    // The file's own figure was computed in double precision, whose rounding is allowed for.
    const allowed = tolerance + 1e-12 * Math.abs(predictor)
    return !(Math.abs(predictor - (stated[h] as number)) <= allowed)
  })
  return h < 0 ? null : { what: 'predictor', name: heads[h]?.name ?? '' }
}

/** How far a response may be from its value at the exact predictors: joint links move by at most twice as much. */
function spareOf({ link, tolerance }: CardBody): number {
  const joint = ['softmax', 'normalised', 'argmax'].some((name) => name === link)
  return joint || (typeof link === 'object' && 'cumulative' in link) ? 2 * tolerance : 0
}

function unmetResponses(
  card: CardBody,
  predictors: readonly number[],
  stated: readonly (number | null)[],
  { precision = 1e-9, zeroThreshold = 0 }: VerificationRecord,
): Unmet | null {
  if (stated.length !== card.responses.length) return { what: 'responseCount', count: card.responses.length }
  const spare = spareOf(card)
  // Every other link moves a response monotonically with its own predictor.
  const shifted = (by: number): number[] =>
    responses(
      card,
      predictors.map((predictor) => predictor + by),
    )
  const [low, high] = spare > 0 ? [shifted(0), shifted(0)] : [shifted(-card.tolerance), shifted(card.tolerance)]
  const r = stated.findIndex((response, r) => {
    if (response === null) return false
    const [a, b] = [low[r] as number, high[r] as number]
    const room = spare + Math.max(zeroThreshold, precision * Math.max(Math.abs(a), Math.abs(b), Math.abs(response)))
    return !(response >= Math.min(a, b) - room && response <= Math.max(a, b) + room)
  })
  return r < 0 ? null : { what: 'response', name: card.responses[r] ?? '' }
}

function unmetLabel(card: CardBody, predictors: readonly number[], label: string): Unmet | null {
  const given = responses(card, predictors)
  const at = card.responses.indexOf(label)
  if (at < 0) return { what: 'labelName' }
  // Responses that are as large as each other, within what the predictors are exact to, leave the label open.
  return (given[at] as number) >= Math.max(...given) - 2 * card.tolerance ? null : { what: 'label' }
}
