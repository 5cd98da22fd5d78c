import type { Card } from '../core/card/card.ts'
import { type Accuracy, accuracyOf } from '../stats/accuracy.ts'
import { brierScore, type Confusion, confusionAt, type Discrimination, discriminationOf } from '../stats/validation.ts'

/** What a vendor's scores are worth on records whose outcomes stayed here: every figure, as the page, the command and the report show it. */

export type Claim = NonNullable<Card['quality']>

/** Scores and outcomes of the same records. */
export interface ScoredRows {
  readonly scores: Float64Array<ArrayBuffer>
  /** 1 for the event and 0 for all else, or amounts. */
  readonly outcomes: Float64Array<ArrayBuffer>
  /** Of how many trials an outcome is the share of events, where records stand for several. */
  readonly trials?: Float64Array | undefined
}

export interface Figures {
  readonly discrimination: Discrimination | null
  readonly confusion: Confusion | null
  /** Only of scores that may be probabilities. */
  readonly brier: number | null
  readonly accuracy: Accuracy | null
}

export interface Validation extends Figures {
  /** The columns' names, and the outcome that counts as an event; null where outcomes are amounts. */
  readonly score: string
  readonly outcome: string
  readonly event: string | null
  /** What the model's vendor says of it. */
  readonly claim: Claim | null
  /** Rows that had no score or no outcome. */
  readonly leftOut: number
  /** What was compared, for a report. */
  readonly file: string | null
  readonly model: string | null
}

/** So many corners of a curve are drawn. */
const mostCorners = 400

/** Throws `study/fit` where all outcomes are the same. */
export function figuresOf({ scores, outcomes, trials }: ScoredRows, events: boolean, threshold: number): Figures {
  if (!events) return { discrimination: null, confusion: null, brier: null, accuracy: accuracyOf(scores, outcomes) }
  const discrimination = discriminationOf(scores, outcomes, trials)
  return {
    discrimination: { ...discrimination, roc: thinned(discrimination.roc) },
    confusion: confusionAt(threshold, scores, outcomes, trials),
    brier: areProbabilities(scores) ? brierScore(scores, outcomes, trials) : null,
    accuracy: null,
  }
}

/** Only what is between 0 and 1 can be a probability. */
const areProbabilities = (scores: Float64Array): boolean => scores.every((score) => score >= 0 && score <= 1)

/** A curve with the corners that an eye can tell apart, its ends among them. */
function thinned(corners: Discrimination['roc']): Discrimination['roc'] {
  let [x, y] = corners[0] ?? [0, 0]
  return corners.filter(([right, up], i) => {
    const apart = right - x + (up - y) >= 2 / mostCorners
    if (i > 0 && i < corners.length - 1 && !apart) return false
    x = right
    y = up
    return true
  })
}

/** A figure here that is of the same kind as the vendor's. */
export interface OwnFigure {
  readonly value: number
  readonly interval: readonly [number, number] | null
}

const areas = /^(roc[ _-]?)?auc([ _-]?roc)?$|^area under (the )?(roc )?curve$|^c([ _-]?statistic|[ _-]?index)$/i
const ginis = /^gini\b|^somers/i
const squaredCorrelations = /^squared correlation$/i
const determinations = /^(r2|r²|r\^2|r[ _-]?squared|coefficient of determination)$/i

/** Null where the vendor says nothing that there is a figure for. */
export function ownFigure(
  { metric }: Claim,
  { discrimination, accuracy }: Pick<Figures, 'discrimination' | 'accuracy'>,
): OwnFigure | null {
  const name = metric.trim()
  if (discrimination && areas.test(name)) return { value: discrimination.auc, interval: discrimination.interval }
  if (discrimination && ginis.test(name)) {
    const { auc, interval } = discrimination
    return { value: 2 * auc - 1, interval: interval && [2 * interval[0] - 1, 2 * interval[1] - 1] }
  }
  if (accuracy && squaredCorrelations.test(name)) return { value: accuracy.squaredCorrelation, interval: null }
  if (accuracy && determinations.test(name)) return { value: accuracy.r2, interval: null }
  return null
}
