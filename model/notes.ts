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
  recordsAbsent: NoFacts
}
