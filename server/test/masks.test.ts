import { expect, test } from 'vitest'
import { makePool } from './support/maskPool.ts'

/** Masks that are made ahead: how many, for whom, and when. */

test('a key that registers gets exactly its masks, in tasks that stay short', async () => {
  for (const threads of [1, 2, 4]) {
    const { add, pool, sizes, made, spent, settled } = makePool({ threads })
    add('a')
    await settled()
    expect([pool.size, pool.sizeOf('a'), made(), spent.direct]).toEqual([100, 100, 100, 100])
    expect(Math.max(...sizes)).toBeLessThanOrEqual(50)
    expect(sizes[0]).toBe(1)
  }
})

test('no mask is given out twice, and what was taken is made anew', async () => {
  const { add, pool, take, settled } = makePool()
  add('a')
  await settled()
  const seen = [...(await take('a', 30)), ...(await take('a', 30))]
  await settled()
  expect(pool.size).toBe(100)
  seen.push(...(await take('a', 500)))
  await settled()
  seen.push(...(await take('a', 500)))
  expect(seen.length).toBeGreaterThanOrEqual(260)
  expect(new Set(seen).size).toBe(seen.length)
})

test('a request of a key without masks gets nothing and begins one', async () => {
  const { pool, take, settled } = makePool()
  expect(await take('a', 5)).toEqual([])
  await settled()
  expect(pool.size).toBe(100)
})

test('a request goes before the spare work that it gives rise to', async () => {
  const { take, request, settled, done } = makePool({ masksPerKey: 1 })
  await take('a', 0)
  await settled()
  let before = -1
  await request('a', 1, async () => {
    before = done.length
  })
  await settled()
  expect([before, done.length]).toEqual([1, 2])
})

test('only the newest keys have masks, and a dropped key has none', async () => {
  const { add, pool, settled } = makePool({ maskKeys: 2 })
  for (const key of ['a', 'b', 'c']) add(key)
  await settled()
  expect(pool.size).toBe(200)
  pool.drop('c')
  expect(pool.size).toBe(100)
})

test('nor has a client that brings many others’ masks dropped for its own', async () => {
  const { add, pool, settled } = makePool({ maskKeys: 3 })
  add('a')
  for (const key of ['b', 'c', 'd', 'e']) add(key, 'who brings many')
  await settled()
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => pool.sizeOf(key))).toEqual([100, 0, 0, 100, 100])
})

test('an idle key gets no more masks until it is used again', async () => {
  const { add, pool, clock, take, settled } = makePool({ maskIdleMs: 1000 })
  add('a')
  await settled()
  await take('a', 100)
  clock.ms += 5000
  await settled()
  expect(pool.size).toBeLessThan(100)
  await take('a', 0)
  await settled()
  expect(pool.size).toBe(100)
})

test('masks that cannot be made are reported once and not tried for ever', async () => {
  const { add, pool, errors, settled } = makePool({ fails: () => true })
  add('a')
  await settled()
  expect(errors).toHaveLength(1)
  expect(pool.size).toBe(0)
})

test('a closed pool makes nothing', async () => {
  const { add, pool, made, errors, settled, done } = makePool({ maskTables: 4 })
  pool.close()
  add('a')
  await settled()
  expect([made(), errors.length, done]).toEqual([0, 0, []])
})
