import type { CardBody, VerificationRecord } from './card.ts'
import { labelOf, responses } from './outcome.ts'

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
  const ends = spare > 0 ? [shifted(0)] : [shifted(-card.tolerance), shifted(card.tolerance)]
  const own = ownResponses(card)
  const near = own < stated.length ? neighbours(card, predictors) : []
  const r = stated.findIndex((response, r) => {
    if (response === null) return false
    // An output may rise with one predictor and fall with another.
    const around = (r < own ? ends : near).map((given) => given[r] as number)
    const [low, high] = [Math.min(...around), Math.max(...around)]
    const rounding = Math.max(zeroThreshold, precision * Math.max(Math.abs(low), Math.abs(high), Math.abs(response)))
    const room = (r < own ? spare : 0) + rounding
    return !(response >= low - room && response <= high + room)
  })
  return r < 0 ? null : { what: 'response', name: card.responses[r] ?? '' }
}

/** How many of the responses the link gives; the outputs made of them follow. */
function ownResponses({ responses, outputs = [] }: CardBody): number {
  return responses.length - outputs.length
}

/** The responses at the predictors, and where each in turn is off by the tolerance. */
function neighbours(card: CardBody, predictors: readonly number[]): number[][] {
  const off = [-card.tolerance, card.tolerance]
  const moved = predictors.flatMap((_, h) => off.map((by) => predictors.map((eta, i) => (i === h ? eta + by : eta))))
  return [[...predictors], ...moved].map((etas) => responses(card, etas))
}

function unmetLabel(card: CardBody, predictors: readonly number[], label: string): Unmet | null {
  if (card.decision !== undefined) {
    const decided = neighbours(card, predictors).map((near) => labelOf(card, near))
    return decided.includes(label) ? null : { what: 'label' }
  }
  const given = responses(card, predictors).slice(0, ownResponses(card))
  const at = card.responses.indexOf(label)
  if (at < 0 || at >= given.length) return { what: 'labelName' }
  // Responses that are as large as each other, within what the predictors are exact to, leave the label open.
  return (given[at] as number) >= Math.max(...given) - 2 * card.tolerance ? null : { what: 'label' }
}
