import type { NoFacts } from '../core/errors.ts'

/**
 * Something that the vendor of a model must know of it: what happened, by name, and the facts that its sentence needs.
 * `Notes` lists the names with their facts, as faults are listed.
 */
export type NoteOf<Notes> = {
  readonly [N in keyof Notes]: { readonly note: N; readonly facts: Notes[N] }
}[keyof Notes]

/** What a model file itself leaves to be said. */
export interface ModelNotes {
  rangesAssumed: { readonly columns: readonly string[]; readonly count: number }
  powersNarrow: { readonly powers: readonly NarrowPower[]; readonly count: number }
  recordsAbsent: NoFacts
}

/**
 * A power or product of features without a range: which values of those make a record that is refused, because the
 * derived column leaves the range that was chosen for it.
 */
export interface NarrowPower {
  readonly column: string
  /** The features without a range that it is made of. */
  readonly features: readonly string[]
  /** With all of them between minus this and this, the column is within its range. */
  readonly within: number
}
