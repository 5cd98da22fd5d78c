import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { FileBudgets } from '../state/fileBudgets.ts'
import { stateInMemory } from '../state/memory.ts'
import { openStore } from '../state/shared/open.ts'
import { stateInStore } from '../state/shared/sharedState.ts'
import { describeWith, type Service } from './services/service.ts'
import { describeState } from './support/state.ts'
import { begunAnew, secret, stores } from './support/stores.ts'

describeState('in memory', stateInMemory)

describeState('with budgets in a folder', (limits) => async (onDropKey) => {
  const folder = mkdtempSync(join(tmpdir(), 'blindscore-budgets-'))
  const { chunksRemembered } = limits
  const budgets = await FileBudgets.open(folder, { chunksRemembered, nameOf: (client) => client })
  const state = await stateInMemory(limits, { budgets })(onDropKey)
  return { ...state, close: () => budgets.close() }
})

for (const store of stores) {
  describeWith([store.name])('shared by processes', () => {
    let service: Service
    beforeAll(async () => {
      service = await store.start()
    })
    afterAll(() => service.stop())

    describeState(`in ${store.name}`, (limits) => async (onDropKey) => {
      const shared = await openStore(await begunAnew(store, service.url))
      return stateInStore(shared, limits, secret)(onDropKey)
    })
  })
}
