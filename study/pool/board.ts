import { fail } from '../faults.ts'
import type { Board } from './messages.ts'

/** Where messages lie, and can be looked at. Nobody needs to trust it: they are signed, and what is in them is under pads. */
export interface Place {
  post(slot: string, text: string): Promise<void>
  /** The messages of all owners in a slot, or null where some are not there yet, after a while that the place knows best. */
  look(slot: string): Promise<readonly string[] | null>
}

/** A board of such a place: an owner may take so long for one message, in milliseconds. */
export function boardOf(place: Place, patience: number): Board {
  return {
    post: (slot, text) => place.post(slot, text),
    async all(slot) {
      const end = performance.now() + patience
      for (;;) {
        const told = await place.look(slot)
        if (told !== null) return told
        if (performance.now() > end) fail('study/missing', 'poolMissing')
      }
    },
  }
}
