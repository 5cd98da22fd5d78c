import { Problem } from './Problem.tsx'
import { useSessionState } from './useSession.ts'

/** Says so, above everything, where the browser does not refuse this page's workers the network, or starts none of them. */
export function IsolationBar() {
  const isolation = useSessionState((state) => state.isolation)
  if (isolation.status !== 'refused') return null
  return <Problem error={isolation.error} />
}
