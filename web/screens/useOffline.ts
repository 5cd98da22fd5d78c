import { use, useEffect, useState, useSyncExternalStore } from 'react'
import { keepPage, type Offline } from '../offline/install.ts'
import { isFromEarlier, onFromEarlier } from '../offline/keptAnswers.ts'
import { isSingleFile } from './builtIn.ts'
import { PageExtrasContext } from './extras.ts'
import { useBusy, useSessionState } from './useSession.ts'

/**
 * The page is kept once its first run is over, or after so many milliseconds without one: a visitor's first score comes first.
 * Until there is something to score, it is on its way. The demo, whose both sides are to be fetched, waits longer.
 */
const patience = { demo: { ready: 20_000, before: 60_000 }, page: { ready: 4_000, before: 8_000 } }
/** The scores are drawn first. */
const afterRun = 5_000

/** Keeps the page for when there is no network, and says what became of that. */
export function useOffline(): Offline {
  const [offline, setOffline] = useState<Offline>({ status: 'none' })
  const [asked, setAsked] = useState(false)
  const busy = useBusy()
  const done = useSessionState(({ run }) => run.status === 'done')
  const ready = useSessionState(({ report }) => report !== null)
  const isDemo = use(PageExtrasContext) !== null
  useEffect(() => {
    // One file is kept by who has it.
    if (asked || busy || isSingleFile()) return
    const begin = (): void => {
      setAsked(true)
      // Without one the page is as before, and asks for its files again.
      keepPage(setOffline).catch(() => {})
    }
    const timer = setTimeout(begin, done ? afterRun : patience[isDemo ? 'demo' : 'page'][ready ? 'ready' : 'before'])
    return () => clearTimeout(timer)
  }, [asked, busy, done, ready, isDemo])
  return offline
}

/** Whether the models on show are those of an earlier visit. */
export function useFromEarlier(): boolean {
  return useSyncExternalStore(onFromEarlier, isFromEarlier)
}
