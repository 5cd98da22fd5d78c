import { type RefObject, useEffect, useRef } from 'react'
import { focusIsLost } from './focus.ts'
import { useBusy, useSessionState } from './useSession.ts'

interface RunButtons {
  /** The button that holds the run, or lets it go on. */
  readonly hold: RefObject<HTMLButtonElement | null>
  /** The button that begins a run. */
  readonly begin: RefObject<HTMLButtonElement | null>
}

/** The button that was pressed goes away with the press; the focus it leaves goes on to the one in its place. */
export function useRunFocus(): RunButtons {
  const busy = useBusy()
  const scores = useSessionState((state) => state.scores)
  const hold = useRef<HTMLButtonElement>(null)
  const begin = useRef<HTMLButtonElement>(null)
  const was = useRef(busy)
  useEffect(() => {
    if (was.current !== busy && !scores && focusIsLost()) (busy ? hold : begin).current?.focus()
    was.current = busy
  }, [busy, scores])
  return { hold, begin }
}
