import { fail } from '../faults.ts'
import type { Card, CardBody } from './card.ts'
import { compileExpression, type Evaluate } from './evaluate.ts'
import { respond } from './link.ts'

/** What a record's linear predictors mean: its responses and its label. */

/** The heads that score, and those that hold the points of characteristics for reason codes: indices of the card's. */
export function headRoles({ heads }: Pick<CardBody, 'heads'>): { outputs: number[]; reasons: number[] } {
  const outputs: number[] = []
  const reasons: number[] = []
  for (const [h, { role }] of heads.entries()) (role === undefined ? outputs : reasons).push(h)
  return { outputs, reasons }
}

/**
 * The responses of one record's predictors: by the card's link, then its outputs, in which what is missing or a text is no
 * number. Reason heads have no part in them.
 */
export function responses(card: Card | CardBody, predictors: readonly number[]): number[] {
  const given = respond(
    card.link,
    card.reasons ? predictors.filter((_, h) => card.heads[h]?.role === undefined) : predictors,
  )
  if (card.outputs === undefined) return given
  for (const output of lastStepsOf(card).outputs) {
    const value = output(given)
    given.push(typeof value === 'number' ? value : Number.NaN)
  }
  return given
}

/** What is decided of the responses; else the name of the largest that the link gives, the first of those that are as large. */
export function labelOf(card: Card | CardBody, responses: readonly number[]): string {
  if (card.decision !== undefined) {
    const decided = lastStepsOf(card).decision?.(responses)
    return decided === null || decided === undefined ? '' : String(decided)
  }
  const own = responses.length - (card.outputs?.length ?? 0)
  let best = 0
  for (let r = 1; r < own; r++) if ((responses[r] as number) > (responses[best] as number)) best = r
  return card.responses[best] ?? ''
}

/** The last steps of a card, ready for use. Throws `model/invalid` for one that names no response before it. */
export function compileLastSteps({
  responses,
  outputs = [],
  decision,
}: Pick<Card, 'responses' | 'outputs' | 'decision'>): {
  readonly outputs: readonly Evaluate[]
  readonly decision?: Evaluate
} {
  const own = responses.length - outputs.length
  const known = new Map(responses.slice(0, own).map((name, r) => [name, r]))
  const made = outputs.map(({ name, expression }, i) => {
    if (responses[own + i] !== name) fail('model/invalid', 'outputName', { output: name })
    const evaluate = compileExpression(expression, known)
    known.set(name, own + i)
    return evaluate
  })
  return { outputs: made, ...(decision !== undefined && { decision: compileExpression(decision, known) }) }
}

const compiled = new WeakMap<Card | CardBody, ReturnType<typeof compileLastSteps>>()

function lastStepsOf(card: Card | CardBody): ReturnType<typeof compileLastSteps> {
  const steps = compiled.get(card) ?? compileLastSteps(card)
  compiled.set(card, steps)
  return steps
}
