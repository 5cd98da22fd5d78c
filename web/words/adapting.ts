import { study } from '../../words/en/study.ts'
import { adapting, applying } from './en/adapting.ts'
import type { LanguageId } from './language.ts'
import { languages } from './languages.ts'
import { pseudo } from './pseudo.ts'
import { sayAlso } from './sentenceOf.ts'

/** What the two sides of an adapted model read: fetched with these parts of the page. */
export const adaptingWords: Readonly<Record<LanguageId, typeof adapting>> = { en: adapting, 'en-XA': pseudo(adapting) }
export const applyingWords: Readonly<Record<LanguageId, typeof applying>> = { en: applying, 'en-XA': pseudo(applying) }

const sentences: Readonly<Record<LanguageId, typeof study>> = { en: study, 'en-XA': pseudo(study) }

/** From now on the page can also say why changes are none of a model. */
export function sayAdapting(language: LanguageId): void {
  sayAlso(languages[language], sentences[language])
}
