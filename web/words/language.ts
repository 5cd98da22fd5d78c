import type { en } from './en/english.ts'

/** All that the page says, in one language: what English says has its place in each. */
export type Language = typeof en

/** The languages by their BCP 47 tags. `en-XA` is English as if it were another language: see `pseudo.ts`. */
const languageIds = ['en', 'en-XA'] as const
export type LanguageId = (typeof languageIds)[number]

/** The language of a tag: English, where it names none that is here. */
export function languageId(tag: string): LanguageId {
  return languageIds.find((id) => id === tag) ?? 'en'
}
