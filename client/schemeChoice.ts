import type { Card } from '../core/card/card.ts'
import type { ParameterSet } from '../core/protocol/scheme.ts'
import { layoutOf, schemes } from '../core/protocol/schemes.ts'
import { chunkSlots, type RequestLimits } from './chunks.ts'
import { fail } from './faults.ts'

/** Which scheme a run is sealed under. A key that outlives its run has its scheme; for one run alone there is a choice. */

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

/** What a run sends and gets under a set, its key included. */
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

/** From so many records on `auto` takes the scheme whose keys are made for one run: below, Paillier takes a few seconds too. */
const manyRecords = 2000

/**
 * The set of the key to make for a run, or null for a key that outlives it. `served` are the schemes of the model on the
 * server. `auto` takes Paillier where nothing else can be had; who asks for `lattice` gets it or `key/scheme`.
 */
export function setOfChoice(choice: SchemeChoice, served: readonly string[], shape: RunShape): ParameterSet | null {
  if (choice === 'paillier') return null
  const few = shape.records !== null && shape.records < manyRecords
  if (choice === 'auto' && few && served.includes('paillier')) return null
  const set = runSetFor(shape)
  if (set !== null && served.includes(set.scheme)) return set
  return choice === 'auto' ? null : fail('key/scheme', 'schemeNotHad', { scheme: choice })
}
