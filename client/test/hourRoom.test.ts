import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HourRoom } from '../hourRoom.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const inHalfAnHour = () => Date.now() + 1_800_000

test('what the hour has no room for is refused as the server would, once', () => {
  const room = new HourRoom({ left: 250, perHour: 1000, at: inHalfAnHour() })
  room.take(100)
  room.take(100)
  expect(() => room.take(100)).toThrow(
    expect.objectContaining({ code: 'request/budget', status: 429, retryAfter: 1800 }),
  )
  // Whether there is room by then is the server's to say.
  for (let i = 0; i < 5; i++) room.take(100)
})

test('the last slot is taken', () => {
  const room = new HourRoom({ left: 200, perHour: 200, at: inHalfAnHour() })
  room.take(100)
  room.take(100)
  expect(() => room.take(1)).toThrow()
})

test('nothing is refused once another hour has begun, after a refusal, and where nothing was said', () => {
  const over = new HourRoom({ left: 0, perHour: 100, at: inHalfAnHour() })
  vi.advanceTimersByTime(1_800_000)
  over.take(100)
  const refused = new HourRoom({ left: 0, perHour: 100, at: inHalfAnHour() })
  refused.forget()
  refused.take(100)
  new HourRoom(null).take(100)
})
