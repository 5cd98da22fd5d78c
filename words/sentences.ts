import { asBlindscoreError, type Facts } from '../core/errors.ts'

/** Says another error, for sentences about several. */
export type Say = (error: { readonly code: string; readonly fault: string; readonly facts: Facts }) => string

/** A sentence for each fault of a room, from the facts that it carries. */
export type Sentences<Faults> = {
  readonly [F in keyof Faults]: (facts: Faults[F], say: Say) => string
}

/** A sentence for each note of a room, from the facts that it carries. */
export type NoteSentences<Notes> = { readonly [N in keyof Notes]: (facts: Notes[N]) => string }

/** The sentence of a note, from a table of one language. */
export function noteText<Notes, N extends keyof Notes>(
  sentences: NoteSentences<Notes>,
  { note, facts }: { readonly note: N; readonly facts: Notes[N] },
): string {
  return sentences[note](facts)
}

export type Table = Readonly<Record<string, (facts: never, say: Say) => string>>

/**
 * The sentence of an error, from the table of one language. Facts may have come from another program of another version:
 * what the table cannot say is said by its code alone.
 */
export function sayer(table: Table, otherwise: (code: string) => string): (thrown: unknown) => string {
  const say: Say = ({ code, fault, facts }) => {
    try {
      return said(table, fault, facts, say) ?? otherwise(code)
    } catch {
      return otherwise(code)
    }
  }
  return (thrown) => say(asBlindscoreError(thrown))
}

/** What a table says of a fault that it may not have, or null. */
export function said(table: Table, fault: string, facts: Facts, say: Say): string | null {
  return Object.hasOwn(table, fault) ? (table[fault]?.(facts as never, say) ?? null) : null
}
