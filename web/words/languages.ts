import { en } from './en/english.ts'
import type { Language, LanguageId } from './language.ts'
import { pseudo } from './pseudo.ts'

export const languages: Readonly<Record<LanguageId, Language>> = { en, 'en-XA': pseudo(en) }
