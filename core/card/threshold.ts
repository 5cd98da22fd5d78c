/** What a person decides by: scores of one response on either side of a threshold, in the person's words. */
export interface Threshold {
  /** Which of the card's responses. */
  readonly response: number
  readonly value: number
  readonly below: string
  readonly atOrAbove: string
}

/** What is decided of a record's scores, one per response. A score that is no number decides nothing. */
export function decided({ response, value, below, atOrAbove }: Threshold, scores: ArrayLike<number>): string {
  const score = scores[response] ?? Number.NaN
  if (Number.isNaN(score)) return ''
  return score >= value ? atOrAbove : below
}
