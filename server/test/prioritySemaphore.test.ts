import { expect, test } from 'vitest'
import { type Priority, PrioritySemaphore } from '../compute/prioritySemaphore.ts'

/** Work that ends when it is told to, and the order in which works began. */
function makeWorks(semaphore: PrioritySemaphore) {
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const start = (name: string, priority: Priority, signal?: AbortSignal) =>
    semaphore.run(priority, signal, () => {
      began.push(name)
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
    })
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { began, start, end }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('foreground work goes before background work that waited longer', async () => {
  const { began, start, end } = makeWorks(new PrioritySemaphore(1))
  const all = [start('first', 'foreground'), start('spare', 'background'), start('second', 'foreground')]
  await turn()
  expect(began).toEqual(['first'])
  await end('first')
  expect(began).toEqual(['first', 'second'])
  await end('second')
  expect(began).toEqual(['first', 'second', 'spare'])
  await end('spare')
  expect(await Promise.all(all)).toEqual(['first', 'spare', 'second'])
})

test('background work leaves one place free', async () => {
  const semaphore = new PrioritySemaphore(2)
  const { began, start, end } = makeWorks(semaphore)
  const all = [start('a', 'background'), start('b', 'background'), start('c', 'foreground')]
  await turn()
  expect(began).toEqual(['a', 'c'])
  expect([semaphore.inside('background'), semaphore.waiting('background'), semaphore.inside('foreground')]).toEqual([
    1, 1, 1,
  ])
  await end('a')
  await end('b')
  await end('c')
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
  expect([semaphore.inside('background'), semaphore.inside('foreground')]).toEqual([0, 0])
})

test('work that goes ahead takes the next of several places, and turns with the rest where there is one', async () => {
  for (const [width, order] of [
    [1, ['a', 'b', 'ahead', 'c', 'd']],
    [3, ['a', 'b', 'c', 'ahead', 'd']],
  ] as const) {
    const { began, start, end } = makeWorks(new PrioritySemaphore(width))
    const all = ['a', 'b', 'c', 'd'].map((name) => start(name, 'foreground'))
    all.push(start('ahead', 'ahead'))
    await turn()
    for (const name of order) await end(name)
    await Promise.all(all)
    expect(began).toEqual(order)
  }
})

test('what is cancelled while it waits never begins; what has begun ends; both settle', async () => {
  const semaphore = new PrioritySemaphore(1)
  const { began, start, end } = makeWorks(semaphore)
  const [running, waiting] = [new AbortController(), new AbortController()]
  const first = start('first', 'foreground', running.signal)
  const second = start('second', 'foreground', waiting.signal)
  await turn()
  waiting.abort()
  running.abort()
  await expect(second).rejects.toMatchObject({ code: 'run/cancelled' })
  await end('first')
  expect(await first).toBe('first')
  expect(began).toEqual(['first'])
  await expect(start('late', 'foreground', AbortSignal.abort())).rejects.toMatchObject({ code: 'run/cancelled' })
  expect(semaphore.waiting('foreground')).toBe(0)
})

test('work that throws gives its place back', async () => {
  const semaphore = new PrioritySemaphore(1)
  await expect(semaphore.run('foreground', undefined, () => Promise.reject(new Error('x')))).rejects.toThrow('x')
  expect(await semaphore.run('foreground', undefined, async () => 'next')).toBe('next')
})
