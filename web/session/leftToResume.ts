import { keyName } from './keyState.ts'
import type { SessionState } from './state.ts'

/** Records that are left of a run that can be gone on with here: over the present file, with the key that is there. Null where there is none. */
export function leftToResume({ key, resumableRun }: Pick<SessionState, 'key' | 'resumableRun'>): number | null {
  if (!resumableRun?.fits || keyName(key)?.fingerprint !== resumableRun.note.key.fingerprint) return null
  return resumableRun.note.scorable - resumableRun.scored
}
