import { createContext, use } from 'react'
import type { Language, LanguageId } from '../words/language.ts'
import { languages } from '../words/languages.ts'

export const LanguageContext = createContext<LanguageId>('en')

/** The language that the page speaks. */
export function useLanguageId(): LanguageId {
  return use(LanguageContext)
}

/** All that the page says, in its language. */
export function useWords(): Language {
  return languages[useLanguageId()]
}
