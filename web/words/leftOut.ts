import { leftOutReason } from '../../words/en/expected.ts'
import type { Language, LanguageId } from './language.ts'
import { pseudo } from './pseudo.ts'

/** What a worker writes into the file of rows left out, in each language: a worker has no use for the words of screens. */
export const leftOutReasons: Readonly<Record<LanguageId, Language['leftOutReason']>> = {
  en: leftOutReason,
  'en-XA': pseudo(leftOutReason),
}
