import { expect, test } from 'vitest'
import type { ModelList } from '../../../client/server.ts'
import { FitsSlice, onlyFit } from '../fits.ts'
import { nextAct } from '../nextAct.ts'
import { modelAsked, planOf } from '../questions.ts'
import { makeStore } from '../store.ts'
import { shippedCard } from './partners.ts'

const ids = ['concrete-strength', 'credit-default', 'doctor-visits', 'salary'] as const
const cards = new Map(ids.map((id) => [id as string, shippedCard(id).card]))
const models = ids.map((id) => ({ id, title: `Model ${id}` })) as unknown as ModelList['models']

/** A page with a file of these columns, and what it asked the server for. */
function page(header: readonly string[]) {
  const store = makeStore()
  const asked: string[] = []
  const fits = new FitsSlice(store, {
    card: async (id: string) => {
      asked.push(id)
      return cards.get(id) ?? Promise.reject(new Error('none'))
    },
  })
  const preview = { header, rows: [], format: {}, headerMayBeRecord: false, notes: [] } as never
  store.setState({ preview, file: new File(['x'], 'x.csv') })
  return { store, fits, asked }
}

const names = (id: string) => cards.get(id)?.features.map(({ name }) => name) ?? []

for (const id of ids) {
  test(`columns of ${id} are known as such, whatever stands first in the list`, async () => {
    const { store, fits } = page(['own id', ...names(id).map((name) => name.toUpperCase())].toReversed())
    await fits.look(models)
    expect(onlyFit(store.getState())).toMatchObject({ id, matched: names(id).length, total: names(id).length })
  })
}

test('a file that fits several models fits none by itself', async () => {
  const twin = cards.get('salary')
  cards.set('twin', { ...shippedCard('salary').card, id: 'twin' })
  const { store, fits } = page(names('salary'))
  await fits.look([...models, { id: 'twin', title: 'Twin' }] as ModelList['models'])
  expect(onlyFit(store.getState())).toBeNull()
  expect(nextAct(store.getState())).toEqual({ what: 'models', count: 2 })
  expect(modelAsked(store.getState())).toBe(true)
  store.setState({ modelSaid: true, card: twin ?? null })
  expect(modelAsked(store.getState())).toBe(false)
  expect(nextAct(store.getState())?.what).not.toBe('models')
})

test('a model that lacks columns leads to the one that fits as a whole', async () => {
  const { store, fits } = page(names('salary'))
  const card = cards.get('credit-default')
  if (!card) throw new Error('no card')
  const matches = card.features.map((_, feature) => ({ feature, column: null, how: 'none' }) as const)
  store.setState({ modelSaid: true, card, matches })
  expect(nextAct(store.getState())).toMatchObject({ what: 'columns' })
  await fits.look(models)
  expect(nextAct(store.getState())).toMatchObject({ what: 'otherModel', fit: { id: 'salary' } })
})

test('cards are fetched once, and a card that is not to be had fits nothing', async () => {
  const { store, fits, asked } = page(names('salary'))
  const more = [...models, { id: 'gone', title: 'Gone' }] as ModelList['models']
  await fits.look(more)
  await fits.look(more)
  expect(asked.filter((id) => id === 'salary')).toHaveLength(1)
  expect(onlyFit(store.getState())?.id).toBe('salary')
})

test('what was found for another file says nothing of this one', async () => {
  const { store, fits } = page(names('salary'))
  await fits.look(models)
  store.setState(({ preview }) => ({ preview: preview && { ...preview } }))
  expect(onlyFit(store.getState())).toBeNull()
  const { store: other, fits: looking } = page(names('salary'))
  const found = looking.look(models)
  other.setState(({ preview }) => ({ preview: preview && { ...preview } }))
  await found
  expect(other.getState().fits).toBeNull()
})

test('where no model fits as a whole none is chosen, whatever stands first, and the best are offered first', async () => {
  const { store, fits } = page(names('credit-default').slice(2))
  const first = cards.get('concrete-strength')
  store.setState({ card: first ?? null })
  await fits.look(models)
  const total = names('credit-default').length
  expect(store.getState().fits?.models[0]).toMatchObject({ id: 'credit-default', matched: total - 2, total })
  expect(nextAct(store.getState())).toEqual({ what: 'models', count: 0 })
  // Nothing is checked or scored for a model that nobody chose.
  store.setState({ matches: first?.features.map((_, i) => ({ feature: i, column: i, how: 'name' })) ?? [] })
  expect(planOf(store.getState())).toBeNull()
  store.setState({ modelSaid: true })
  expect(planOf(store.getState())).not.toBeNull()
})
