import { expect, test, vi } from 'vitest'
import { shipped } from '../../../core/test/shipped.ts'
import { OfferedVersion } from '../offeredVersion.ts'
import { makeStore } from '../store.ts'
import { versionNames } from '../versionNames.ts'

/** What the page asks before something begins with a version of a model that may no longer be the server's. */

const card = { ...shipped('salary').model.card, hash: 'a'.repeat(64) }
const other = { ...card, version: '2.0.0', hash: 'b'.repeat(64) }

function setting(models: readonly object[] | null) {
  const store = makeStore()
  store.setState({ card })
  const told = vi.fn()
  const list = vi.fn(async () => {
    if (models === null) throw new Error('no server')
    return { models, limits: {} }
  })
  const slice = new OfferedVersion({ store, server: { models: list }, budget: { told } } as never)
  return { store, slice, told, go: vi.fn() }
}

test('where the server has the page’s version, or says nothing, it begins at once', async () => {
  for (const models of [[card], null]) {
    const { store, slice, told, go } = setting(models)
    await slice.before(go)
    expect(go).toHaveBeenCalledOnce()
    expect(store.getState().offered).toBeNull()
    expect(told).toHaveBeenCalledTimes(models ? 1 : 0)
  }
})

test.each([
  ['another version', [other], '2.0.0'],
  ['the model no more', [], undefined],
])(
  'where the server has %s, nothing begins before the person says so, who is asked that once',
  async (_, models, version) => {
    const { store, slice, go } = setting(models)
    await slice.before(go)
    expect(go).not.toHaveBeenCalled()
    expect(store.getState().offered).toMatchObject({ now: version === undefined ? null : { version } })
    slice.close()
    expect(store.getState().offered).toBeNull()
    await slice.before(go)
    slice.keep()
    expect(go).toHaveBeenCalledOnce()
    expect(store.getState().card).toBe(card)
    await slice.before(go)
    expect(go).toHaveBeenCalledTimes(2)
  },
)

test('of two presses one begins something, and none does once the page shows something else', async () => {
  const { store, slice, go } = setting([card])
  await Promise.all([slice.before(go), slice.before(go)])
  expect(go).toHaveBeenCalledOnce()
  const asked = slice.before(go)
  store.setState({ card: other })
  await asked
  expect(go).toHaveBeenCalledOnce()
  expect(store.getState().offered).toBeNull()
})

test('versions of one name are told apart by their cards', () => {
  expect(versionNames(card, other)).toEqual({ here: card.version, there: '2.0.0' })
  const { here, there } = versionNames(card, { ...other, version: card.version })
  expect([here, there]).toEqual([`${card.version} (aaaaaaaa)`, `${card.version} (bbbbbbbb)`])
})
