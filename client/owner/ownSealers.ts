import type { KeySealers } from '../connection.ts'
import { Key } from './key.ts'

/**
 * Sealers with a key of the caller's, who disposes of it; or with one that is made for them and goes when they end, as is
 * one of a set whose keys are for one run.
 */
export async function ownSealers(
  key: Key | undefined,
  set: string | null,
  start: (key: Key) => Promise<KeySealers>,
): Promise<KeySealers> {
  if (key && set === null) return start(key)
  const made = await Key.generate(set ?? undefined)
  const end = async (sealers?: KeySealers): Promise<void> => {
    made.dispose()
    await sealers?.end()
  }
  try {
    const sealers = await start(made)
    return { ...sealers, end: () => end(sealers) }
  } catch (thrown) {
    await end()
    throw thrown
  }
}
