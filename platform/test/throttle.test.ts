import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pace, throttle } from '../throttle.ts'

describe('a throttle call', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('is made at once, then at most once in a while, and always after the last time it was asked for', () => {
    let asked = 0
    const told: number[] = []
    const tell = throttle(() => told.push(asked))
    const ask = (): void => {
      asked++
      tell()
    }
    ask()
    expect(told).toEqual([1])
    for (let i = 0; i < 10; i++) ask()
    expect(told).toEqual([1])
    vi.advanceTimersByTime(pace)
    expect(told).toEqual([1, 11])
    vi.advanceTimersByTime(10 * pace)
    expect(told).toEqual([1, 11])
    ask()
    expect(told).toEqual([1, 11, 12])
  })
})
