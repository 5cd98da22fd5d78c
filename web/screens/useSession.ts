import { createContext, startTransition, use, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { isBusy } from '../session/runState.ts'
import type { Session } from '../session/session.ts'
import type { SessionState } from '../session/state.ts'

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('No session around this screen.')
  return session
}

/** A part of the session's state; the screen is drawn again when this part changes. */
export function useSessionState<T>(part: (state: SessionState) => T): T {
  return useStore(useSession().store, part)
}

/**
 * Whether a run is under way: what it depends on may not change then. All controls of the page hear of it, so it is told in
 * a transition, which the browser may cut into pieces; the session itself refuses at once what a run does not allow.
 */
export function useBusy(): boolean {
  const { store } = useSession()
  const [busy, setBusy] = useState(() => isBusy(store.getState()))
  useEffect(() => {
    const look = (): void => startTransition(() => setBusy(isBusy(store.getState())))
    look()
    return store.subscribe(look)
  }, [store])
  return busy
}

export type { SessionState }
