import type { NoteSentences } from '../../words/sentences.ts'

/** The sentence of a note, from a table of one language. */
export function noteText<Notes, N extends keyof Notes>(
  sentences: NoteSentences<Notes>,
  { note, facts }: { readonly note: N; readonly facts: Notes[N] },
): string {
  return sentences[note](facts)
}
