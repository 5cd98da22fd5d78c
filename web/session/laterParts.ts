import type { ScoringServer } from '../../client/server.ts'
import type { BudgetSlice } from './budget.ts'
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
  readonly budget: BudgetSlice
  /** Does what begins with the page's model, once it is known that this is the version that is meant. */
  readonly withOffered: (go: () => void) => void
}
