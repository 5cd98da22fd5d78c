import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { KeyStore, ObjectStore } from '../../sealed/ports.ts'

/** What every implementation of the stores of runs does. */

const bytesOf = (text: string) => new TextEncoder().encode(text)
export const run = (): string => randomBytes(16).toString('hex')

/** `hasConditions`: whether it tells who of several at once is the first. */
export function objectStoreContract(open: () => Promise<ObjectStore>, { hasConditions = true } = {}): void {
  test('objects are had, replaced, listed and deleted by name', async () => {
    const store = await open()
    const [one, other] = [run(), run()]
    expect(await store.get(`${one}/in/0-ab`)).toBeNull()
    for (const name of [`${one}/in/0-ab`, `${one}/out/0`, `${other}/out/0`]) await store.put(name, bytesOf(name))
    await store.put(`${one}/out/0`, bytesOf('new'))
    expect(new TextDecoder().decode((await store.get(`${one}/out/0`)) ?? undefined)).toBe('new')
    expect([...(await store.list(`${one}/`))].sort()).toEqual([`${one}/in/0-ab`, `${one}/out/0`])
    expect(await store.list(`${one}/out/`)).toEqual([`${one}/out/0`])
    expect(await store.list('')).toHaveLength(3)
    await store.delete(`${one}/out/0`)
    await store.delete(`${one}/out/0`)
    expect(await store.get(`${one}/out/0`)).toBeNull()
    expect(await store.list(`${one}/`)).toEqual([`${one}/in/0-ab`])
  })

  test.runIf(hasConditions)('of what is put anew under one name the first stays', async () => {
    const store = await open()
    const name = `${run()}/out/0`
    const put = await Promise.all(['a', 'b', 'c', 'd'].map((text) => store.putNew(name, bytesOf(text))))
    expect(put.filter(Boolean)).toHaveLength(1)
    const first = new TextDecoder().decode((await store.get(name)) ?? undefined)
    expect(await store.putNew(name, bytesOf('late'))).toBe(false)
    expect(new TextDecoder().decode((await store.get(name)) ?? undefined)).toBe(first)
    await store.delete(name)
    expect(await store.putNew(name, bytesOf('late'))).toBe(true)
    const mark = `${run()}/begun/0`
    const none = new Uint8Array(0)
    expect([await store.putNew(mark, none), await store.putNew(mark, none)]).toEqual([true, false])
    expect((await store.get(mark))?.length).toBe(0)
  })

  test('what is put at once under one name is one of them, whole', async () => {
    const store = await open()
    const name = `${run()}/out/0`
    const all = Array.from({ length: 8 }, (_, i) => new Uint8Array(50_000).fill(i))
    await Promise.all(all.map((bytes) => store.put(name, bytes)))
    const there = (await store.get(name)) ?? new Uint8Array(0)
    expect(there).toHaveLength(50_000)
    expect(new Set(there).size).toBe(1)
  })
}

export function keyStoreContract(open: () => Promise<KeyStore>): void {
  test('an entry is made once, replaced by who knows its revision, and gone once it is deleted', async () => {
    const store = await open()
    const name = run()
    expect([await store.get(name), await store.has(name)]).toEqual([null, false])
    expect(await store.put(name, bytesOf('a'), 1)).toBe(false)
    expect(await store.has(name)).toBe(false)
    const made = await Promise.all(['a', 'b', 'c'].map((text) => store.put(name, bytesOf(text), null)))
    expect(made.filter(Boolean)).toHaveLength(1)
    const { revision } = (await store.get(name)) ?? { revision: 0 }
    const changed = await Promise.all(['d', 'e', 'f'].map((text) => store.put(name, bytesOf(text), revision)))
    expect(changed.filter(Boolean)).toHaveLength(1)
    expect(await store.put(name, bytesOf('late'), revision)).toBe(false)
    const now = await store.get(name)
    expect(new TextDecoder().decode(now?.bytes)).toBe(['d', 'e', 'f'][changed.indexOf(true)])
    expect(await store.list()).toContain(name)
    expect(await store.has(name)).toBe(true)
    await store.delete(name)
    expect([await store.get(name), await store.has(name)]).toEqual([null, false])
    expect(await store.list()).not.toContain(name)
    expect(await store.put(name, bytesOf('back'), now?.revision ?? 0)).toBe(false)
  })
}
