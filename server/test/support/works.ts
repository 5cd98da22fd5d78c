import { vi } from 'vitest'
import { FairQueue, type Turn } from '../../compute/fairQueue.ts'

/** Until what was to happen at once has happened. */
export const turn = () => new Promise((resolve) => setImmediate(resolve))
export const score = (client: string, work = 1): Turn => ({ kind: 'score', client, work })
export const key = (client: string): Turn => ({ kind: 'key', client, work: 1 })
export const stored = (client: string, work = 1): Turn => ({ kind: 'stored', client, work })
export const spare: Turn = { kind: 'spare' }

/** Has a test's timers go by `pass` alone: to be called before each. */
export const holdTimers = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

/** Work that ends when it is told to, and the order in which works began. */
export function makeWorks(width: number) {
  const clock = { ms: 0 }
  const queue = new FairQueue(width, () => clock.ms)
  const began: string[] = []
  const ends = new Map<string, () => void>()
  const start = (name: string, turn: Turn, signal?: AbortSignal) =>
    queue.run(turn, signal, () => {
      began.push(name)
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
    })
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.()
    await turn()
  }
  /** Ends what is running, in its order, until nothing runs. */
  const endAll = async (): Promise<void> => {
    for (let i = 0; i < began.length; i++) await end(began[i] as string)
  }
  /** Lets time go by. */
  const pass = async (ms: number): Promise<void> => {
    clock.ms += ms
    await vi.advanceTimersByTimeAsync(ms)
  }
  return { queue, clock, began, start, end, endAll, pass }
}
