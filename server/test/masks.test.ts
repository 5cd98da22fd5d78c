import { expect, test, vi } from 'vitest'
import { MaskPool, type MaskPoolOptions } from '../compute/masks/maskPool.ts'
import { PrioritySemaphore } from '../compute/prioritySemaphore.ts'

const schemeKey = { set: 'paillier-2048', publicKey: new Uint8Array(256).fill(0xff) }
const width = 512
/** Steps of a table here. */
const tableSteps = 30

interface Chosen extends Partial<MaskPoolOptions['limits']> {
  readonly threads?: number
  readonly hasTables?: boolean
  readonly fails?: () => boolean
  readonly tableFails?: boolean
}

/** A pool whose masks are counted instead of computed, behind a real semaphore: every mask is another number. */
function makePool({ threads = 1, hasTables = true, fails = () => false, tableFails = false, ...limits }: Chosen = {}) {
  let made = 0
  const semaphore = new PrioritySemaphore(threads)
  const done: string[] = []
  const sizes: number[] = []
  const errors: unknown[] = []
  const spent = { mask: 0, table: 0, direct: 0, byTable: 0 }
  const steps = new Map<SharedArrayBuffer, number>()
  const working = new Set<SharedArrayBuffer>()
  const clock = { ms: 0 }
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const pool = new MaskPool(
    {
      threads,
      engine: { engine: 'kernel', reason: 'fused', hasTables },
      masks: ({ count, table }, signal) =>
        semaphore.run('background', signal, async () => {
          await turn()
          if (fails()) throw new Error('no masks')
          if (table !== null && (steps.get(table) ?? 0) < tableSteps) throw new Error('the table is not ready')
          done.push(table ? 'masks by table' : 'masks')
          sizes.push(count)
          const masks = new Uint8Array(count * width)
          for (let i = 0; i < count; i++) new DataView(masks.buffer).setUint32(i * width, ++made)
          const kind = table === null ? { direct: count, byTable: 0 } : { direct: 0, byTable: count }
          return { masks, spent: { ms: { mask: count }, ...kind } }
        }),
      growTable: ({ memory, steps: more }, priority, signal) =>
        semaphore.run(priority, signal, async () => {
          if (working.has(memory)) throw new Error('two work on one table')
          working.add(memory)
          await turn()
          working.delete(memory)
          if (tableFails) throw new Error('no table')
          done.push(`table ${priority}`)
          steps.set(memory, (steps.get(memory) ?? 0) + more)
          const ready = (steps.get(memory) ?? 0) >= tableSteps
          return { ready, spent: { ms: { table: 30 * more }, direct: 0, byTable: 0 } }
        }),
    },
    {
      limits: {
        masksPerKey: 100,
        masksByTable: 150,
        maskKeys: 8,
        maskIdleMs: 600_000,
        maskTables: 0,
        maskTableBytes: 1024,
        maskTableKeepMs: 60_000,
        quietMs: 1000,
        ...limits,
      },
      now: () => clock.ms,
      onSpent({ ms, direct, byTable }) {
        spent.mask += ms.mask ?? 0
        spent.table += ms.table ?? 0
        spent.direct += direct
        spent.byTable += byTable
      },
      onError: (thrown) => errors.push(thrown),
    },
  )
  const numbers = (masks: Uint8Array): number[] =>
    Array.from({ length: masks.length / width }, (_, i) =>
      new DataView(masks.buffer, masks.byteOffset + i * width).getUint32(0),
    )
  /** A request: what it got. Its work takes a place of the semaphore, as a score does. */
  const request = (key: string, count: number, work: () => Promise<unknown> = turn) =>
    pool.lend(key, schemeKey, count, (masks, table) =>
      semaphore.run('foreground', undefined, async () => {
        await work()
        return { masks: numbers(masks), byTable: table !== null && (steps.get(table) ?? 0) >= tableSteps, table }
      }),
    )
  const take = async (key: string, count: number) => (await request(key, count)).masks
  /** Until nothing more happens. */
  const settled = async () => {
    for (let quiet = 0, before = done.length; quiet < 20; quiet++, before = done.length) {
      await turn()
      if (done.length !== before) quiet = 0
    }
  }
  return { pool, clock, done, sizes, errors, spent, semaphore, turn, request, take, settled, steps, made: () => made }
}

test('a key that registers gets exactly its masks, in tasks that stay short', async () => {
  for (const threads of [1, 2, 4]) {
    const { pool, sizes, made, spent, settled } = makePool({ threads })
    pool.add('a', schemeKey)
    await settled()
    expect([pool.size, pool.sizeOf('a'), made(), spent.direct]).toEqual([100, 100, 100, 100])
    expect(Math.max(...sizes)).toBeLessThanOrEqual(50)
    expect(sizes[0]).toBe(1)
  }
})

test('no mask is given out twice, and what was taken is made anew', async () => {
  const { pool, take, settled } = makePool()
  pool.add('a', schemeKey)
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
  const { pool, settled } = makePool({ maskKeys: 2 })
  for (const key of ['a', 'b', 'c']) pool.add(key, schemeKey)
  await settled()
  expect(pool.size).toBe(200)
  pool.drop('c')
  expect(pool.size).toBe(100)
})

test('an idle key gets no more masks until it is used again', async () => {
  const { pool, clock, take, settled } = makePool({ maskIdleMs: 1000 })
  pool.add('a', schemeKey)
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
  const { pool, errors, settled } = makePool({ fails: () => true })
  pool.add('a', schemeKey)
  await settled()
  expect(errors).toHaveLength(1)
  expect(pool.size).toBe(0)
})

test('a closed pool makes nothing', async () => {
  const { pool, made, errors, settled, done } = makePool({ maskTables: 4 })
  pool.close()
  pool.add('a', schemeKey)
  await settled()
  expect([made(), errors.length, done]).toEqual([0, 0, []])
})

test('a quiet server fills the pool, then makes the table, then more masks by it, all as spare work', async () => {
  for (const threads of [1, 3]) {
    const { pool, done, spent, settled, request } = makePool({ maskTables: 4, threads })
    pool.add('a', schemeKey)
    await settled()
    expect(done.findIndex((each) => each.startsWith('table'))).toBeGreaterThan(done.indexOf('masks'))
    expect(done.filter((each) => each.startsWith('table'))).toEqual(Array(tableSteps).fill('table background'))
    expect(done.indexOf('masks by table')).toBeGreaterThan(done.lastIndexOf('table background'))
    expect([pool.size, pool.tables, spent.direct, spent.byTable]).toEqual([150, 1, 100, 50])
    expect([spent.table, pool.tableBytes]).toEqual([30 * tableSteps, 1024])
    const { masks, byTable } = await request('a', 160)
    expect([masks.length, byTable]).toEqual([150, true])
  }
})

test('an engine without tables makes none', async () => {
  const { pool, done, settled, request } = makePool({ maskTables: 4, hasTables: false })
  pool.add('a', schemeKey)
  await settled()
  expect(new Set(done)).toEqual(new Set(['masks']))
  expect([(await request('a', 1)).table, pool.tableBytes]).toEqual([null, 0])
})

test('a short run does not share the machine with a table, which waits for a quiet moment', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { clock, done, settled, request } = makePool({ maskTables: 4 })
    for (let chunk = 0; chunk < 8; chunk++) {
      expect((await request('a', 8)).byTable).toBe(false)
      clock.ms += 900
      vi.advanceTimersByTime(900)
      await settled()
    }
    expect(new Set(done)).toEqual(new Set(['masks']))
    clock.ms += 1000
    vi.advanceTimersByTime(1000)
    await settled()
    expect(done.filter((each) => each === 'table background')).toHaveLength(tableSteps)
    expect(done).not.toContain('table ahead')
  } finally {
    vi.useRealTimers()
  }
})

test('a long run makes its table pay: from 128 masks on it goes beside the requests, and then serves them', async () => {
  const { done, semaphore, request, pool } = makePool({ maskTables: 4 })
  // One thread that never idles: spare work would wait for ever.
  const answers: boolean[] = []
  let growth = -1
  const run = async (): Promise<void> => {
    for (let chunk = 0; chunk < 60; chunk++) {
      answers.push((await request('a', 8)).byTable)
      if (growth < 0 && done.includes('table ahead')) growth = chunk
    }
  }
  await Promise.all([run(), run(), run()])
  expect(done).not.toContain('table background')
  // In tasks of four steps each, as long as the answer to a chunk.
  expect(done.filter((each) => each === 'table ahead')).toHaveLength(Math.ceil(tableSteps / 4))
  // Three runs of chunks of 8 masks: 128 are reached in the sixth round.
  expect(growth).toBeGreaterThanOrEqual(4)
  expect(growth).toBeLessThanOrEqual(8)
  expect([answers[0], answers.at(-1), pool.tables]).toEqual([false, true, 1])
  expect(semaphore.waiting('foreground')).toBe(0)
})

test('a task for the table that waits for a quiet moment goes before it once that pays', async () => {
  const { pool, clock, done, semaphore, request, settled, turn } = makePool({ maskTables: 4, masksPerKey: 0 })
  // The only thread is held, so that the table's first task waits as spare work.
  let release = (): void => {}
  const held = semaphore.run('foreground', undefined, () => new Promise<void>((resolve) => (release = resolve)))
  pool.add('a', schemeKey)
  await settled()
  expect([done, semaphore.waiting('background')]).toEqual([[], 1])
  clock.ms += 10
  const large = request('a', 300)
  await turn()
  expect(semaphore.waiting('background')).toBe(0)
  release()
  await Promise.all([held, large])
  await settled()
  expect(done[0]).toBe('table ahead')
})

test('tables are bounded: a key that others still use keeps its own, one that rests gives it up', async () => {
  const { pool, clock, settled, request, steps } = makePool({ maskTables: 2, masksPerKey: 1, masksByTable: 1 })
  for (const key of ['a', 'b', 'c']) {
    pool.add(key, schemeKey)
    await settled()
    clock.ms += 10
  }
  expect([pool.tables, pool.tableBytes, steps.size]).toEqual([2, 2048, 2])
  expect((await request('c', 0)).table).toBeNull()
  clock.ms += 50_000
  const { table } = await request('a', 0)
  clock.ms += 20_000
  // b has rested for more than a minute: the newest without a table is c.
  const memory = (await request('c', 0)).table
  expect(memory).toBeNull()
  clock.ms += 2000
  for (const each of steps.keys()) if (each !== table) steps.delete(each)
  pool.add('d', schemeKey)
  await settled()
  expect([pool.tables, pool.tableBytes]).toEqual([2, 2048])
  expect((await request('a', 0)).table).toBe(table)
  expect((await request('b', 0)).table).toBeNull()
  expect((await request('d', 0)).table).toBeInstanceOf(SharedArrayBuffer)
})

test('the memory of a dropped key’s table is another’s only when no request uses it any more', async () => {
  const { pool, clock, settled, request, steps } = makePool({ maskTables: 1, masksPerKey: 1, masksByTable: 1 })
  pool.add('a', schemeKey)
  await settled()
  let end = (): void => {}
  const using = request('a', 1, () => new Promise<void>((resolve) => (end = resolve)))
  await settled()
  pool.drop('a')
  pool.add('b', schemeKey)
  clock.ms += 5000
  await settled()
  expect(pool.tables).toBe(0)
  const [memory] = steps.keys()
  steps.clear()
  end()
  const { table } = await using
  expect(table).toBe(memory)
  clock.ms += 5000
  pool.add('c', schemeKey)
  await settled()
  expect([pool.tables, pool.tableBytes]).toEqual([1, 1024])
  expect([...steps.keys()]).toEqual([memory])
})

test('a table that cannot be made is reported once, and its key has no pool until it is used again', async () => {
  const { pool, errors, settled, done } = makePool({ maskTables: 1, tableFails: true })
  pool.add('a', schemeKey)
  await settled()
  expect([errors.length, pool.size, pool.tables]).toEqual([1, 0, 0])
  expect(new Set(done)).toEqual(new Set(['masks']))
})
