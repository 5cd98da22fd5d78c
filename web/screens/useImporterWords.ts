import { importerWords } from '../words/importer.ts'
import { useLanguageId } from './useWords.ts'

/** What the parts say that are there only where a file is not as its model would have it. */
export function useImporterWords() {
  return importerWords[useLanguageId()]
}
