import { poolWords } from '../words/pool.ts'
import { useLanguageId } from './useWords.ts'

/** What the parts say that are about pooled studies. */
export function usePoolWords() {
  return poolWords[useLanguageId()]
}
