import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import { ServerWait, type Wait } from '../serverWait.ts'

const busy = new BlindscoreError('request/busy', 'busy')
const open = () => new AbortController().signal

/** Lanes of a run that wait for the server, and who was let through, in order. */
function lanes() {
  const told: (Wait | null)[] = []
  const wait = new ServerWait((now) => told.push(now))
  const through: number[] = []
  const passes = new Map<number, number>()
  const come = (lane: number): void =>
    void wait.pass(open()).then((pass) => {
      through.push(lane)
      passes.set(lane, pass)
    })
  const refuse = (lane: number, stated: number | null = null) => wait.refused(passes.get(lane) ?? -1, busy, stated)
  const answer = (lane: number) => wait.answered(passes.get(lane) ?? -1)
  return { wait, told, through, come, refuse, answer }
}

const turn = () => vi.advanceTimersByTimeAsync(0)

describe('a server that refuses', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('holds every lane for as long as it states, once, and then one tries', async () => {
    const { told, through, come, refuse, answer } = lanes()
    for (const lane of [1, 2, 3]) come(lane)
    await turn()
    const until = Date.now() + 7000
    expect(refuse(1, 7)).toBeNull()
    // Refused at the same time: the wait is the same one.
    expect(refuse(2, 7)).toBeNull()
    expect(told).toEqual([{ error: busy, until }])
    for (const lane of [1, 2, 4]) come(lane)
    await vi.advanceTimersByTimeAsync(6900)
    expect(through).toEqual([1, 2, 3])
    // An answer to what was sent before the wait does not end it.
    answer(3)
    await turn()
    expect(through).toEqual([1, 2, 3])
    await vi.advanceTimersByTimeAsync(200)
    expect(through).toEqual([1, 2, 3, 1])
    answer(1)
    await turn()
    expect(through).toEqual([1, 2, 3, 1, 2, 4])
    expect(told.at(-1)).toBeNull()
  })

  test('lengthens the wait by what it states to another lane', async () => {
    const { told, come, refuse, through } = lanes()
    for (const lane of [1, 2]) come(lane)
    await turn()
    refuse(1, 1)
    refuse(2, 9)
    come(1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(told).toHaveLength(2)
    expect(through).toEqual([1, 2])
    await vi.advanceTimersByTimeAsync(4000)
    expect(through).toEqual([1, 2, 1])
  })

  test('is tried after growing waits, then the run pauses; it goes on with one try', async () => {
    const { wait, come, refuse, through, answer } = lanes()
    const waits: number[] = []
    for (let time = 1; time < 5; time++) {
      come(1)
      const from = Date.now()
      await vi.waitFor(() => expect(through).toHaveLength(time), { interval: 10, timeout: 20_000 })
      waits.push(Date.now() - from)
      expect(refuse(1)).toBeNull()
    }
    const [, ...grown] = waits
    expect(grown).toEqual(grown.toSorted((a, b) => a - b))
    expect(grown[0]).toBeGreaterThan(0)
    come(1)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(refuse(1)).toBe(0)
    for (const lane of [2, 3]) come(lane)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(through).toHaveLength(5)
    wait.goOn()
    await turn()
    expect(through).toEqual([1, 1, 1, 1, 1, 2])
    answer(2)
    await turn()
    expect(through.at(-1)).toBe(3)
  })

  test('for longer than a person looks on pauses the run at once, and says until when', async () => {
    const { come, refuse, told } = lanes()
    come(1)
    await turn()
    expect(refuse(1, 1800)).toBe(Date.now() + 1_800_000)
    expect(told).toEqual([null])
  })

  test('gets its try from the next lane where the first one is held', async () => {
    const { wait, come, refuse, through } = lanes()
    come(1)
    await turn()
    refuse(1, 1)
    for (const lane of [2, 3]) come(lane)
    await vi.advanceTimersByTimeAsync(1000)
    expect(through).toEqual([1, 2])
    wait.giveBack(1)
    await turn()
    expect(through).toEqual([1, 2, 3])
  })

  test('holds nobody who has gone', async () => {
    const wait = new ServerWait()
    const stop = new AbortController()
    wait.refused(await wait.pass(stop.signal), busy, 30)
    const held = wait.pass(stop.signal)
    stop.abort()
    await expect(held).rejects.toMatchObject({ code: 'run/cancelled' })
    expect(vi.getTimerCount()).toBe(0)
    await expect(wait.pass(stop.signal)).rejects.toMatchObject({ code: 'run/cancelled' })
  })
})
