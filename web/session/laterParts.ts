import type { ScoringServer } from '../../client/server.ts'
import type { FileOwner } from './fileOwner.ts'
import type { KeySlice } from './key.ts'
import type { ResultsSlice } from './results.ts'
import type { SchemeSlice } from './scheme.ts'
import type { SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

/** What slices are made with that come later: `Session.later`. */
export interface LaterParts {
  readonly store: SessionStore
  readonly server: ScoringServer
  readonly workers: Workers
  readonly owner: FileOwner
  readonly key: KeySlice
  readonly scheme: SchemeSlice
  readonly results: ResultsSlice
}
