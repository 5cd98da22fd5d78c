/**
 * What a browser promises of what a page stores: to keep it until the person deletes it, to keep it until it needs the
 * room, or to keep it as long as a private window is open.
 */
export type StoragePromise = 'kept' | 'evictable' | 'until-closed'

type Manager = Pick<StorageManager, 'persisted' | 'persist' | 'getDirectory'>

/**
 * The browser's own answer; with `ask` it is asked to keep what is stored, which some browsers pass on to the person. A
 * private window is told by what Firefox and Safari refuse in one, a folder of the page's own; Chromium says nothing that
 * would tell it, and never agrees to keep anything there.
 */
export async function storagePromise(
  ask: boolean,
  storage: Partial<Manager> | null = globalThis.navigator?.storage ?? null,
): Promise<StoragePromise> {
  try {
    await storage?.getDirectory?.()
  } catch {
    return 'until-closed'
  }
  const kept = await (ask ? storage?.persist?.() : storage?.persisted?.())?.catch(() => false)
  return kept ? 'kept' : 'evictable'
}
