import { expect, it } from 'vitest'
import type { Bridge } from '../bridge.ts'
import { Post } from '../post.ts'

/** Bridges that end when they are told to. */
function opener() {
  const opened: Bridge<unknown>[] = []
  const open = (): Bridge<unknown> => {
    let end = (): void => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const bridge = { ended, end: () => end(), call: () => Promise.reject(new Error('not called')) }
    opened.push(bridge)
    return bridge
  }
  return { opened, open }
}

it('a post starts its worker when it is asked for, and another when that one has ended', async () => {
  const { opened, open } = opener()
  let lost = 0
  const post = new Post(open, () => {
    lost += 1
  })
  expect(opened).toHaveLength(0)
  expect(post.bridge).toBe(post.bridge)
  opened[0]?.end()
  await opened[0]?.ended
  await Promise.resolve()
  expect(lost).toBe(1)
  expect(post.bridge).toBe(opened[1])
  post.end()
  await opened[1]?.ended
  await Promise.resolve()
  expect(lost).toBe(1)
})
