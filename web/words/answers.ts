import { answers } from './en/answers.ts'
import type { LanguageId } from './language.ts'
import { pseudo } from './pseudo.ts'

/** Who answers, in each language: apart from the other words, since few servers say it. */
export const answersIn: Readonly<Record<LanguageId, typeof answers>> = {
  en: answers,
  'en-XA': pseudo(answers),
}
