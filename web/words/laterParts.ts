import { laterParts } from './en/laterParts.ts'
import type { LanguageId } from './language.ts'
import { pseudo } from './pseudo.ts'

/** What parts of the page say that no way to a first score leads through: fetched with the first of them. */
export const laterWords: Readonly<Record<LanguageId, typeof laterParts>> = {
  en: laterParts,
  'en-XA': pseudo(laterParts),
}
