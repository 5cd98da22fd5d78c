import type { ParameterSet } from '../core/protocol/scheme.ts'
import { layoutOf, schemeOf } from '../core/protocol/schemes.ts'
import { chunkSlots } from './chunks.ts'
import { type RunShape, runSetFor, type SchemeChoice, trafficOf } from './schemeChoice.ts'

/** How long a run takes under a scheme, from what one unit of its work was measured to cost here. */

/** Milliseconds of a thread for a unit of a layout's work where nothing was measured: an eighth. */
export const usualPace = 1 / 8
/** Bytes a millisecond towards the server where nothing was measured: 20 Mbit/s. */
export const usualUplink = 2500

export interface Conditions {
  /** Workers that seal and open side by side. */
  readonly sealers: number
  /** By scheme, milliseconds of one of them for a unit of work. */
  readonly pace: Readonly<Record<string, number>>
  /** Bytes a millisecond. */
  readonly uplink: number
}

/** How much faster what comes down usually is. */
const downlinkShare = 4

/** The threads of a server that nobody has told of. */
const serverThreads = 2

/** Seconds of a run. Its stages go on at once, so it takes as long as the longest of them, and once through one chunk. */
export function estimateRun(set: ParameterSet, shape: RunShape, { sealers, pace, uplink }: Conditions): number {
  const layout = layoutOf(set.id, shape.card)
  const slots = chunkSlots(shape.card, set.id, shape.limits, shape.lanes, shape.records)
  const records = shape.records ?? slots
  const chunks = Math.ceil(records / slots)
  const each = Math.min(slots, records)
  const own = pace[set.scheme] ?? usualPace
  const scheme = schemeOf(set)
  const sealed = (layout.sealingWork(each) + layout.openingWork(each)) * own
  const scored =
    (layout.checkingWork(each) + layout.scoringWork(each) + maskWork(set, layout.scoringItems(each))) * usualPace
  const { up, down } = trafficOf(set.id, shape)
  const key = scheme.keyPerRun ? scheme.publicKeyBytes(set) : 0
  const stages = [
    (sealed * chunks) / Math.min(sealers, chunks),
    (scored * chunks) / Math.min(serverThreads, chunks),
    (up + key) / uplink,
    down / (downlinkShare * uplink),
  ]
  return (Math.max(...stages) + (chunks > 1 ? sealed + scored : Math.min(...stages))) / 1000
}

/** Units of work of items that a server makes as it needs them, by table (server/compute/work.ts). */
const maskWork = ({ bits }: ParameterSet, items: number): number => 37 * items * (bits / 3072) ** 3

/** So many seconds are worth a word, and a choice. */
export const worthSeconds = 3

export interface Choice {
  /** The set of the key for a run under the other scheme. */
  readonly set: ParameterSet
  /** Seconds under the key that outlives runs, and under the other. */
  readonly seconds: { readonly lasting: number; readonly ofRun: number }
}

/** What there is to choose, where the model can be scored under both. */
export function choiceFor(
  lasting: ParameterSet,
  served: readonly string[],
  shape: RunShape,
  conditions: Conditions,
): Choice | null {
  const set = runSetFor(shape)
  if (set === null || !served.includes(set.scheme) || !served.includes(lasting.scheme)) return null
  if (schemeOf(lasting).layout(lasting, shape.card) === null) return null
  const seconds = {
    lasting: estimateRun(lasting, shape, conditions),
    ofRun: estimateRun(set, shape, conditions),
  }
  return { set, seconds }
}

/** Whether the other scheme saves enough to be offered. */
export function isWorthwhile({ seconds }: Choice): boolean {
  return seconds.lasting - seconds.ofRun > worthSeconds
}

/** The set that a run takes for what was chosen, or null for the key that outlives runs. */
export function chosenSet(choice: SchemeChoice, offered: Choice | null, served: readonly string[], shape: RunShape) {
  if (choice === 'paillier' && served.includes('paillier')) return null
  if (offered === null) return served.includes('paillier') ? null : runSetFor(shape)
  return choice === 'lattice' || isWorthwhile(offered) ? offered.set : null
}
