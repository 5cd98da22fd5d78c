import type { Encoding } from '../../reader/encodings.ts'
import type { useImporterWords } from './useImporterWords.ts'

/** What each encoding is called. */
export function encodingNames(groups: ReturnType<typeof useImporterWords>['encodings']): ReadonlyMap<Encoding, string> {
  return new Map(Object.values(groups).flatMap(({ names }) => Object.entries(names) as [Encoding, string][]))
}
