import { useEffect, useRef } from 'react'
import type { Address } from './address.ts'
import { fetchSample, sampleOf } from './samples.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { type Task, useTask } from './useTask.ts'

interface Samples {
  /** The name of the sample that comes with the present model, or null. */
  readonly own: string | null
  /** Opens a sample by its name. */
  readonly fetching: Task<[name: string]>
}

/** The samples that come with the page: at a press, by the address, and unasked on a first visit. */
export function useSamples({ model, sample }: Address): Samples {
  const session = useSession()
  const busy = useBusy()
  const own = useSessionState(({ card }) => card && sampleOf(card.id))
  const fetching = useTask(async (name: string) => session.file.open(await fetchSample(name), 'sample'))

  // A sample that the address names is opened once, however often React runs the effect.
  const opened = useRef<string | null>(null)
  useEffect(() => {
    if (sample === null || busy || opened.current === sample) return
    opened.current = sample
    fetching.run(sample)
  }, [sample, busy, fetching.run])

  useOfferedSample(own, model === null && sample === null)
  return { own, fetching }
}

/**
 * With nothing in the address this is a first visit: the sample of the model on show is opened unasked, and another one
 * when another model is looked at.
 */
function useOfferedSample(own: string | null, firstVisit: boolean): void {
  const session = useSession()
  const busy = useBusy()
  const file = useSessionState((state) => state.file)
  const origin = useSessionState((state) => state.origin)
  // Not over a file that came in while the sample was fetched.
  const offering = useTask(async (name: string) => {
    const fetched = await fetchSample(name)
    const { file: present, origin: whose, run } = session.state
    if ((present === null || whose === 'sample') && run.status === 'idle') await session.file.open(fetched, 'sample')
  })
  const offered = useRef<string | null>(null)
  useEffect(() => {
    const wanted = origin === 'sample' && file ? own !== null && file.name !== `${own}.csv` : firstVisit && !file
    if (!wanted || own === null || busy || offered.current === own) return
    offered.current = own
    offering.run(own)
  }, [firstVisit, origin, file, own, busy, offering.run])
}
