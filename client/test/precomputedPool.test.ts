import { expect, it, vi } from 'vitest'
import type { RandomBytes } from '../../core/number/random.ts'
import type { Ahead } from '../../core/protocol/scheme.ts'
import { patience } from '../../core/test/patience.ts'
import { PrecomputedPool } from '../owner/precomputedPool.ts'

/** Makes items 1, 2, 3 … of four bytes each, so that an item taken twice would show. */
function counting() {
  let made = 0
  const batches: number[] = []
  const ahead: Ahead = {
    itemBytes: 4,
    make(count: number) {
      batches.push(count)
      const bytes = new Uint8Array(4 * count)
      for (let i = 0; i < count; i++) new DataView(bytes.buffer).setUint32(4 * i, ++made)
      return bytes
    },
  }
  return { ahead, batches }
}

const numbers = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length / 4 }, (_, i) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(4 * i))

it('no item is handed out twice, whatever is taken when', async () => {
  const { ahead } = counting()
  const stock = new PrecomputedPool(ahead, () => new Uint8Array())
  const taken: number[] = []
  const take = (count: number) => taken.push(...numbers(stock.take(count).items))
  take(3)
  stock.want(40)
  take(5)
  await vi.waitFor(() => expect(stock.size).toBeGreaterThan(10), patience)
  for (const count of [1, 2, 3, 4, 5, 6, 0, 7]) take(count)
  stock.want(23)
  await vi.waitFor(() => expect(stock.size).toBe(23), patience)
  take(30)
  expect(taken).toHaveLength(66)
  expect(new Set(taken).size).toBe(66)
})

it('makes no more in all than was asked for', async () => {
  const { ahead, batches } = counting()
  const stock = new PrecomputedPool(ahead, () => new Uint8Array())
  stock.want(20)
  await vi.waitFor(() => expect(stock.size).toBeGreaterThanOrEqual(8), patience)
  stock.take(8)
  stock.take(8)
  stock.take(4)
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(batches.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(24)
  expect(stock.size).toBeLessThanOrEqual(4)
})

it('says how many were there already', async () => {
  const { ahead } = counting()
  const stock = new PrecomputedPool(ahead, () => new Uint8Array())
  stock.want(6)
  await vi.waitFor(() => expect(stock.size).toBe(6), patience)
  expect(stock.take(4).precomputed).toBe(4)
  expect(stock.take(10).precomputed).toBe(2)
  expect(stock.take(1).precomputed).toBe(0)
})

it('is made in small turns that grow while they are short, and forgotten at once', async () => {
  const { ahead, batches } = counting()
  const stock = new PrecomputedPool(ahead, () => new Uint8Array())
  stock.want(1000)
  await vi.waitFor(() => expect(stock.size).toBeGreaterThan(40), patience)
  stock.clear()
  expect(stock.size).toBe(0)
  const before = batches.length
  await new Promise((resolve) => setImmediate(resolve))
  expect(batches.length).toBeLessThanOrEqual(before + 1)
  expect(batches[0]).toBe(4)
  expect(Math.max(...batches)).toBeLessThanOrEqual(32)
})

it('stays at small turns where making is slow', async () => {
  const { ahead, batches } = counting()
  const quick = ahead.make.bind(ahead)
  ahead.make = (count: number, random: RandomBytes) => {
    const until = performance.now() + 15
    while (performance.now() < until);
    return quick(count, random)
  }
  const stock = new PrecomputedPool(ahead, () => new Uint8Array())
  stock.want(20)
  await vi.waitFor(() => expect(stock.size).toBe(20), patience)
  expect(Math.max(...batches)).toBe(4)
})
