import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BlindscoreError, type ErrorCode } from '../../../core/errors.ts'
import { ComeBack } from '../comeBack.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const error = (code: ErrorCode) => new BlindscoreError(code, '')

function watched() {
  const is: { online: boolean; answers: boolean; refuses: ErrorCode } = {
    online: true,
    answers: false,
    refuses: 'run/offline',
  }
  const told: (number | null)[] = []
  const ask = vi.fn(async () => {
    if (!is.answers) throw error(is.refuses)
  })
  const back = vi.fn()
  const comeBack = new ComeBack({
    ask,
    isOnline: () => is.online,
    onNext: (at) => told.push(at === null ? null : at - Date.now()),
    onBack: back,
  })
  return { comeBack, is, told, ask, back }
}

test('a server that is back is noticed, after waits that grow and do not grow beyond a minute', async () => {
  const { comeBack, is, told, ask, back } = watched()
  comeBack.watch(error('run/offline'), null)
  await vi.advanceTimersByTimeAsync(12_000 + 24_000 + 48_000 + 60_000)
  expect(told).toEqual([12_000, 24_000, 48_000, 60_000, 60_000])
  expect(back).not.toHaveBeenCalled()
  is.answers = true
  await vi.advanceTimersByTimeAsync(60_000)
  expect(back).toHaveBeenCalledOnce()
  expect(ask).toHaveBeenCalledTimes(5)
  // Gone again before anything was scored: it is not asked for more often than before. Afterwards it is.
  comeBack.watch(error('run/offline'), null)
  expect(told.at(-1)).toBe(60_000)
  comeBack.answered()
  comeBack.watch(error('run/offline'), null)
  expect(told.at(-1)).toBe(12_000)
})

test('nobody is asked before the time that the server stated, nor while the device has no network', async () => {
  const { comeBack, is, told, ask, back } = watched()
  is.answers = true
  comeBack.watch(error('request/budget'), Date.now() + 1_800_000)
  expect(told).toEqual([1_800_000])
  await vi.advanceTimersByTimeAsync(1_799_000)
  expect(ask).not.toHaveBeenCalled()
  is.online = false
  await vi.advanceTimersByTimeAsync(1_000)
  expect([ask.mock.calls.length, back.mock.calls.length]).toEqual([0, 0])
  is.online = true
  await vi.advanceTimersByTimeAsync(24_000)
  expect([ask.mock.calls.length, back.mock.calls.length]).toEqual([1, 1])
})

test('a device that slept through the wait asks soon after it wakes, though its timers stood still meanwhile', async () => {
  const { comeBack, is, ask, back } = watched()
  is.answers = true
  comeBack.watch(error('request/budget'), Date.now() + 3_600_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(ask).not.toHaveBeenCalled()
  vi.setSystemTime(Date.now() + 7_200_000)
  await vi.advanceTimersByTimeAsync(15_000)
  expect(back).toHaveBeenCalledOnce()
})

test('what only a person mends is not waited for, and what is stopped is not gone on with', async () => {
  const { comeBack, is, told, back } = watched()
  is.answers = true
  for (const code of ['key/locked', 'run/out-of-date', 'result/shape'] as const) comeBack.watch(error(code), null)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(told).toEqual([])
  comeBack.watch(error('run/offline'), null)
  comeBack.stop()
  await vi.advanceTimersByTimeAsync(600_000)
  expect(told).toEqual([12_000, null])
  expect(back).not.toHaveBeenCalled()
})

test.each(['run/offline', 'request/busy', 'request/budget', 'server/store-gone', 'access/issuer'] as const)(
  'what goes away by itself is waited for: %s',
  async (code) => {
    const { comeBack, is, back } = watched()
    is.answers = true
    comeBack.watch(error(code), null)
    await vi.advanceTimersByTimeAsync(12_000)
    expect(back).toHaveBeenCalledOnce()
  },
)

test.each([
  ['access/refused', 1],
  ['run/out-of-date', 1],
  ['request/busy', 0],
] as const)('a server that comes back and answers %s is one that a run is told of', async (code, times) => {
  const { comeBack, is, back } = watched()
  comeBack.watch(error('run/offline'), null)
  is.refuses = code
  await vi.advanceTimersByTimeAsync(12_000)
  expect(back).toHaveBeenCalledTimes(times)
})
