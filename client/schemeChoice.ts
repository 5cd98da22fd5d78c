import type { Card } from '../core/card/card.ts'
import type { ParameterSet } from '../core/protocol/scheme.ts'
import { layoutOf, schemes } from '../core/protocol/schemes.ts'
import { chunkSlots, type RequestLimits } from './chunks.ts'

/**
 * What there is to choose of schemes: a key that outlives its run has its scheme; for one run, or one sealed file, there is a
 * choice. Which one is taken is decided in `estimate.ts`.
 */

export const schemeChoices = ['paillier', 'lattice', 'auto'] as const
export type SchemeChoice = (typeof schemeChoices)[number]

/** A file, and how a run over it is cut. */
export interface RunShape {
  readonly card: Card
  readonly limits: RequestLimits
  readonly lanes: number
  /** Null where it is not known. */
  readonly records: number | null
}

/** The bytes that a run's chunks take under a set, sent and received; its key is not counted. */
export function trafficOf(set: string, { card, limits, lanes, records }: RunShape): { up: number; down: number } {
  const layout = layoutOf(set, card)
  const slots = chunkSlots(card, set, limits, lanes, records)
  const all = records ?? slots
  const whole = Math.floor(all / slots)
  const rest = all - whole * slots
  const sum = (bytes: (count: number) => number): number => whole * bytes(slots) + (rest > 0 ? bytes(rest) : 0)
  return { up: sum(layout.requestBytes), down: sum(layout.answerBytes) }
}

/** Of the sets that hold the model's records and whose keys are made for one run, the one that takes the fewest bytes; null for none. */
export function runSetFor(shape: RunShape): ParameterSet | null {
  const sets = schemes.filter(({ keyPerRun }) => keyPerRun).flatMap((scheme) => scheme.setsFor(shape.card))
  const total = ({ id }: ParameterSet): number => {
    const { up, down } = trafficOf(id, shape)
    return up + down
  }
  const [first, ...others] = sets
  if (first === undefined) return null
  return others.reduce((best, set) => (total(set) < total(best) ? set : best), first)
}
