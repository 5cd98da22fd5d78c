import { describe, expect, test } from 'vitest'
import { fromHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { keyBytes, seal, sealingKey, unseal } from '../sealed/seal.ts'

/** What lies in a store, as it is sealed: what is small at once, what is large off the event loop, and both are one format. */

const by = sealingKey(secureRandom(keyBytes))
const about = ['a kind', 'a name']
const sizes = [0, 1, 15, 16, 17, 65_519, 65_520, 65_536, 65_537, 300_000]

/** The same by the browser's own interface, written anew from what `seal.ts` says of the format. */
async function openedElsewhere(key: Uint8Array, sealed: Uint8Array, id: string): Promise<Uint8Array> {
  const held = await crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['decrypt'])
  const additionalData = new TextEncoder().encode(JSON.stringify([...about, id]))
  const iv = new Uint8Array(sealed.subarray(9, 21))
  return new Uint8Array(
    await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, held, new Uint8Array(sealed.subarray(21))),
  )
}

describe.each(sizes)('%i bytes', (size) => {
  const bytes = new Uint8Array(size).map((_, i) => i)

  test('open as they were sealed, here and by another implementation', async () => {
    const key = secureRandom(keyBytes)
    const own = sealingKey(key)
    const sealed = await seal(own, about, bytes)
    expect(sealed.length).toBe(1 + 8 + 12 + size + 16)
    expect([sealed[0], sealed.subarray(1, 9)]).toEqual([1, fromHex(own.id)])
    expect(await unseal([by, own], about, sealed)).toEqual(bytes)
    expect(await openedElsewhere(key, sealed, own.id)).toEqual(bytes)
  })

  test('open for nobody else, nowhere else, nor cut or altered', async () => {
    const sealed = await seal(by, about, bytes)
    expect(await unseal([sealingKey(secureRandom(keyBytes))], about, sealed)).toBeNull()
    expect(await unseal([by], ['a kind', 'another'], sealed)).toBeNull()
    for (const less of [1, 4, 8, 15, 16]) expect(await unseal([by], about, sealed.subarray(0, -less))).toBeNull()
    for (const at of [0, 1, 9, 20, 21, sealed.length - 16, sealed.length - 1]) {
      const altered = sealed.slice()
      altered[at] = (altered[at] ?? 0) ^ 1
      expect(await unseal([by], about, altered)).toBeNull()
    }
  })
})

test('are sealed under another nonce each time', async () => {
  const all = await Promise.all(Array.from({ length: 100 }, () => seal(by, about, new Uint8Array(1))))
  expect(new Set(all.map((sealed) => String(sealed.subarray(9, 21)))).size).toBe(100)
})
