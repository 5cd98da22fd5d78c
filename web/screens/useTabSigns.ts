import { useEffect } from 'react'
import { hasUnsaved } from '../session/results.ts'
import { isBusy } from '../session/runState.ts'
import { productName } from './productName.ts'
import { useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** What the browser's tab shows of a run, and the question before it is closed with something that would be lost. */
export function useTabSigns(): void {
  const words = useWords().tab
  // A run that outlives the tab needs no question.
  const mortal = useSessionState(
    (state) =>
      hasUnsaved(state) ||
      state.sealing.status === 'sealing' ||
      state.handOvers?.work.what === 'handing' ||
      (isBusy(state) && !('resumable' in state.run && state.run.resumable)),
  )
  const sign = useSessionState(({ run }) => {
    if (run.status === 'done') return words.done
    if (run.status === 'failed') return words.failed
    if (run.status !== 'running' && run.status !== 'paused') return null
    const part = run.progress ? run.progress.records.opened / run.progress.total : 0
    return run.status === 'paused' ? words.paused(part) : words.running(part)
  })

  useEffect(() => {
    document.title = sign ? `${sign} · ${productName}` : productName
  }, [sign])

  useEffect(() => {
    if (!mortal) return
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [mortal])
}
