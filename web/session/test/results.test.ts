import { describe, expect, test } from 'vitest'
import type { RunReceipt } from '../../../client/runReceipt.ts'
import { ofFile, ResultsSlice } from '../results.ts'
import type { Scores } from '../scored.ts'
import { noFile, type SessionState } from '../state.ts'
import { makeStore } from '../store.ts'
import { shippedCard } from './partners.ts'

const cardOf = (hash: string) => ({ hash }) as SessionState['card'] & object
const rowsOf = (...rows: number[]) => ({ rows: Uint32Array.from(rows) }) as Scores
const scores = rowsOf(1, 2, 3)

/** A tab in which a file was scored with one model, and another one is chosen now. */
function scored() {
  const store = makeStore()
  const results = new ResultsSlice(store, (state) => store.setState(state))
  const file = new File(['a\n1\n'], 'a.csv')
  store.setState({ file, card: cardOf('one'), scores, run: { status: 'done' } })
  results.add()
  store.setState({ ...noFile, file, card: cardOf('two') })
  return { store, results }
}

describe('a result', () => {
  test('of the present file is shown again under its card, and no other file’s or card’s is', () => {
    const { store, results } = scored()
    expect(results.showOf(cardOf('two'))).toBe(false)
    expect(store.getState().scores).toBeNull()
    expect(results.showOf(cardOf('one'))).toBe(true)
    expect(store.getState()).toMatchObject({ scores, run: { status: 'done' }, card: { hash: 'one' } })
    store.setState({ ...noFile, file: new File(['a\n1\n'], 'a.csv') })
    expect(results.showOf(cardOf('one'))).toBe(false)
  })

  test('is not shown in place of a run that is under way', () => {
    const { store, results } = scored()
    store.setState({
      run: { status: 'running', progress: null, stuck: null, wait: null, again: null, resumable: false },
    })
    expect(results.showOf(cardOf('one'))).toBe(false)
    expect(store.getState().run.status).toBe('running')
  })

  test('of a run that was fetched has its receipt, which is on show with its scores alone', () => {
    const { store, results } = scored()
    const receipt = { run: 'f'.repeat(32) } as RunReceipt
    const fetched = { card: cardOf('one'), scores: rowsOf(1, 2), of: ofFile(store.getState()) }
    results.show(results.addFetched(fetched, receipt))
    expect(store.getState()).toMatchObject({ fetched: receipt, map: null, run: { status: 'done' } })
    results.show(store.getState().results[0] as never)
    expect(store.getState()).toMatchObject({ scores, fetched: null })
  })

  test('keeps what is decided by, and is to be saved anew once that is another', () => {
    const { store, results } = scored()
    results.showOf(cardOf('one'))
    results.noteSaved(scores)
    const threshold = { response: 0, value: 0.4, below: 'decline', atOrAbove: 'accept' }
    results.decideBy(threshold)
    expect(store.getState()).toMatchObject({ threshold, results: [{ saved: false, of: { threshold } }] })
    store.setState({ ...noFile })
    expect(store.getState().threshold).toBeNull()
    results.show(store.getState().results[0] as never)
    expect(store.getState().threshold).toEqual(threshold)
  })

  test('of a run that ended before its end goes once a longer run over the same reading is there', () => {
    const { store, results } = scored()
    expect(results.addPartial(null)).toBe(0)
    expect(results.addPartial(rowsOf(1, 3))).toBe(2)
    store.setState({ run: { status: 'cancelled', scored: 2 } })
    const count = () => store.getState().results.length
    expect(count()).toBe(2)
    // Shown, it is what it was: a part, of a run that was cancelled.
    const part = store.getState().results[1]
    expect(part).toMatchObject({ partial: true, saved: false, of: { run: { status: 'cancelled', scored: 2 } } })
    // In place of the whole it is not shown by itself.
    expect(results.showOf(cardOf('two'))).toBe(false)
    // Other rows are not held by it, and all of its own are by the whole.
    results.addPartial(rowsOf(2, 3))
    expect(count()).toBe(3)
    store.setState({ scores, run: { status: 'done' } })
    results.add()
    expect(count()).toBe(2)
    expect(store.getState().results.every(({ partial }) => !partial)).toBe(true)
  })
})

describe('scoring again what was scored', () => {
  const card = shippedCard('salary').card
  const names = card.features.map(({ name }) => name)
  const read = (change: object = {}) => ({
    card,
    preview: { header: names, rows: [], format: {}, headerMayBeRecord: false } as never,
    matches: names.map((_, i) => ({ feature: i, column: i, how: 'name' }) as const),
    ...change,
  })
  const source = (lastModified = 5) => new File(['a'], 'a.csv', { lastModified })

  test.each<[what: string, asked: boolean, change: object]>([
    ['the file dropped again', true, { source: source() }],
    ['the file saved anew', false, { source: source(6) }],
    ['a sample', false, { source: source(), origin: 'sample' }],
    ['the file read otherwise', false, { source: source(), repairs: [{ feature: 0, kind: 'decimals' }] }],
    ['another model', false, { source: source(), card: { ...card, hash: 'other' } }],
  ])('%s: asked %s', (_, asked, change) => {
    const store = makeStore()
    const results = new ResultsSlice(store, (state) => store.setState(state))
    store.setState({ ...noFile, ...read({ source: source() }), scores, run: { status: 'done' } })
    results.add()
    store.setState({ ...noFile, ...read(change) })
    expect(results.same() !== null).toBe(asked)
  })
})
