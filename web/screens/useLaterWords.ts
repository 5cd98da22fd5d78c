import { laterWords } from '../words/laterParts.ts'
import { useLanguageId } from './useWords.ts'

/** What the parts say that no way to a first score leads through (`later.tsx`). */
export function useLaterWords() {
  return laterWords[useLanguageId()]
}
