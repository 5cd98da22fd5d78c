import type { Card, CardBody } from './card.ts'
import { respond } from './link.ts'

/** What a record's linear predictors mean: its responses and its label. */

/** The heads that score, and those that hold the points of characteristics for reason codes: indices of the card's. */
export function headRoles({ heads }: Pick<CardBody, 'heads'>): { outputs: number[]; reasons: number[] } {
  const outputs: number[] = []
  const reasons: number[] = []
  for (const [h, { role }] of heads.entries()) (role === undefined ? outputs : reasons).push(h)
  return { outputs, reasons }
}

/** The responses of one record's predictors, by the card's link. Reason heads have no part in them. */
export function responses(card: Card | CardBody, predictors: readonly number[]): number[] {
  return respond(card.link, card.reasons ? predictors.filter((_, h) => card.heads[h]?.role === undefined) : predictors)
}

/** The name of the largest response, the first of those that are as large. */
export function labelOf(card: Card | CardBody, responses: readonly number[]): string {
  let best = 0
  for (let r = 1; r < responses.length; r++) if ((responses[r] as number) > (responses[best] as number)) best = r
  return card.responses[best] ?? ''
}
