import type { NoteOf } from '../model/notes.ts'
import type { FactsOf } from './faults.ts'

/** What the vendor of one file must know, in the order in which it was found, once each. */
export class NoteList<Notes> {
  readonly #notes = new Map<string, NoteOf<Notes>>()

  add<N extends keyof Notes & string>(note: N, ...[facts]: FactsOf<Notes[N]>): void {
    const made: object = { note, facts: facts ?? {} }
    this.#notes.set(JSON.stringify(made), made as NoteOf<Notes>)
  }

  get all(): readonly NoteOf<Notes>[] {
    return [...this.#notes.values()]
  }
}
