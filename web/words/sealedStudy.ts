import { studyBoard } from '../../words/en/studyBoard.ts'
import { sealedStudy } from './en/sealedStudy.ts'
import type { LanguageId } from './language.ts'
import { languages } from './languages.ts'
import { pseudo } from './pseudo.ts'
import { sayAlso } from './sentenceOf.ts'

/** What only those read whose outcomes are elsewhere: fetched with that part of the page. */
export const sealedWords: Readonly<Record<LanguageId, typeof sealedStudy>> = {
  en: sealedStudy,
  'en-XA': pseudo(sealedStudy),
}

const sentences: Readonly<Record<LanguageId, typeof studyBoard>> = { en: studyBoard, 'en-XA': pseudo(studyBoard) }

/** From now on the page can also say why a server does not carry sealed records. */
export function saySealed(language: LanguageId): void {
  sayAlso(languages[language], sentences[language])
}
