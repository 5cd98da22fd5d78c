import { poolWords, sayPool } from '../words/pool.ts'
import { useLanguageId } from './useWords.ts'

/** What the parts say that are about pooled studies. */
export function usePoolWords() {
  const language = useLanguageId()
  sayPool(language)
  return poolWords[language]
}
