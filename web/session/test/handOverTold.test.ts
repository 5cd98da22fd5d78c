import { expect, test } from 'vitest'
import type { HandedRun } from '../handOverState.ts'
import { toldOf } from '../handOverTold.ts'
import { initialState, type SessionState } from '../state.ts'
import { shippedCard } from './partners.ts'

/** Which run the bar tells of. */

const { card } = shippedCard('salary')
const later = '2100-01-01T00:00:00Z'
const now = Date.parse('2026-01-01T00:00:00Z')

const runOf = (said: object | 'gone' | null, change: object = {}): HandedRun =>
  ({
    receipt: {
      file: { name: 'own.csv' },
      card: { hash: card.hash },
      records: { count: 10, digest: 'a' },
      stored: { expires: later },
      ...change,
    },
    kept: true,
    said,
  }) as unknown as HandedRun
const ready = runOf({ state: 'done' })
const failed = runOf({ state: 'failed' })
const working = runOf({ state: 'started', answered: 1 })

const of = (run: HandedRun, change: object = {}): SessionState =>
  ({ ...initialState, handOvers: { runs: [run], refused: null, work: { what: 'none' } }, ...change }) as SessionState
const open = { file: new File(['x'], 'own.csv'), card, report: { scorable: 10 } }

test('of the file that is open, how far its run is', () => {
  expect(toldOf(of(working, open), now)).toEqual({ what: 'handedBack', stage: 'working', records: 10 })
  expect(toldOf(of(ready, open), now)).toEqual({ what: 'handedBack', stage: 'ready', records: 10 })
  expect(toldOf(of(failed, open), now)).toEqual({ what: 'handedFailed', records: 10 })
})

test('of no other run, while a file of the person’s own is open', () => {
  for (const other of [
    { file: { name: 'another.csv' } },
    { records: { count: 11, digest: 'a' } },
    { card: { hash: 'b' } },
  ])
    expect(toldOf(of(runOf({ state: 'done' }, other), open), now)).toBe(null)
})

test('while none is, of one that has come to its end, and of none that is gone or under way', () => {
  for (const nothing of [{}, { ...open, origin: 'sample' }]) {
    expect(toldOf(of(ready, nothing), now)).toMatchObject({ what: 'handedBack', stage: 'ready' })
    expect(toldOf(of(failed, nothing), now)).toMatchObject({ what: 'handedFailed' })
    expect(toldOf(of(working, nothing), now)).toBe(null)
    expect(toldOf(of(runOf('gone'), nothing), now)).toBe(null)
  }
  expect(toldOf({ ...initialState }, now)).toBe(null)
})
