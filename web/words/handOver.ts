import { storedRuns } from '../../words/en/storedRuns.ts'
import { bar, handedOver, handOver } from './en/handOver.ts'
import type { LanguageId } from './language.ts'
import { languages } from './languages.ts'
import { pseudo } from './pseudo.ts'
import { sayAlso } from './sentenceOf.ts'

const english = { bar, handOver, handedOver }

/** What is said of runs that are handed over: fetched where the server stores such. */
export const handOverWords: Readonly<Record<LanguageId, typeof english>> = { en: english, 'en-XA': pseudo(english) }

const sentences: Readonly<Record<LanguageId, typeof storedRuns>> = { en: storedRuns, 'en-XA': pseudo(storedRuns) }

/** From now on the page can also say what goes wrong with such runs. */
export function sayHandOver(language: LanguageId): void {
  sayAlso(languages[language], sentences[language])
}
