import { modelNotes } from '../../words/en/notes.ts'
import type { LanguageId } from './language.ts'
import { pseudo } from './pseudo.ts'

/** What the vendor of a model should know of it, in each language: apart from the other words, which an analyst needs as well. */
export const modelNotesIn: Readonly<Record<LanguageId, typeof modelNotes>> = {
  en: modelNotes,
  'en-XA': pseudo(modelNotes),
}
