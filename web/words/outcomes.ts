import { study } from '../../words/en/study.ts'
import { outcomes } from './en/outcomes.ts'
import type { LanguageId } from './language.ts'
import { languages } from './languages.ts'
import { pseudo } from './pseudo.ts'
import { sayAlso } from './sentenceOf.ts'

/** What only those read who have outcomes: fetched with the part of the page that shows it. */
export const outcomeWords: Readonly<Record<LanguageId, typeof outcomes>> = { en: outcomes, 'en-XA': pseudo(outcomes) }

const sentences: Readonly<Record<LanguageId, typeof study>> = { en: study, 'en-XA': pseudo(study) }

/** From now on the page can also say why nothing can be compared or fitted. */
export function sayOutcomes(language: LanguageId): void {
  sayAlso(languages[language], sentences[language])
}
