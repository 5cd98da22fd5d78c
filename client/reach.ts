import { layoutOf } from '../core/protocol/schemes.ts'
import { chunkSlots } from './chunks.ts'
import { reservedSlots } from './planted.ts'
import type { RunShape } from './schemeChoice.ts'
import type { ModelList } from './server.ts'

/** What a server lets a client have scored in an hour, in slots. */
export type Hour = NonNullable<ModelList['budget']>

/** How far an hour's slots reach for a run of so many records. */
export interface Reach {
  /** Slots that the whole run takes. */
  readonly slots: number
  /** Its records that can be scored with what is left, and with a whole hour. */
  readonly now: number
  readonly perHour: number
}

/** A chunk is answered whole or not at all, and is paid for with those of its slots that hold planted records or nothing. */
export function reachOf(
  hour: Pick<Hour, 'left' | 'perHour'>,
  set: string,
  shape: RunShape & { records: number },
): Reach {
  const { card, limits, lanes, records } = shape
  const slots = chunkSlots(card, set, limits, lanes, records)
  const layout = layoutOf(set, card)
  const capacity = slots - reservedSlots(slots)
  const each = layout.answeredSlots(slots)
  const last = records % capacity
  const ofLast = last === 0 ? 0 : layout.answeredSlots(Math.min(slots, last + reservedSlots(slots)))
  const all = Math.floor(records / capacity) * each + ofLast
  const within = (left: number): number =>
    all <= left ? records : Math.min(records, Math.floor(left / each) * capacity)
  return { slots: all, now: within(hour.left), perHour: within(hour.perHour) }
}
