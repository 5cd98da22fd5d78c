import type { Repair } from './repairs.ts'

/** The features that have one value for every record: the file has no column for them. */
export function givenValues(repairs: readonly Repair[]): ReadonlyMap<number, string> {
  return new Map(repairs.flatMap((repair) => (repair.kind === 'value' ? [[repair.feature, repair.text] as const] : [])))
}
