import type { Card } from './card.ts'
import { responses } from './outcome.ts'

/**
 * Scores with the digits that the card's tolerance promises, and one more. What a predictor may be off moves each response by
 * an amount of its own: a rare event's probability keeps its digits, a large amount does not show some that mean nothing.
 */
export interface Digits {
  readonly predictors: readonly number[]
  readonly responses: readonly number[]
}

/** What rounds one record's predictors, one per head, and gives its responses, rounded as well. */
export function digitsOf(card: Card): (predictors: readonly number[]) => Digits {
  // A response that is the predictor itself moves as it does.
  const plain = card.link === 'identity' && card.outputs === undefined && card.reasons === undefined
  const scoring = card.heads.flatMap(({ role }, h) => (role === undefined ? [h] : []))
  return (predictors) => {
    const given = responses(card, predictors)
    const rounded = predictors.map((eta) => roundedTo(eta, card.tolerance))
    if (plain) return { predictors: rounded, responses: given.map((score) => roundedTo(score, card.tolerance)) }
    const spread = new Float64Array(given.length)
    for (const h of scoring) {
      const moved = responses(card, predictors.with(h, (predictors[h] as number) + card.tolerance))
      for (const [r, score] of given.entries()) {
        spread[r] = Math.max(spread[r] as number, Math.abs((moved[r] as number) - score))
      }
    }
    return { predictors: rounded, responses: given.map((score, r) => roundedTo(score, spread[r] as number)) }
  }
}

/** A number without the digits that an amount that it may be off leaves open, but for one. Whole numbers stay. */
export function roundedTo(value: number, off: number): number {
  if (!(off > 0) || !Number.isFinite(off) || !Number.isFinite(value)) return value
  const places = 1 - exponentOf(off)
  // A double of more digits before its point than toFixed takes has nothing to round after it.
  return places > 100 || Math.abs(value) >= 1e21 ? value : Number(value.toFixed(Math.max(0, places))) + 0
}

/** That of the largest power of ten which the amount reaches: from its digits, since logarithms differ between engines. */
function exponentOf(amount: number): number {
  const text = amount.toExponential()
  return Number(text.slice(text.indexOf('e') + 1))
}
