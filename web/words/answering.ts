import { studyBoard } from '../../words/en/studyBoard.ts'
import { answering } from './en/answering.ts'
import type { LanguageId } from './language.ts'
import { languages } from './languages.ts'
import { pseudo } from './pseudo.ts'
import { sayAlso } from './sentenceOf.ts'

/** What only those read who answer for sealed records: fetched with that part of the page. */
export const answeringWords: Readonly<Record<LanguageId, typeof answering>> = {
  en: answering,
  'en-XA': pseudo(answering),
}

const sentences: Readonly<Record<LanguageId, typeof studyBoard>> = { en: studyBoard, 'en-XA': pseudo(studyBoard) }

/** From now on the page can also say why a server has no such records. */
export function sayAnswering(language: LanguageId): void {
  sayAlso(languages[language], sentences[language])
}
