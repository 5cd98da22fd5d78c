import { consentText } from '../../words/consent.ts'
import { poolConsent, poolConsentTitle } from '../../words/en/poolConsent.ts'
import { studyBoard } from '../../words/en/studyBoard.ts'
import { pool } from './en/pool.ts'
import type { LanguageId } from './language.ts'
import { languages } from './languages.ts'
import { pseudo } from './pseudo.ts'
import { sayAlso } from './sentenceOf.ts'

/** What only those read who pool rows: fetched with that part of the page. */
export const poolWords: Readonly<Record<LanguageId, typeof pool>> = { en: pool, 'en-XA': pseudo(pool) }

const sentences: Readonly<Record<LanguageId, typeof studyBoard>> = { en: studyBoard, 'en-XA': pseudo(studyBoard) }

/** From now on the page can also say why a server does not carry a study. */
export function sayPool(language: LanguageId): void {
  sayAlso(languages[language], sentences[language])
}

const consent = { title: poolConsentTitle, sectionsOf: poolConsent }

/** The text that an owner of a pooled study agrees to. */
export const poolConsents: Readonly<Record<LanguageId, typeof consent>> = { en: consent, 'en-XA': pseudo(consent) }

/** The same as it is kept and hashed. */
export const textToConsentTo = (title: string, sections: ReturnType<typeof poolConsent>): string =>
  consentText(title, sections)
