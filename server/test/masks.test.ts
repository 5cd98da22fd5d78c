import { describe, expect, test, vi } from 'vitest'
import { FairQueue, type Turn } from '../compute/fairQueue.ts'
import { MaskPool, type MaskPoolOptions } from '../compute/masks/maskPool.ts'

const schemeKey = { set: 'paillier-2048', publicKey: new Uint8Array(256).fill(0xff) }
const width = 512
/** Steps of a table here. */
const tableSteps = 30

interface Chosen extends Partial<MaskPoolOptions['limits']> {
  readonly threads?: number
  readonly hasTables?: boolean
  readonly fails?: () => boolean
  readonly tableFails?: boolean
  readonly onTable?: (turn: Turn) => void
}

/** A pool whose masks are counted instead of computed, behind a real queue: every mask is another number. */
function makePool({
  threads = 1,
  hasTables = true,
  fails = () => false,
  tableFails = false,
  onTable,
  ...limits
}: Chosen = {}) {
  let made = 0
  const queue = new FairQueue(threads)
  const done: string[] = []
  const sizes: number[] = []
  const errors: unknown[] = []
  const spent = { mask: 0, table: 0, direct: 0, byTable: 0 }
  const steps = new Map<SharedArrayBuffer, number>()
  const working = new Set<SharedArrayBuffer>()
  const clock = { ms: 0 }
  const tick = () => new Promise((resolve) => setImmediate(resolve))
  const pool = new MaskPool(
    {
      threads,
      engine: { engine: 'kernel', reason: 'fused', hasTables },
      masks: ({ count, table }, signal) =>
        queue.run({ kind: 'spare' }, signal, async () => {
          await tick()
          if (fails()) throw new Error('no masks')
          if (table !== null && (steps.get(table) ?? 0) < tableSteps) throw new Error('the table is not ready')
          done.push(table ? 'masks by table' : 'masks')
          sizes.push(count)
          const masks = new Uint8Array(count * width)
          for (let i = 0; i < count; i++) new DataView(masks.buffer).setUint32(i * width, ++made)
          const kind = table === null ? { direct: count, byTable: 0 } : { direct: 0, byTable: count }
          return { masks, spent: { ms: { mask: count }, ...kind } }
        }),
      growTable: ({ memory, steps: more }, turn, signal) => {
        onTable?.(turn)
        return queue.run(turn, signal, async () => {
          if (working.has(memory)) throw new Error('two work on one table')
          working.add(memory)
          await tick()
          working.delete(memory)
          if (tableFails) throw new Error('no table')
          done.push(`table ${turn.kind}`)
          steps.set(memory, (steps.get(memory) ?? 0) + more)
          const ready = (steps.get(memory) ?? 0) >= tableSteps
          return { ready, spent: { ms: { table: 30 * more }, direct: 0, byTable: 0 } }
        })
      },
    },
    {
      limits: {
        masksPerKey: 100,
        masksByTable: 150,
        maskKeys: 8,
        maskKeysPerClient: 8,
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
  /** A request: what it got. Its work takes a place of the queue, as a score does. */
  const request = (
    key: string,
    count: number,
    work: () => Promise<unknown> = tick,
    client = `client of ${key}`,
    coming: number | null = null,
  ) =>
    pool.lend({ fingerprint: key, key: schemeKey, client, coming }, count, (masks, table) =>
      queue.run({ kind: 'score', client, work: count }, undefined, async () => {
        await work()
        return { masks: numbers(masks), byTable: table !== null && (steps.get(table) ?? 0) >= tableSteps, table }
      }),
    )
  const add = (key: string, client = `client of ${key}`) =>
    pool.add({ fingerprint: key, key: schemeKey, client, coming: null })
  /** A run of chunks of 8 masks of which it is known how many it takes. */
  const knownRun = async (key: string, masks: number) => {
    const byTable: boolean[] = []
    for (let left = masks - 8; left >= 0; left -= 8)
      byTable.push((await request(key, 8, tick, `client of ${key}`, left)).byTable)
    return byTable
  }
  const take = async (key: string, count: number) => (await request(key, count)).masks
  /** Until nothing more happens. */
  const settled = async () => {
    for (let quiet = 0, before = done.length; quiet < 20; quiet++, before = done.length) {
      await tick()
      if (done.length !== before) quiet = 0
    }
  }
  return {
    pool,
    clock,
    done,
    sizes,
    errors,
    spent,
    queue,
    tick,
    add,
    request,
    knownRun,
    take,
    settled,
    steps,
    made: () => made,
  }
}

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

test('a quiet server fills the pool, then makes the table, then more masks by it, all as spare work', async () => {
  for (const threads of [1, 3]) {
    const { add, pool, done, spent, settled, request } = makePool({ maskTables: 4, threads })
    add('a')
    await settled()
    expect(done.findIndex((each) => each.startsWith('table'))).toBeGreaterThan(done.indexOf('masks'))
    expect(done.filter((each) => each.startsWith('table'))).toEqual(Array(tableSteps).fill('table spare'))
    expect(done.indexOf('masks by table')).toBeGreaterThan(done.lastIndexOf('table spare'))
    expect([pool.size, pool.tables, spent.direct, spent.byTable]).toEqual([150, 1, 100, 50])
    expect([spent.table, pool.tableBytes]).toEqual([30 * tableSteps, 1024])
    const { masks, byTable } = await request('a', 160)
    expect([masks.length, byTable]).toEqual([150, true])
  }
})

test('an engine without tables makes none', async () => {
  const { add, pool, done, settled, request } = makePool({ maskTables: 4, hasTables: false })
  add('a')
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
    expect(done.filter((each) => each === 'table spare')).toHaveLength(tableSteps)
    expect(done).not.toContain('table ahead')
  } finally {
    vi.useRealTimers()
  }
})

test('a long run makes its table pay: from 128 masks on it goes beside the requests, and then serves them', async () => {
  const { done, queue, request, pool } = makePool({ maskTables: 4 })
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
  expect(done).not.toContain('table spare')
  // In tasks as short as those of spare work: whoever else comes waits for one of them.
  expect(done.filter((each) => each === 'table ahead')).toHaveLength(tableSteps)
  // Three runs of chunks of 8 masks: 128 are reached in the sixth round.
  expect(growth).toBeGreaterThanOrEqual(4)
  expect(growth).toBeLessThanOrEqual(8)
  expect([answers[0], answers.at(-1), pool.tables]).toEqual([false, true, 1])
  expect(queue.waiting).toBe(0)
})

test('a task for the table that waits for a quiet moment goes before it once that pays', async () => {
  const { add, clock, done, queue, request, settled, tick } = makePool({ maskTables: 4, masksPerKey: 0 })
  // The only thread is held, so that the table's first task waits as spare work.
  let release = (): void => {}
  const held = queue.run(
    { kind: 'score', client: 'x', work: 1 },
    undefined,
    () => new Promise<void>((resolve) => (release = resolve)),
  )
  add('a')
  await settled()
  expect([done, queue.spareWaiting]).toEqual([[], 1])
  clock.ms += 10
  const large = request('a', 300)
  await tick()
  expect(queue.spareWaiting).toBe(0)
  release()
  await Promise.all([held, large])
  await settled()
  expect(done[0]).toBe('table ahead')
})

test('tables are bounded: a key that others still use keeps its own, one that rests gives it up', async () => {
  const { add, pool, clock, settled, request, steps } = makePool({ maskTables: 2, masksPerKey: 1, masksByTable: 1 })
  for (const key of ['a', 'b', 'c']) {
    add(key)
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
  add('d')
  await settled()
  expect([pool.tables, pool.tableBytes]).toEqual([2, 2048])
  expect((await request('a', 0)).table).toBe(table)
  expect((await request('b', 0)).table).toBeNull()
  expect((await request('d', 0)).table).toBeInstanceOf(SharedArrayBuffer)
})

test('the memory of a dropped key’s table is another’s only when no request uses it any more', async () => {
  const { add, pool, clock, settled, request, steps } = makePool({ maskTables: 1, masksPerKey: 1, masksByTable: 1 })
  add('a')
  await settled()
  let end = (): void => {}
  const using = request('a', 1, () => new Promise<void>((resolve) => (end = resolve)))
  await settled()
  pool.drop('a')
  add('b')
  clock.ms += 5000
  await settled()
  expect(pool.tables).toBe(0)
  const [memory] = steps.keys()
  steps.clear()
  end()
  const { table } = await using
  expect(table).toBe(memory)
  clock.ms += 5000
  add('c')
  await settled()
  expect([pool.tables, pool.tableBytes]).toEqual([1, 1024])
  expect([...steps.keys()]).toEqual([memory])
})

test('a table that cannot be made is reported once, and its key has no pool until it is used again', async () => {
  const { add, pool, errors, settled, done } = makePool({ maskTables: 1, tableFails: true })
  add('a')
  await settled()
  expect([errors.length, pool.size, pool.tables]).toEqual([1, 0, 0])
  expect(new Set(done)).toEqual(new Set(['masks']))
})

describe('tables go to those who use them', () => {
  /** Runs of one chunk after the other. */
  const run = async (request: ReturnType<typeof makePool>['request'], key: string, chunks: number, client?: string) => {
    let last = false
    for (let i = 0; i < chunks; i++) last = (await request(key, 8, undefined, client)).byTable
    return last
  }

  test('a client has one table, however many keys it brings', async () => {
    const { add, pool, clock, settled, request } = makePool({ maskTables: 4, masksPerKey: 1, masksByTable: 1 })
    for (const key of ['a', 'b', 'c', 'd']) {
      add(key, 'hoarder')
      await settled()
      clock.ms += 2000
    }
    expect(pool.tables).toBe(1)
    // Used now and again, all of them stay what they are.
    for (let round = 0; round < 5; round++) {
      for (const key of ['a', 'b', 'c', 'd']) await request(key, 1, undefined, 'hoarder')
      clock.ms += 20_000
      await settled()
    }
    expect(pool.tables).toBe(1)
    add('honest', 'other')
    clock.ms += 2000
    await settled()
    expect([pool.tables, await run(request, 'honest', 1, 'other')]).toEqual([2, true])
  })

  test('keys of as many clients as there are tables, hardly used, give one up to a run; one in use does not', async () => {
    const { add, pool, clock, settled, request } = makePool({ maskTables: 2, masksPerKey: 1, masksByTable: 1 })
    for (const key of ['a', 'b']) {
      add(key)
      clock.ms += 2000
      await settled()
    }
    expect(pool.tables).toBe(2)
    await run(request, 'b', 100)
    for (let i = 0; i < 5; i++) {
      await request('a', 1)
      clock.ms += 20_000
      await run(request, 'b', 10)
    }
    expect(await run(request, 'honest', 60)).toBe(true)
    expect([pool.outlook('a').byTable, pool.outlook('b').byTable, pool.tables]).toEqual([false, true, 2])
  })

  test('a client’s many keys push out its own older ones, and nobody else’s', async () => {
    const { add, pool, settled } = makePool({ masksPerKey: 2, maskKeys: 8, maskKeysPerClient: 2 })
    add('other', 'b')
    for (let i = 0; i < 20; i++) add(`k${i}`, 'a')
    await settled()
    expect(pool.sizeOf('other')).toBe(2)
    expect(['k17', 'k18', 'k19'].map((name) => pool.sizeOf(name))).toEqual([0, 2, 2])
    expect(pool.size).toBe(6)
  })

  test('a client’s newer key takes its older one’s table once it uses more', async () => {
    const { add, pool, clock, settled, request } = makePool({ maskTables: 4, masksPerKey: 1, masksByTable: 1 })
    add('old', 'one')
    clock.ms += 2000
    await settled()
    await run(request, 'old', 4, 'one')
    expect(await run(request, 'new', 60, 'one')).toBe(true)
    expect([pool.outlook('old').byTable, pool.tables, pool.tableBytes]).toEqual([false, 1, 1024])
  })

  test('tables that pay are made in turn, whichever of their keys uses more', async () => {
    const { pool, settled, request } = makePool({ threads: 2, maskTables: 2, masksPerKey: 0, masksByTable: 0 })
    const [large, small] = [run(request, 'large', 400), run(request, 'small', 40)]
    await Promise.all([large, small])
    await settled()
    expect([pool.outlook('large').byTable, pool.outlook('small').byTable]).toEqual([true, true])
  })

  test('the work on a table is its client’s', async () => {
    const turns: Turn[] = []
    const { pool, request } = makePool({ maskTables: 1, masksPerKey: 0, onTable: (turn) => turns.push(turn) })
    await run(request, 'a', 60)
    expect(pool.tables).toBe(1)
    const beside = turns.filter(({ kind }) => kind !== 'spare')
    expect(beside.length).toBeGreaterThanOrEqual(tableSteps - 1)
    for (const turn of beside) expect(turn).toMatchObject({ kind: 'ahead', client: 'client of a' })
  })
})

test('of a run whose masks are counted none is made that it does not use, and no table', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    for (const threads of [1, 3]) {
      const { clock, done, made, settled, knownRun, pool } = makePool({ maskTables: 4, threads })
      await knownRun('a', 520)
      // Nor later, when the server is quiet.
      clock.ms += 2000
      vi.advanceTimersByTime(2000)
      await settled()
      expect(done.filter((each) => each.startsWith('table'))).toEqual([])
      expect(made()).toBeLessThanOrEqual(520)
      expect([pool.size, pool.tables]).toEqual([0, 0])
    }
  } finally {
    vi.useRealTimers()
  }
})

test('a run that is known to be long has its table from the first chunk on', async () => {
  const { done, knownRun } = makePool({ maskTables: 4 })
  const byTable = await knownRun('a', 1600)
  expect(done.filter((each) => each.startsWith('table'))).toHaveLength(tableSteps)
  expect(byTable.indexOf(true)).toBeLessThanOrEqual(tableSteps + 2)
  expect(byTable.at(-1)).toBe(true)
})

test('nobody knows what comes of a key any more once it is used without a word', async () => {
  const { knownRun, request, settled, pool } = makePool()
  await knownRun('a', 80)
  await settled()
  expect(pool.size).toBe(0)
  await request('a', 1)
  await settled()
  expect(pool.size).toBe(100)
})
