import type { Page } from '@playwright/test'

/** All that a browser keeps for a page, as bytes: databases, local and session storage, caches. Keys that it gives nobody are not in it. */
export async function storedBy(page: Page): Promise<Buffer> {
  const texts = await page.evaluate(async () => {
    const parts: string[] = []
    const say = (value: unknown): void => {
      if (value instanceof ArrayBuffer) parts.push(new TextDecoder('latin1').decode(value))
      else if (ArrayBuffer.isView(value)) parts.push(new TextDecoder('latin1').decode(value))
      else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) say(each)
      else parts.push(String(value))
    }
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store)
        const [keys, values] = [objects.getAllKeys(), objects.getAll()]
        say(await done(keys))
        say(await done(values))
      }
      database.close()
    }
    for (const storage of [localStorage, sessionStorage]) say({ ...storage, keys: Object.keys(storage) })
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        say(request.url)
        say(await (await cache.match(request))?.arrayBuffer())
      }
    }
    return parts
  })
  return Buffer.concat(texts.flatMap((text) => [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf8')]))
}
