import 'fake-indexeddb/auto'
import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { errorOf } from '../../../reader/test/files.ts'
import { DeviceKeyStore } from '../keyStore.ts'

/** The device's storage, on an IndexedDB in this process. */

const key = { sealed: '{"format":"blindscore-key/1"}', backedUp: false }

/** Locks as two tabs share them: held until the tab is closed. */
function tabs() {
  let holder: object | null = null
  const waiting: (() => void)[] = []
  return (tab: object) => ({
    request: async (_: string, { signal }: { signal: AbortSignal }, use: () => unknown) => {
      while (holder !== null && holder !== tab) {
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve)
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
      }
      holder = tab
      return use()
    },
    close: () => {
      if (holder !== tab) return
      holder = null
      for (const look of waiting.splice(0)) look()
    },
  })
}

let locksOf: ReturnType<typeof tabs>
beforeEach(() => {
  locksOf = tabs()
  vi.stubGlobal('navigator', { locks: locksOf({}) })
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await deleteDB('blindscore')
})

describe('the key that a device remembers', () => {
  it('is what was written, until it is removed', async () => {
    const store = new DeviceKeyStore()
    expect(await store.load()).toBeNull()
    await store.save(key)
    expect(await new DeviceKeyStore().load()).toEqual(key)
    await store.save({ ...key, backedUp: true })
    expect(await store.load()).toEqual({ ...key, backedUp: true })
    await store.remove()
    expect(await store.load()).toBeNull()
  })

  it('is written by one tab alone; the other reads', async () => {
    const mine = new DeviceKeyStore()
    await mine.save(key)
    vi.stubGlobal('navigator', { locks: locksOf({}) })
    const other = new DeviceKeyStore()
    expect((await errorOf(other.save({ ...key, sealed: '{}' }))).code).toBe('storage/taken')
    expect((await errorOf(other.remove())).code).toBe('storage/taken')
    expect(await other.load()).toEqual(key)
  })

  it('is the next tab’s to write once the first is closed, even if that takes a moment', async () => {
    const first = locksOf({})
    vi.stubGlobal('navigator', { locks: first })
    await new DeviceKeyStore().save(key)
    vi.stubGlobal('navigator', { locks: locksOf({}) })
    const other = new DeviceKeyStore()
    const saving = other.save({ ...key, backedUp: true })
    setTimeout(() => first.close(), 50)
    await saving
    expect(await other.load()).toEqual({ ...key, backedUp: true })
  })

  it('is not said to be saved when the browser refuses, is full, or gives something else back', async () => {
    const store = new DeviceKeyStore()
    const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError')
    })
    expect((await errorOf(store.save(key))).code).toBe('storage/unavailable')
    expect(await store.load()).toBeNull()
    open.mockRestore()

    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    expect((await errorOf(store.save(key))).code).toBe('storage/unavailable')
    put.mockRestore()

    const get = vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (this: IDBObjectStore) {
      return this.count()
    })
    expect((await errorOf(store.save(key))).code).toBe('storage/unavailable')
    get.mockRestore()
  })
})
