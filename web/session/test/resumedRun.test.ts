import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ResumableRuns } from '../resumableRuns.ts'
import { RunSlice } from '../run.ts'
import type { OwnKey, ResumableRun } from '../runState.ts'
import type { SessionState } from '../state.ts'
import { makeStore, type SessionStore } from '../store.ts'
import { key, shippedCard } from './partners.ts'

/** Over what, and with which key, a page goes on with a run that was cut, where the run has a key of its own. */

const { card } = shippedCard('salary')
const names = card.features.map(({ name }) => name)
const text = [names, names.map(() => '1')].map((cells) => cells.join(',')).join('\n')
const own: OwnKey = { set: 'lattice-8192-40-39', id: new Uint8Array(16).fill(7) }
const cell = { feature: 0, text: '1', value: '2' }
const plan = { run: '', key, capacity: 10, planted: 'verification' } as const

/** A page with that file checked, and an open key that this device remembers. */
function pageWith(change: Partial<SessionState> = {}, contents = text): SessionStore {
  const store = makeStore()
  const file = new File([contents], 'own.csv')
  store.setState({
    file,
    source: file,
    card,
    preview: {
      header: names,
      rows: [names.map(() => '1')],
      format: { delimiter: ',', encoding: 'utf-8', decimalMark: '.', rowNames: false },
      headerMayBeRecord: false,
      notes: [],
    },
    matches: names.map((_, i) => ({ feature: i, column: i, how: 'name' })),
    report: { rows: 1, scorable: 1, leftOut: 0, groups: [], doubts: [] },
    key: { status: 'ready', publicKey: key, held: { wrapped: true, remembered: true, backedUp: true } },
    ...change,
  } as unknown as SessionState)
  return store
}

/** What the next tab finds of a run of that page, of which a chunk was answered. */
async function cut(store: SessionStore): Promise<void> {
  const runs = new ResumableRuns(store)
  const checkpoint = runs.checkpoint(null, own)
  expect(await checkpoint?.begin(plan)).toBe(true)
  checkpoint?.save(0, { run: new Uint8Array(16), seed: new Uint8Array(32), answer: new Uint8Array(9) })
  await new Promise((resolve) => setTimeout(resolve, 20))
}

async function found(store: SessionStore): Promise<ResumableRun | null> {
  const runs = new ResumableRuns(store)
  await runs.look()
  return store.getState().resumableRun
}

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: { request: async (_: string, __: object, use: () => unknown) => use() } })
  vi.stubGlobal('indexedDB', new IDBFactory())
})
afterEach(() => vi.unstubAllGlobals())

test('a run is gone on with over its file, read as it was: after an edit, in the page or in the file, it is another run', async () => {
  await cut(pageWith())
  expect(await found(pageWith())).toMatchObject({ fits: true, note: { own } })
  expect(await found(pageWith({ repairs: [cell] as never }))).toMatchObject({ fits: false })
  expect(await found(pageWith({}, text.replace(/1$/, '2')))).toMatchObject({ fits: false })
  expect(await found(pageWith({ card: { ...card, hash: 'e'.repeat(64) } }))).toMatchObject({ fits: false })
})

test('a run that does not fit is not gone on with, and one of another key neither makes its own again nor sends anything', async () => {
  await cut(pageWith())
  for (const fits of [false, true]) {
    const store = pageWith()
    const resumed = (await found(store)) as ResumableRun
    const other = { ...key, fingerprint: 'f'.repeat(64) }
    const called = vi.fn(async () => other)
    const never = new Proxy({}, { get: () => called })
    const opened = { status: 'ready', publicKey: other, held: { remembered: true } }
    const run = new RunSlice(
      store,
      { vault: { call: called } } as never,
      {
        key: { ensure: async () => opened, rest: () => {} },
        server: never,
        scheme: never,
        resumable: never,
        results: { addPartial: () => 0 },
        onEnded: () => {},
      } as never,
    )
    store.setState({ resumableRun: { ...resumed, fits } })
    await run.resumeInterrupted()
    expect(store.getState().run).toMatchObject(
      fits ? { status: 'failed', error: { code: 'key/lost' } } : { status: 'idle' },
    )
    expect(called).not.toHaveBeenCalled()
  }
})
