import type { KeySealers } from '../connection.ts'
import { Key } from './key.ts'

/** Sealers with a key of the caller's, who disposes of it; or with one that is made for them and goes when they end. */
export async function ownSealers(key: Key | undefined, start: (key: Key) => Promise<KeySealers>): Promise<KeySealers> {
  if (key) return start(key)
  const made = await Key.generate()
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
