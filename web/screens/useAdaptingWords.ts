import { adaptingWords, applyingWords, sayAdapting } from '../words/adapting.ts'
import { useLanguageId } from './useWords.ts'

/** What the parts say that are about a vendor's model adapted, on either side. */
export function useAdaptingWords() {
  const language = useLanguageId()
  sayAdapting(language)
  return { adapting: adaptingWords[language], applying: applyingWords[language] }
}
