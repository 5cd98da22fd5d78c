import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { holdTimers, key, makeWorks, score, spare, stored, turn } from './support/works.ts'

/** Work on what is stored, on the threads that scores are computed on. */

beforeEach(holdTimers)
afterEach(() => void vi.useRealTimers())

test('has all places while nobody scores, and clients take turns by the work that they were given', async () => {
  const { queue, began, start, endAll } = makeWorks(2)
  const all = Array.from({ length: 5 }, (_, i) => start(`L${i}`, stored('large', 10)))
  all.push(...Array.from({ length: 50 }, (_, i) => start(`s${i}`, stored('small', 1))))
  await turn()
  expect([began, queue.inside, queue.waiting]).toEqual([['L0', 'L1'], 2, 53])
  await endAll()
  await Promise.all(all)
  expect(began.slice(2, 12).every((name) => name.startsWith('s'))).toBe(true)
  expect(began[12]).toBe('L2')
})

test('leaves who scores a place, and rests twice as long as it took', async () => {
  const { queue, pass, began, start, end } = makeWorks(2)
  for (let i = 0; i < 6; i++) void start(`t${i}`, stored(`x${i}`))
  void start('s0', score('a'))
  await turn()
  expect(began).toEqual(['t0', 't1'])
  await pass(10)
  await end('t0')
  expect(began).toEqual(['t0', 't1', 's0'])
  await end('t1')
  await pass(19)
  expect(queue.inside).toBe(1)
  await pass(2)
  expect(began).toEqual(['t0', 't1', 's0', 't2'])
  await pass(10)
  await end('t2')
  await end('s0')
  void start('s1', score('a'))
  await turn()
  expect([began.slice(4), queue.inside]).toEqual([['s1'], 1])
})

test('is never kept out, however much is scored, on one place too', async () => {
  for (const width of [1, 2]) {
    const { pass, began, start, end } = makeWorks(width)
    for (let i = 0; i < 200; i++) void start(`s${i}`, score(`c${i % 7}`))
    for (let i = 0; i < 40; i++) void start(`t${i}`, stored('x'))
    await turn()
    for (let i = 0; i < 100; i++) {
      await pass(10)
      await end(began[i] as string)
    }
    const count = began.filter((name) => name.startsWith('t')).length
    expect(count).toBeGreaterThanOrEqual(100 / (4 * width))
    expect(count).toBeLessThanOrEqual(100 / (2 * width))
  }
})

test('has all places again once nobody scored for a while', async () => {
  const { pass, began, start, end } = makeWorks(2)
  void start('s', score('a'))
  for (let i = 0; i < 4; i++) void start(`t${i}`, stored('x'))
  await turn()
  await pass(10)
  await end('s')
  expect(began).toEqual(['s', 't0'])
  await pass(41)
  expect(began).toEqual(['s', 't0', 't1'])
  await end('t0')
  expect(began.at(-1)).toBe('t2')
})

test('leaves spare work the other place once nobody scored for a while', async () => {
  const { pass, began, start, end } = makeWorks(2)
  void start('s', score('a'))
  void start('t', stored('x'))
  void start('spare', spare)
  await turn()
  await pass(10)
  await end('s')
  expect(began).toEqual(['s', 't'])
  await pass(41)
  expect(began).toEqual(['s', 't', 'spare'])
})

test('takes turns with keys’ checks', async () => {
  const { pass, began, start, end } = makeWorks(1)
  for (let i = 0; i < 20; i++) void start(`t${i}`, stored('x'))
  for (let i = 0; i < 20; i++) void start(`k${i}`, key('y'))
  await turn()
  for (let i = 0; i < 15; i++) {
    await pass(10)
    await end(began.at(-1) as string)
  }
  expect(began.map((name) => name[0]).join('')).toMatch(/^t(kttt?)+/)
})

test.each(['t', 'k'])(
  'rests no longer than two seconds, however long the process was stopped in one (%s)',
  async (kind) => {
    const { pass, began, start, end } = makeWorks(2)
    void start('s', score('a'))
    for (let i = 0; i < 2; i++) void start(`${kind}${i}`, kind === 't' ? stored('x') : key('x'))
    await turn()
    await pass(3_600_000)
    await end(`${kind}0`)
    await pass(1999)
    expect(began).toEqual(['s', `${kind}0`])
    await pass(2)
    expect(began).toEqual(['s', `${kind}0`, `${kind}1`])
  },
)

test('that waited is nothing that its client’s scores are owed', async () => {
  const { began, start, endAll } = makeWorks(1)
  const all = Array.from({ length: 20 }, (_, i) => start(`t${i}`, stored('b')))
  all.push(...Array.from({ length: 20 }, (_, i) => start(`a${i}`, score('a'))))
  await turn()
  all.push(...Array.from({ length: 10 }, (_, i) => start(`b${i}`, score('b'))))
  await endAll()
  await Promise.all(all)
  const scores = began.filter((name) => !name.startsWith('t'))
  expect(scores.slice(0, 8).filter((name) => name.startsWith('b'))).toHaveLength(4)
})

test('that is cancelled while it waits never begins', async () => {
  const { queue, began, start, end } = makeWorks(1)
  const waiting = new AbortController()
  const first = start('first', stored('a'))
  const second = start('second', stored('a'), waiting.signal)
  await turn()
  waiting.abort()
  await expect(second).rejects.toMatchObject({ code: 'run/cancelled' })
  await end('first')
  await first
  expect([began, queue.waiting, queue.inside]).toEqual([['first'], 0, 0])
})
