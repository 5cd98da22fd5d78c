import type { ParameterSet } from '../core/protocol/scheme.ts'
import { layoutOf, schemeOf } from '../core/protocol/schemes.ts'
import { chunkSlots } from './chunks.ts'
import { fail } from './faults.ts'
import { type RunShape, runSetFor, type SchemeChoice, trafficOf } from './schemeChoice.ts'

/** How long a run takes under a scheme, from what one unit of its work was measured to cost here. */

/** Milliseconds of a thread for a unit of a layout's work where nothing was measured: an eighth. */
export const usualPace = 1 / 8
/** Bytes a millisecond towards the server where nothing was measured: 20 Mbit/s. */
const usualUplink = 2500

export interface Conditions {
  /** Workers that seal and open side by side. */
  readonly sealers: number
  /** By scheme, milliseconds of one of them for a unit of work. */
  readonly pace: Readonly<Record<string, number>>
  /** Bytes a millisecond. */
  readonly uplink: number
}

/** Bytes a millisecond within one machine. */
const localUplink = 50_000

/** Bytes a millisecond towards a server where nothing was measured. */
export function uplinkTo(url: URL): number {
  return isThisMachine(url) ? localUplink : usualUplink
}

/** Whether a server is reached without a network. */
export function isThisMachine({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || hostname.startsWith('127.')
  )
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

/** Records of a stream whose end nobody knows. */
const endless = 1_000_000

/** So many seconds are worth a word, and a choice. */
export const worthSeconds = 3

export interface Choice {
  /** The set of the key for a run under the other scheme. */
  readonly set: ParameterSet
  /** Seconds under the key that outlives runs, and under the other. */
  readonly seconds: { readonly lasting: number; readonly ofRun: number }
}

/** The set of a run's own key, where the server has such a scheme for the model. */
function ownSet(served: readonly string[], shape: RunShape): ParameterSet | null {
  const set = runSetFor(shape)
  return set !== null && served.includes(set.scheme) ? set : null
}

/** Whether the key that outlives runs can be taken at all. */
function canLast(lasting: ParameterSet, served: readonly string[], { card }: RunShape): boolean {
  return served.includes(lasting.scheme) && schemeOf(lasting).layout(lasting, card) !== null
}

/** What there is to choose, where the model can be scored under both. */
export function choiceFor(
  lasting: ParameterSet,
  served: readonly string[],
  shape: RunShape,
  conditions: Conditions,
): Choice | null {
  const set = ownSet(served, shape)
  if (set === null || !canLast(lasting, served, shape)) return null
  const known = { ...shape, records: shape.records ?? endless }
  const seconds = {
    lasting: estimateRun(lasting, known, conditions),
    ofRun: estimateRun(set, known, conditions),
  }
  return { set, seconds }
}

/** Whether the other scheme saves enough to be offered. */
export function isWorthwhile({ seconds }: Choice): boolean {
  return seconds.lasting - seconds.ofRun > worthSeconds
}

/** Whether a run takes the scheme that it has a choice of. */
export function takesOther(choice: SchemeChoice, offered: Choice): boolean {
  return choice === 'lattice' || (choice === 'auto' && isWorthwhile(offered))
}

/** Who asks for a scheme, and what there is. */
export interface Asked {
  readonly choice: SchemeChoice
  /** The schemes of the model on the server. */
  readonly served: readonly string[]
  /** The set of the key that outlives runs, whether it is there or would be made. */
  readonly lasting: ParameterSet
  readonly shape: RunShape
}

/** The set of the key that is made for the run, or null for the key that outlives runs. */
export function chosenSet({ choice, served, lasting, shape }: Asked, offered: Choice | null): ParameterSet | null {
  if (offered !== null) return takesOther(choice, offered) ? offered.set : null
  return canLast(lasting, served, shape) ? null : ownSet(served, shape)
}

/** The same for who has nobody to offer it to, and asks a scheme by name: gets it, or `key/scheme`. */
export function setOfChoice(asked: Asked, conditions: Partial<Conditions> = {}): ParameterSet | null {
  const { choice, served, lasting, shape } = asked
  if (choice === 'paillier') return null
  const under = { sealers: 1, pace: {}, uplink: usualUplink, ...conditions }
  const set = chosenSet(asked, choiceFor(lasting, served, shape, under))
  return set ?? (choice === 'auto' ? null : fail('key/scheme', 'schemeNotHad', { scheme: choice }))
}
