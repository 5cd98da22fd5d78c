import { saySealed, sealedWords } from '../words/sealedStudy.ts'
import { useLanguageId } from './useWords.ts'

/** What the part says that is about outcomes elsewhere. */
export function useSealedWords() {
  const language = useLanguageId()
  saySealed(language)
  return sealedWords[language]
}
