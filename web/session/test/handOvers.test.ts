import { expect, test } from 'vitest'
import { BlindscoreError } from '../../../core/errors.ts'
import { outlivesWindow } from '../handingOver.ts'
import { HandOvers } from '../handOvers.ts'
import { makeStore } from '../store.ts'

/** What the page is told of runs that were handed over, and by whom not. */

const stored = { id: '0'.repeat(32), token: 'A'.repeat(43), expires: '2030-01-01T00:00:00.000Z' }
const run = { receipt: { stored, records: { digest: '', count: 10 } }, kept: true, said: null }

test.each([
  ['access/refused', true],
  ['run/not-stored', true],
  ['request/busy', false],
  ['run/unknown', false],
] as const)('of a server that answers %s it is said that it says nothing: %s', async (code, told) => {
  const store = makeStore()
  const exchange = async (): Promise<never> => {
    throw new BlindscoreError(code, '')
  }
  const handOvers = new HandOvers({ store, server: { url: 'http://127.0.0.1', exchange } } as never)
  store.setState({ handOvers: { runs: [run], refused: null, work: { what: 'none' } } } as never)
  await handOvers.look()
  const { barred, runs } = store.getState().handOvers ?? {}
  expect(barred?.code).toBe(told ? code : undefined)
  expect(runs?.[0]?.said).toBe(code === 'run/unknown' ? 'gone' : null)
})

test.each([
  ['run/not-stored', true],
  ['run/unknown', true],
  ['request/busy', false],
] as const)('a run that is taken off the list of a server that answers %s is gone from it: %s', async (code, goes) => {
  const store = makeStore()
  const exchange = async (): Promise<never> => {
    throw new BlindscoreError(code, '')
  }
  const handOvers = new HandOvers({ store, server: { url: 'http://127.0.0.1', exchange } } as never)
  store.setState({ handOvers: { runs: [run], refused: null, work: { what: 'none' } } } as never)
  await handOvers.discard(run as never).catch((thrown: unknown) => expect(thrown).toMatchObject({ code }))
  expect(store.getState().handOvers?.runs.length).toBe(goes ? 0 : 1)
})

test.each([
  ['nowhere', false, false, 'evictable', false],
  ['on this device', true, false, 'evictable', true],
  ['in a private window', true, false, 'until-closed', false],
  ['in a private window and a backup', true, true, 'until-closed', true],
  ['in a backup', false, true, 'evictable', true],
] as const)('a key that is kept %s', (_, remembered, backedUp, storage, lasts) => {
  const key = { status: 'ready', held: { remembered, backedUp } } as never
  expect(outlivesWindow({ key, storage })).toBe(lasts)
})
