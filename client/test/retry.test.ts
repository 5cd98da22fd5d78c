import { describe, expect, it, vi } from 'vitest'
import { BlindscoreError, type ErrorCode } from '../../core/errors.ts'
import { patience } from '../../core/test/patience.ts'
import type { Block } from '../../reader/blocks.ts'
import type { Plan } from '../../reader/plan.ts'
import { FileBlocks } from '../../web/session/fileBlocks.ts'
import { codeOf } from '../../web/session/test/partners.ts'
import type { Workers } from '../../web/session/workers.ts'
import { RunControl } from '../control.ts'
import { retryWork } from '../retry.ts'

const never = new AbortController().signal

describe('a run perseveres', () => {
  /** Work that fails so often before it is done. */
  function failing(code: ErrorCode, times: number) {
    let left = times
    return vi.fn(async () => {
      if (left-- > 0) throw new BlindscoreError(code, code)
      return 'done'
    })
  }

  it.each(['platform/worker-died', 'key/locked'] as const)(
    'through %s: it pauses, says why, and does the work again',
    async (code) => {
      const control = new RunControl()
      const stuck = vi.fn()
      const again = vi.fn()
      const work = failing(code, 2)
      const result = retryWork(work, { control, onStuck: stuck }, again, never)
      for (const time of [1, 2]) {
        await vi.waitFor(() => expect(stuck).toHaveBeenCalledTimes(time), patience)
        expect(control.paused).toBe(true)
        expect(again).toHaveBeenCalledTimes(time - 1)
        expect(stuck.mock.lastCall?.[0]).toMatchObject({ code })
        control.resume()
      }
      expect(await result).toBe('done')
      expect([work.mock.calls.length, again.mock.calls.length]).toEqual([3, 2])
    },
  )

  it('not through anything else', async () => {
    const stuck = vi.fn()
    const result = retryWork(
      failing('result/integrity', 1),
      { control: new RunControl(), onStuck: stuck },
      () => {},
      never,
    )
    expect(await codeOf(result)).toBe('result/integrity')
    expect(stuck).not.toHaveBeenCalled()
  })

  it('until it is cancelled', async () => {
    const controller = new AbortController()
    const result = codeOf(
      retryWork(
        failing('key/locked', 9),
        { control: new RunControl(), onStuck: () => controller.abort() },
        () => {},
        controller.signal,
      ),
    )
    expect(await result).toBe('run/cancelled')
  })
})

describe('a file’s blocks', () => {
  /** Readers of a file of so many blocks of ten records. Each dies at a call of its own, in the order given. */
  function readers(blocks: number, deaths: readonly number[]) {
    const begun: number[] = []
    let current = open(0)
    function open(number: number) {
      let over = false
      let calls = 0
      let at = 0
      let settle = (): void => {}
      const ended = new Promise<void>((resolve) => {
        settle = resolve
      })
      void ended.then(() => {
        current = open(number + 1)
      })
      const remote = {
        begin: async (_: Blob, __: Plan, ___: number, from: number) => {
          begun.push(from)
          at = from
        },
        next: async (): Promise<Block | null> => {
          if (at >= 10 * blocks) return null
          at += 10
          return { at: at - 10, records: 10 } as Block
        },
      }
      const died = new BlindscoreError('platform/worker-died', '')
      return {
        ended,
        call: async (use: (api: typeof remote) => unknown) => {
          calls += 1
          if (calls === deaths[number]) {
            // What was answered before has arrived by then, as with a worker's messages.
            await new Promise((resolve) => setImmediate(resolve))
            over = true
            settle()
          }
          if (over) throw died
          return use(remote)
        },
      }
    }
    const workers = {
      get reader() {
        return current
      },
    } as unknown as Pick<Workers, 'reader'>
    return { begun, blocks: new FileBlocks(workers, new Blob(), {} as Plan, 10) }
  }

  async function places(blocks: FileBlocks): Promise<number[]> {
    const found: number[] = []
    for (;;) {
      const some = await Promise.all([blocks.next(never), blocks.next(never), blocks.next(never)])
      for (const block of some) if (block) found.push(block.at)
      if (some.includes(null)) return found
    }
  }
  const all = Array.from({ length: 9 }, (_, i) => 10 * i)

  it('come once each and in order when no reader dies', async () => {
    const { begun, blocks } = readers(9, [])
    expect(await places(blocks)).toEqual(all)
    expect(begun).toEqual([0])
  })

  it.each([1, 2, 3, 5, 8, 11])('come once each when the reader dies at its call %d', async (call) => {
    const { begun, blocks } = readers(9, [call])
    expect((await places(blocks)).sort((a, b) => a - b)).toEqual(all)
    expect(begun.length).toBe(call === 1 ? 1 : 2)
  })

  it('come when the next reader dies too, and not when they keep dying', async () => {
    expect((await places(readers(9, [4, 3]).blocks)).sort((a, b) => a - b)).toEqual(all)
    expect(await codeOf(readers(9, [1, 1, 1, 1]).blocks.next(never))).toBe('platform/worker-died')
  })
})
