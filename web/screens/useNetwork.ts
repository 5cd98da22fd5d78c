import { use, useEffect } from 'react'
import { PageExtrasContext } from './extras.ts'
import { useSession } from './useSession.ts'

/** Tells the run when the device loses its network, and when it has it again. A page with its server in it needs none. */
export function useNetwork(): void {
  const { run } = useSession()
  const alone = use(PageExtrasContext) !== null
  useEffect(() => {
    if (alone) return
    const gone = (): void => run.networkGone()
    const back = (): void => run.networkBack()
    window.addEventListener('offline', gone)
    window.addEventListener('online', back)
    return () => {
      window.removeEventListener('offline', gone)
      window.removeEventListener('online', back)
    }
  }, [run, alone])
}
