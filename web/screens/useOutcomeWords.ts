import { outcomeWords, sayOutcomes } from '../words/outcomes.ts'
import { useLanguageId } from './useWords.ts'

/** What the parts say that are about outcomes. */
export function useOutcomeWords() {
  const language = useLanguageId()
  sayOutcomes(language)
  return outcomeWords[language]
}
