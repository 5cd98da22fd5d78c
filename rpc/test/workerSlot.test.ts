import { afterEach, expect, it, vi } from 'vitest'
import { errorOf } from '../../reader/test/files.ts'
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
    const host = { ended, end: () => end(), call: async () => 'answer' } as unknown as RpcHost<unknown>
    opened.push(host)
    return host
  }
  return { opened, open }
}

it('a slot starts its worker when it is asked for, and another when that one has ended', async () => {
  const { opened, open } = opener()
  let lost = 0
  const slot = new WorkerSlot(open, () => {
    lost += 1
  })
  expect(opened).toHaveLength(0)
  expect(slot.host).toBe(slot.host)
  opened[0]?.end()
  await opened[0]?.ended
  await Promise.resolve()
  expect(lost).toBe(1)
  expect(slot.host).toBe(slot.host)
  expect(opened).toHaveLength(2)
  slot.end()
  await opened[1]?.ended
  await Promise.resolve()
  expect(lost).toBe(1)
})

const settled = () => new Promise((resolve) => setImmediate(resolve))
afterEach(() => void vi.useRealTimers())

it('a slot whose workers do nothing but end starts a few, and then says so', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const { opened, open } = opener()
  // As the page does: what is lost is asked for again at once.
  const slot: WorkerSlot<unknown> = new WorkerSlot(open, () => void slot.host)
  void slot.host
  for (let i = 0; i < 50; i++) {
    opened.at(-1)?.end()
    await settled()
  }
  expect(opened).toHaveLength(4)
  const error = await errorOf(slot.host.call(async () => 'never'))
  expect([error.code, error.fault]).toEqual(['platform/worker-died', 'workersKeepEnding'])
  await slot.host.ended
  // Later a person may try again.
  vi.advanceTimersByTime(60_001)
  expect(await slot.host.call(async () => 'answer')).toBe('answer')
  expect(opened).toHaveLength(5)
})

it('a slot whose workers answer before they end goes on starting them', async () => {
  const { opened, open } = opener()
  const slot = new WorkerSlot(open)
  for (let i = 0; i < 20; i++) {
    await slot.host.call(async () => 'answer')
    opened.at(-1)?.end()
    await settled()
  }
  expect(opened).toHaveLength(20)
})
