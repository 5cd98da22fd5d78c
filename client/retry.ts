import { asBlindscoreError, type BlindscoreError } from '../core/errors.ts'
import type { RunControl } from './control.ts'

/** How a run is held, and told that it is. */
export interface Hold {
  readonly control: RunControl
  /** `until`: when the server says that it is worth another try, in milliseconds since 1970. */
  readonly onStuck: (error: BlindscoreError, until?: number | null) => void
}

/**
 * Does a worker's part of a run until it is done. When workers keep ending, or the key is locked, the run pauses with
 * that reason; once it goes on, `again` is called and the work is done from its start.
 */
export async function retryWork<T>(
  work: () => Promise<T>,
  { control, onStuck }: Hold,
  again: () => void,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      if (error.code !== 'platform/worker-died' && error.code !== 'key/locked') throw error
      control.pause()
      onStuck(error)
      await control.pass(signal)
      again()
    }
  }
}
