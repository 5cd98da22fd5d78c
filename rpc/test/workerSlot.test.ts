import { expect, it } from 'vitest'
import type { RpcHost } from '../rpcHost.ts'
import { WorkerSlot } from '../workerSlot.ts'

/** Bridges that end when they are told to. */
function opener() {
  const opened: RpcHost<unknown>[] = []
  const open = (): RpcHost<unknown> => {
    let end = (): void => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const host = { ended, end: () => end(), call: () => Promise.reject(new Error('not called')) }
    opened.push(host)
    return host
  }
  return { opened, open }
}

it('a post starts its worker when it is asked for, and another when that one has ended', async () => {
  const { opened, open } = opener()
  let lost = 0
  const post = new WorkerSlot(open, () => {
    lost += 1
  })
  expect(opened).toHaveLength(0)
  expect(post.host).toBe(post.host)
  opened[0]?.end()
  await opened[0]?.ended
  await Promise.resolve()
  expect(lost).toBe(1)
  expect(post.host).toBe(opened[1])
  post.end()
  await opened[1]?.ended
  await Promise.resolve()
  expect(lost).toBe(1)
})
