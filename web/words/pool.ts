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
