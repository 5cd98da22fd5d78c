import type { NumberWay } from './numberWays.ts'
import type { Repair } from './repairs.ts'

/** Reads the file's own mark as one of thousands. */
export const thousands: readonly NumberWay[] = ['group-own', 'other-decimal']

/** What a person may say of a column whose mark nothing proves. */
export type MarkWay = 'thousands' | 'decimals'

/** The same as a repair. */
export function markRepair(feature: number, way: MarkWay): Repair {
  return way === 'thousands' ? { feature, kind: 'number', ways: thousands } : { feature, kind: 'decimals' }
}
