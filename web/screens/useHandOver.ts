import { HandOvers } from '../session/handOvers.ts'
import { handOverWords, sayHandOver } from '../words/handOver.ts'
import { useSession } from './useSession.ts'
import { useLanguageId } from './useWords.ts'

/** What the parts say that are about runs which are handed over. */
export function useHandOverWords() {
  const language = useLanguageId()
  sayHandOver(language)
  return handOverWords[language]
}

export function useHandOvers(): HandOvers {
  return useSession().later(HandOvers)
}
