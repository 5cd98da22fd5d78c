import { useState } from 'react'
import { type SessionState, useSessionState } from './useSession.ts'

/** The report; while cells are checked again after a repair, the one before, so that nothing jumps under the pointer. */
export function useSteadyReport(): SessionState['report'] {
  const report = useSessionState((state) => state.report)
  const checking = useSessionState((state) => state.checking)
  const preview = useSessionState((state) => state.preview)
  const matches = useSessionState((state) => state.matches)
  const [last, setLast] = useState({ report, preview, matches })
  if (report && report !== last.report) setLast({ report, preview, matches })
  const same = last.preview === preview && last.matches === matches
  return report ?? (checking && same ? last.report : null)
}
