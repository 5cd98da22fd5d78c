import type { StoreApi } from 'zustand/vanilla'
import type { Latest } from './store.ts'

interface Told {
  readonly busy: boolean
  readonly error: unknown
}

/** Does the latest work, and says in the store that it is busy meanwhile, and with which error it ended. What is aborted says nothing. */
export async function telling<State extends Told>(
  store: Pick<StoreApi<State>, 'setState'>,
  latest: Latest,
  begun: Partial<State>,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const signal = latest.begin()
  const say = (said: Partial<Told>): void => store.setState(said as Partial<State>)
  store.setState({ ...begun, busy: true, error: null })
  try {
    await work(signal)
    if (!signal.aborted) say({ busy: false })
  } catch (error) {
    if (!signal.aborted) say({ busy: false, error })
  }
}
