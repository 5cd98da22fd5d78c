import type { SharedFaults } from '../../server/faults.ts'
import type { Sentences } from '../sentences.ts'

/** What a server refuses that is one of several. */
export const shared: Sentences<SharedFaults> = {
  keyTokenForeign: () => 'The header Blindscore-Key-Token is not that of the key which the body names.',
}
