import { useEffect, useState } from 'react'
import { keepPage, type Offline } from '../offline/install.ts'
import { useBusy, useSessionState } from '../screens/useSession.ts'
import { isSingleFile } from './builtIn.ts'

/** The page is kept once its first run is over, or after so many milliseconds without one: a visitor's first score comes first. */
const patience = 15_000

/** Keeps the page for when there is no network, and says what became of that. */
export function useOffline(): Offline {
  const [offline, setOffline] = useState<Offline>({ status: 'none' })
  const [asked, setAsked] = useState(false)
  const busy = useBusy()
  const done = useSessionState(({ run }) => run.status === 'done')
  useEffect(() => {
    // One file is kept by who has it.
    if (asked || busy || isSingleFile()) return
    const begin = (): void => {
      setAsked(true)
      // Without one the page is as before, and asks for its files again.
      keepPage(setOffline).catch(() => {})
    }
    const timer = setTimeout(begin, done ? 0 : patience)
    return () => clearTimeout(timer)
  }, [asked, busy, done])
  return offline
}
