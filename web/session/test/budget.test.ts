import { expect, test, vi } from 'vitest'
import { reachOf } from '../../../client/reach.ts'
import type { ModelList } from '../../../client/server.ts'
import { shipped } from '../../../core/test/shipped.ts'
import { BudgetSlice } from '../budget.ts'
import { makeStore } from '../store.ts'

/** What the page says of the server's hour before a run. */

const card = { ...shipped('salary').model.card, hash: 'c'.repeat(64) }
const limits = { recordsPerChunk: 600, bodyBytes: 8 * 2 ** 20 }
const set = 'paillier-3072'

function setting(records: number) {
  const store = makeStore()
  const shape = { card, limits, lanes: 6, records }
  const list = (left: number, fullIn: number): ModelList => ({
    models: [],
    limits,
    budget: { perHour: 5000, left, fullIn },
  })
  const models = vi.fn(async () => list(5000, 0))
  const slice = new BudgetSlice(store, { models } as never, () => ({ set, shape }))
  return { store, slice, list, models, shape }
}

test('nothing is said where all of the run can be scored at once, and nothing is asked where it is far off', async () => {
  const { store, slice, list, models } = setting(100)
  slice.told(list(5000, 0))
  await slice.look()
  expect(store.getState().reach).toBeNull()
  expect(models).not.toHaveBeenCalled()
})

test('what can be scored now is said, and when the rest can', async () => {
  const { store, slice, list, shape } = setting(4000)
  const before = Date.now()
  slice.told(list(1000, 600))
  const { reach } = store.getState()
  const { now } = reachOf({ left: 1000, perHour: 5000 }, set, shape)
  expect(reach).toMatchObject({ now, rest: 4000 - now, perHour: 4000 })
  expect(now).toBeGreaterThan(0)
  expect(reach?.at).toBeGreaterThanOrEqual(before + 600_000)
  expect(reach?.at).toBeLessThanOrEqual(Date.now() + 600_000)
})

test('of a whole hour that does not suffice, the next one begins an hour from now', () => {
  const { store, slice, list } = setting(9000)
  const before = Date.now()
  slice.told(list(5000, 0))
  expect(store.getState().reach?.at).toBeGreaterThanOrEqual(before + 3_600_000)
})

test('of a run that broke off it is said of what is left', () => {
  const { store, slice, list } = setting(4000)
  slice.told(list(1000, 600))
  const { now = 0 } = store.getState().reach ?? {}
  const key = { set, fingerprint: 'f'.repeat(64) }
  const resumableRun = { note: { key, scorable: 4000 }, scored: 3000, fits: true }
  store.setState({ key: { status: 'locked', name: key }, resumableRun } as never)
  expect(store.getState().reach).toMatchObject({ now, rest: 1000 - now })
})

test('the server is asked again where it matters, and what it says then stands', async () => {
  const { store, slice, list, models } = setting(4000)
  slice.told(list(1000, 600))
  await slice.look()
  expect(models).toHaveBeenCalledOnce()
  expect(store.getState().reach).toBeNull()
})

test('a server that says nothing of an hour is not asked', async () => {
  const { store, slice, models } = setting(4000)
  slice.told({ models: [], limits })
  await slice.look()
  expect([store.getState().reach, models.mock.calls.length]).toEqual([null, 0])
})

test('a list that is heard of again, as when another of its models is chosen, says nothing new of the hour', () => {
  vi.useFakeTimers()
  try {
    const { store, slice, list } = setting(4000)
    const old = list(1000, 600)
    slice.told(old)
    const { at } = store.getState().reach ?? {}
    vi.advanceTimersByTime(300_000)
    slice.told(old)
    expect(store.getState().reach?.at).toBe(at)
  } finally {
    vi.useRealTimers()
  }
})

test('a version of a model is known to be served where the server said so not long ago, and said nothing else since', () => {
  vi.useFakeTimers()
  try {
    const { slice, list } = setting(100)
    const of = (hash: string): ModelList => ({ ...list(5000, 0), models: [{ ...card, hash, schemes: [] }] })
    slice.told(of(card.hash))
    expect(slice.offers(card)).toBe(true)
    vi.advanceTimersByTime(60_000)
    expect(slice.offers(card)).toBe(false)
    slice.told(of('d'.repeat(64)))
    expect(slice.offers(card)).toBe(false)
  } finally {
    vi.useRealTimers()
  }
})
