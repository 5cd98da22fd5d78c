import { type RefObject, useEffect, useRef } from 'react'
import { focusIsLost } from './focus.ts'

/** What a press here takes away, as `state` changes by it, had the focus: the element takes it, and who pressed stays there. */
export function useFocusKept<Kept extends HTMLElement>(state: unknown): RefObject<Kept | null> {
  const kept = useRef<Kept>(null)
  const before = useRef(state)
  useEffect(() => {
    if (before.current !== state && focusIsLost()) kept.current?.focus()
    before.current = state
  }, [state])
  return kept
}
