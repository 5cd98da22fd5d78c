import { answeringWords, sayAnswering } from '../words/answering.ts'
import { useLanguageId } from './useWords.ts'

/** What the part says that answers for sealed records. */
export function useAnsweringWords() {
  const language = useLanguageId()
  sayAnswering(language)
  return answeringWords[language]
}
