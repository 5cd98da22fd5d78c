import { expect, test } from 'vitest'
import { MaskStock, type StockOptions } from '../masks.ts'

const n = new Uint8Array(256).fill(0xff)
const width = 512

/** A stock whose masks are counted instead of computed: every one is another number. */
function makeStock(chosen: Partial<StockOptions> = {}, threads = 1, fails: () => boolean = () => false) {
  let made = 0
  const sizes: number[] = []
  const errors: unknown[] = []
  const clock = { ms: 0 }
  const stock = new MaskStock(
    {
      threads,
      async masks(_, count) {
        await new Promise((resolve) => setImmediate(resolve))
        if (fails()) throw new Error('no masks')
        clock.ms += count
        sizes.push(count)
        const masks = new Uint8Array(count * width)
        for (let i = 0; i < count; i++) new DataView(masks.buffer).setUint32(i * width, ++made)
        return masks
      },
    },
    { perKey: 100, keys: 2, idleMs: 60_000, now: () => clock.ms, onError: (thrown) => errors.push(thrown), ...chosen },
  )
  const numbers = (masks: Uint8Array): number[] =>
    Array.from({ length: masks.length / width }, (_, i) =>
      new DataView(masks.buffer, masks.byteOffset + i * width).getUint32(0),
    )
  return {
    stock,
    clock,
    sizes,
    errors,
    made: () => made,
    take: (key: string, count: number) => numbers(stock.take(key, n, count)),
  }
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 30))

test('a key that registers gets exactly its stock, in tasks that stay short', async () => {
  for (const threads of [1, 2, 4]) {
    const { stock, sizes, made } = makeStock({}, threads)
    stock.add('a', n)
    await settled()
    expect([stock.size, made()]).toEqual([100, 100])
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64)
    expect(sizes[0]).toBe(1)
  }
})

test('no mask is given out twice, and what was taken is made anew', async () => {
  const { stock, take } = makeStock()
  stock.add('a', n)
  await settled()
  const seen = [...take('a', 30), ...take('a', 30)]
  await settled()
  expect(stock.size).toBe(100)
  seen.push(...take('a', 500))
  await settled()
  seen.push(...take('a', 500))
  expect(seen).toHaveLength(260)
  expect(new Set(seen).size).toBe(260)
})

test('taking from a key without a stock gives nothing and begins one', async () => {
  const { stock, take } = makeStock()
  expect(take('a', 5)).toEqual([])
  await settled()
  expect(stock.size).toBe(100)
})

test('only the newest keys have a stock, and a dropped key has none', async () => {
  const { stock } = makeStock()
  for (const key of ['a', 'b', 'c']) stock.add(key, n)
  await settled()
  expect(stock.size).toBe(200)
  stock.drop('c')
  expect(stock.size).toBe(100)
})

test('an idle key gets no more masks until it is used again', async () => {
  const { stock, clock, take } = makeStock({ idleMs: 1000 })
  stock.add('a', n)
  await settled()
  take('a', 100)
  clock.ms += 5000
  await settled()
  const left = stock.size
  expect(left).toBeLessThan(100)
  take('a', 0)
  await settled()
  expect(stock.size).toBe(100)
})

test('masks that cannot be made are reported once and not tried for ever', async () => {
  const { stock, errors } = makeStock({}, 1, () => true)
  stock.add('a', n)
  await settled()
  expect(errors).toHaveLength(1)
  expect(stock.size).toBe(0)
})

test('a closed stock makes nothing', async () => {
  const { stock, made, errors } = makeStock()
  stock.close()
  stock.add('a', n)
  await settled()
  expect([made(), errors.length]).toEqual([0, 0])
})
