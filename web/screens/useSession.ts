import { createContext, use } from 'react'
import { useStore } from 'zustand'
import type { Session } from '../session/session.ts'
import { isBusy, type SessionState } from '../session/state.ts'

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

/** Whether a run is under way: what it depends on may not change then. */
export function useBusy(): boolean {
  return useSessionState(isBusy)
}

export type { SessionState }
