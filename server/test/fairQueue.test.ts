import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { holdTimers, key, makeWorks, score, spare, stored, turn } from './support/works.ts'

beforeEach(holdTimers)
afterEach(() => void vi.useRealTimers())

describe('one place', () => {
  test('a client with much waiting does not keep one with little waiting', async () => {
    const { began, start, endAll } = makeWorks(1)
    const all = Array.from({ length: 20 }, (_, i) => start(`many ${i}`, score('many')))
    await turn()
    all.push(start('few', score('few')))
    await turn()
    await endAll()
    expect((await Promise.all(all)).length).toBe(21)
    expect(began.indexOf('few')).toBe(1)
  })

  test('clients take turns by the work that they were given, not by their pieces', async () => {
    const { began, start, endAll } = makeWorks(1)
    const large = Array.from({ length: 5 }, (_, i) => start(`L${i}`, score('large', 10)))
    const small = Array.from({ length: 50 }, (_, i) => start(`s${i}`, score('small', 1)))
    await turn()
    await endAll()
    await Promise.all([...large, ...small])
    // Between two large pieces as much of small ones as a large one is.
    const places = began.flatMap((name, i) => (name.startsWith('L') ? [i] : []))
    const between = places.slice(1).map((place, i) => place - (places[i] as number) - 1)
    expect(between).toEqual([10, 10, 10, 10])
  })

  test('of three, each has a third, whoever came first', async () => {
    const { began, start, endAll } = makeWorks(1)
    const all = ['a', 'b', 'c'].flatMap((client) =>
      Array.from({ length: 10 }, (_, i) => start(`${client}${i}`, score(client))),
    )
    await turn()
    await endAll()
    await Promise.all(all)
    for (let i = 0; i + 3 <= began.length; i += 3) {
      expect(new Set(began.slice(i, i + 3).map((name) => name[0]))).toEqual(new Set(['a', 'b', 'c']))
    }
  })

  test.each([
    ['scores', score],
    ['stored work', stored],
  ])('resting saves nothing up: who comes late has no more than the others from then on (%s)', async (_, of) => {
    const { began, start, end, endAll } = makeWorks(1)
    const all = Array.from({ length: 30 }, (_, i) => start(`a${i}`, of('a')))
    await turn()
    for (let i = 0; i < 20; i++) await end(`a${i}`)
    all.push(...Array.from({ length: 10 }, (_, i) => start(`b${i}`, of('b'))))
    await turn()
    await endAll()
    await Promise.all(all)
    expect(began.slice(21, 27).filter((name) => name.startsWith('b'))).toHaveLength(3)
  })

  test('work that goes ahead takes turns with its client’s other work', async () => {
    const { began, start, endAll } = makeWorks(1)
    const all = ['a', 'b', 'c', 'd'].map((name) => start(name, score('x')))
    all.push(start('ahead', { kind: 'ahead', client: 'x', work: 1 }))
    await turn()
    await endAll()
    await Promise.all(all)
    expect(began).toEqual(['a', 'b', 'ahead', 'c', 'd'])
  })

  test('spare work comes when nobody waits', async () => {
    const { queue, began, start, end } = makeWorks(1)
    const all = [start('first', score('a')), start('spare', spare), start('second', score('b'))]
    await turn()
    expect([began, queue.waiting, queue.spareWaiting]).toEqual([['first'], 1, 1])
    await end('first')
    expect(began).toEqual(['first', 'second'])
    await end('second')
    expect(began).toEqual(['first', 'second', 'spare'])
    await end('spare')
    expect(await Promise.all(all)).toEqual(['first', 'spare', 'second'])
  })
})

describe('several places', () => {
  test('are all one client’s while nobody else is about', async () => {
    const { began, start, endAll } = makeWorks(3)
    const all = Array.from({ length: 5 }, (_, i) => start(`a${i}`, score('a')))
    await turn()
    expect(began).toHaveLength(3)
    await endAll()
    await Promise.all(all)
  })

  test('leave one to whoever else is about, and only as long as that', async () => {
    const { queue, pass, began, start, end, endAll } = makeWorks(2)
    const all = [start('b0', score('b'))]
    all.push(...Array.from({ length: 6 }, (_, i) => start(`a${i}`, score('a'))))
    await turn()
    expect(began).toEqual(['b0', 'a0'])
    await pass(20)
    await end('b0')
    // The place is kept for b, for four times as long as the longer of its last two works took.
    expect([began, queue.waiting]).toEqual([['b0', 'a0'], 5])
    await pass(50)
    await end('a0')
    expect(began).toEqual(['b0', 'a0', 'a1'])
    all.push(start('b1', score('b')))
    await turn()
    expect(began.at(-1)).toBe('b1')
    await pass(10)
    await end('b1')
    await pass(79)
    expect(queue.inside).toBe(1)
    await pass(2)
    expect(began.slice(-2)).toEqual(['b1', 'a2'])
    await endAll()
    await Promise.all(all)
    // Nothing of either is left.
    expect([queue.inside, queue.waiting]).toEqual([0, 0])
  })

  test('keep the last for who brings least at once, however many bring much', async () => {
    const { pass, began, start, end, endAll } = makeWorks(2)
    const all: Promise<unknown>[] = []
    for (const client of ['x', 'y', 'z']) for (let i = 0; i < 4; i++) all.push(start(`${client}${i}`, score(client)))
    all.push(start('few 0', score('few')))
    await turn()
    await end('x0')
    expect(began).toEqual(['x0', 'x1', 'few 0'])
    for (let i = 1; i < 5; i++) {
      await pass(10)
      await end(`few ${i - 1}`)
      // Nobody takes its place while it is about to come back, and of the others each has its turn in the other place.
      expect(began).not.toContain(`few ${i}`)
      await end(began.findLast((name) => !name.startsWith('few')) as string)
      all.push(start(`few ${i}`, score('few')))
      await turn()
      expect(began.at(-1)).toBe(`few ${i}`)
    }
    expect(began.filter((name) => !name.startsWith('few'))).toEqual(['x0', 'x1', 'y0', 'z0', 'x2', 'y1'])
    await pass(10)
    await end('few 4')
    await pass(50)
    expect(began.at(-1)).toBe('z1')
    await endAll()
    await Promise.all(all)
  })

  test('keep none for one of several that bring as much', async () => {
    const { began, start, end, endAll } = makeWorks(2)
    const all = ['x', 'y', 'z'].map((client) => start(`${client}0`, score(client)))
    await turn()
    await end('x0')
    all.push(start('x1', score('x')))
    await end('y0')
    expect(began).toEqual(['x0', 'y0', 'z0', 'x1'])
    await endAll()
    await Promise.all(all)
  })

  test('a place is kept for no longer than the longest hold, however long the work was', async () => {
    const { pass, began, start, end } = makeWorks(2)
    void start('b', score('b'))
    for (let i = 0; i < 3; i++) void start(`a${i}`, score('a'))
    await turn()
    await pass(10_000)
    await end('b')
    await pass(499)
    expect(began).toEqual(['b', 'a0'])
    await pass(2)
    expect(began).toEqual(['b', 'a0', 'a1'])
  })

  test('a short check before long scores does not shorten what is kept for its client', async () => {
    const { pass, began, start, end } = makeWorks(2)
    void start('long', score('b'))
    for (let i = 0; i < 3; i++) void start(`a${i}`, score('a'))
    await turn()
    await pass(20)
    await end('long')
    void start('check', score('b'))
    await turn()
    await pass(1)
    await end('check')
    await pass(79)
    expect(began).toEqual(['long', 'a0', 'check'])
    await pass(2)
    expect(began.at(-1)).toBe('a1')
  })

  test('spare work leaves one place free', async () => {
    const { queue, began, start, end } = makeWorks(2)
    const all = [start('a', spare), start('b', spare), start('c', score('x'))]
    await turn()
    expect(began).toEqual(['a', 'c'])
    expect([queue.inside, queue.spareWaiting]).toEqual([2, 1])
    await end('a')
    await end('b')
    await end('c')
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
    expect(queue.inside).toBe(0)
  })

  test('work that goes ahead takes the next place of its client', async () => {
    const { began, start, end, endAll } = makeWorks(3)
    const all = ['a', 'b', 'c', 'd'].map((name) => start(name, score('x')))
    all.push(start('ahead', { kind: 'ahead', client: 'x', work: 1 }))
    await turn()
    await end('a')
    expect(began).toEqual(['a', 'b', 'c', 'ahead'])
    await endAll()
    await Promise.all(all)
  })
})

describe('checks of keys', () => {
  test('take turns with scores, and rest twice as long as they took while anybody scores', async () => {
    const { pass, began, start, end } = makeWorks(1)
    for (let i = 0; i < 40; i++) void start(`s${i}`, score(i % 2 ? 'a' : 'b'))
    for (let i = 0; i < 40; i++) void start(`k${i}`, key(`c${i}`))
    await turn()
    for (let i = 0; i < 30; i++) {
      await pass(10)
      await end(began.at(-1) as string)
    }
    // However many wait, of three pieces one is a key's at most, and not much less.
    const kinds = began.map((name) => name[0]).join('')
    expect(kinds).not.toMatch(/ks?k/)
    expect(kinds.replaceAll('s', '').length).toBeGreaterThanOrEqual(8)
  })

  test('do not rest where nobody scores', async () => {
    const { clock, began, start, end } = makeWorks(2)
    for (let i = 0; i < 4; i++) void start(`k${i}`, key('a'))
    await turn()
    for (let i = 0; i < 3; i++) {
      clock.ms += 10
      await end(`k${i}`)
    }
    expect(began).toEqual(['k0', 'k1', 'k2', 'k3'])
  })

  test('that rest keep no place from who scores', async () => {
    const { queue, pass, began, start, end } = makeWorks(2)
    for (let i = 0; i < 6; i++) void start(`a${i}`, score('a'))
    for (let i = 0; i < 6; i++) void start(`k${i}`, key('b'))
    await turn()
    await end('a0')
    expect(began).toEqual(['a0', 'a1', 'k0'])
    await pass(10)
    await end('k0')
    expect(began).toEqual(['a0', 'a1', 'k0', 'a2'])
    await end('a1')
    expect(began.at(-1)).toBe('a3')
    // Rested, they have the next place: one of two is theirs while one is checked.
    await pass(20)
    await end('a2')
    expect([began.at(-1), queue.inside]).toEqual(['k1', 2])
  })

  test('go on when they have rested, whatever else happens', async () => {
    const { pass, began, start, end } = makeWorks(2)
    void start('s', score('a'))
    for (const name of ['k0', 'k1']) void start(name, key('b'))
    await turn()
    await pass(10)
    await end('k0')
    await pass(19)
    expect(began).toEqual(['s', 'k0'])
    await pass(2)
    expect(began).toEqual(['s', 'k0', 'k1'])
  })

  test('and spare work leave one place free together', async () => {
    const { queue, began, start, end } = makeWorks(2)
    void start('spare', spare)
    void start('k', key('b'))
    await turn()
    expect([began, queue.inside]).toEqual([['spare'], 1])
    void start('s', score('a'))
    await turn()
    expect(began).toEqual(['spare', 's'])
    await end('spare')
    expect(began).toEqual(['spare', 's', 'k'])
  })

  test('that rest do not keep spare work out', async () => {
    const { pass, began, start, end } = makeWorks(2)
    void start('s', score('a'))
    for (const name of ['k0', 'k1']) void start(name, key('b'))
    void start('spare', spare)
    await turn()
    expect(began).toEqual(['s', 'k0'])
    await pass(10)
    await end('k0')
    expect(began).toEqual(['s', 'k0', 'spare'])
  })

  test('are computed one at a time, however many places there are', async () => {
    const { queue, began, start, endAll } = makeWorks(4)
    const all = ['a', 'b', 'c'].map((client) => start(`k ${client}`, key(client)))
    await turn()
    expect([began, queue.inside]).toEqual([['k a'], 1])
    await endAll()
    await Promise.all(all)
    expect(began).toEqual(['k a', 'k b', 'k c'])
  })

  test('use the place that a client with much work may not have', async () => {
    const { began, start, endAll } = makeWorks(2)
    const all = Array.from({ length: 6 }, (_, i) => start(`a${i}`, score('a')))
    all.push(start('k', key('b')))
    await turn()
    expect(began).toEqual(['a0', 'a1'])
    await endAll()
    await Promise.all(all)
    expect(began.indexOf('k')).toBeLessThanOrEqual(3)
  })
})

test('what is cancelled while it waits never begins; what has begun ends; both settle', async () => {
  const { queue, began, start, end } = makeWorks(1)
  const [running, waiting] = [new AbortController(), new AbortController()]
  const first = start('first', score('a'), running.signal)
  const second = start('second', score('a'), waiting.signal)
  await turn()
  waiting.abort()
  running.abort()
  await expect(second).rejects.toMatchObject({ code: 'run/cancelled' })
  await end('first')
  expect(await first).toBe('first')
  expect(began).toEqual(['first'])
  await expect(start('late', score('a'), AbortSignal.abort())).rejects.toMatchObject({ code: 'run/cancelled' })
  expect(queue.waiting).toBe(0)
})

test('work that throws gives its place back', async () => {
  const { queue } = makeWorks(1)
  await expect(queue.run(score('a'), undefined, () => Promise.reject(new Error('x')))).rejects.toThrow('x')
  expect(await queue.run(score('a'), undefined, async () => 'next')).toBe('next')
})
