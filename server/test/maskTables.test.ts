import { describe, expect, test, vi } from 'vitest'
import type { Turn } from '../compute/fairQueue.ts'
import { makePool, tableSteps } from './support/maskPool.ts'

/** The tables that masks are made by: when one is made, for whom, and when it goes. */

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

describe('a run of whose table the bases are there', () => {
  test('has it filled with them before it begins, unless few masks are coming', async () => {
    const given: (Uint8Array | null)[] = []
    const { prepare, request, done } = makePool({ maskTables: 4, onTable: (_, bases) => given.push(bases) })
    await prepare('few', 30)
    expect([given.length, (await request('few', 8, undefined, 'client of few', 22)).byTable]).toEqual([0, false])
    await prepare('a', 50)
    expect(done.filter((each) => each === 'table stored')).toHaveLength(tableSteps)
    expect(given.every((bases) => bases?.length === 1)).toBe(true)
    expect((await request('a', 8, undefined, 'client of a', 42)).byTable).toBe(true)
  })

  test('begins without it where the memory is another client’s', async () => {
    const { prepare, request, pool } = makePool({ maskTables: 1 })
    await prepare('a', 500)
    let end = (): void => {}
    const using = request('a', 8, () => new Promise<void>((resolve) => (end = resolve)), 'client of a', 492)
    await prepare('b', 500)
    expect([pool.outlook('a').byTable, pool.outlook('b').byTable]).toEqual([true, false])
    end()
    await using
  })

  test('is waited for, however long its tasks take while another client is about', async () => {
    const { prepare, request, clock, done } = makePool({ threads: 2, maskTables: 4, onTable: () => (clock.ms += 1500) })
    let end = (): void => {}
    const other = request('b', 1, () => new Promise<void>((resolve) => (end = resolve)))
    await prepare('a', 500)
    end()
    await other
    expect(done.filter((each) => each === 'table stored')).toHaveLength(tableSteps)
    expect((await request('a', 8, undefined, 'client of a', 492)).byTable).toBe(true)
  })

  test('has it in memory that is free beside its client’s other ones, and gives one up to another client, also in use', async () => {
    const { prepare, request, pool, settled } = makePool({ maskTables: 3 })
    const own = ['a', 'b', 'c']
    for (const key of own) await prepare(key, 5000, 'one')
    expect(pool.tables).toBe(3)
    const ends: (() => void)[] = []
    const using = own.map((key, i) =>
      request(key, 8 * (3 - i), () => new Promise<void>((resolve) => ends.push(resolve)), 'one', 4900),
    )
    const other = prepare('d', 5000, 'other')
    for (let i = 0; i < own.length; i++) {
      await settled()
      for (const end of ends) end()
    }
    await Promise.all([other, ...using])
    await request('d', 8, undefined, 'other', 4900)
    await settled()
    // The one that was used least, and no other one while that was still used.
    expect([...own, 'd'].map((key) => pool.outlook(key).byTable)).toEqual([true, true, false, true])
  })

  test('leaves it to the next one of its client once it is over', async () => {
    const { prepare, request, pool } = makePool({ maskTables: 1 })
    await prepare('a', 5000, 'one')
    await request('a', 1000, undefined, 'one', 0)
    await prepare('b', 5000, 'one')
    expect([pool.outlook('a').byTable, pool.outlook('b').byTable]).toEqual([true, false])
    pool.rest('a')
    await prepare('b', 5000, 'one')
    expect([pool.outlook('a').byTable, pool.outlook('b').byTable]).toEqual([false, true])
  })
})
