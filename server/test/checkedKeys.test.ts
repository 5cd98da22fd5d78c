import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { CheckedKeys } from '../state/shared/checkedKeys.ts'
import type { SharedStore } from '../state/shared/store.ts'

/** A key that passed its check, as it lies in a store that others may write to. */

const fingerprint = 'f'.repeat(64)
const key = { set: 'paillier-2048', publicKey: new Uint8Array(256).fill(1), fingerprint }
const mark = (said: string) => createHmac('sha256', 'of the servers').update(said).digest()

test('is not believed with another bit in any place of it, which is told', async () => {
  let text = ''
  let told = 0
  const store = {
    async call(name: string, _: string, value: string) {
      if (name === 'keep_key') text = value
      return [text]
    },
    damaged: () => void told++,
  } as unknown as SharedStore
  const keys = () => new CheckedKeys(store, { keys: 10, keyBytes: 10_000 }, () => {}, { mark })
  await keys().put(fingerprint, key)
  expect(await keys().get(fingerprint)).toEqual(key)
  const written = Buffer.from(text, 'latin1')
  for (let bit = 0; bit < 8 * written.length; bit++) {
    const other = Buffer.from(written)
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    text = other.toString('latin1')
    told = 0
    expect([bit, await keys().get(fingerprint), told]).toEqual([bit, undefined, 1])
  }
})
