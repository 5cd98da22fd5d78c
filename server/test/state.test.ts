import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileBudgets } from '../state/fileBudgets.ts'
import { stateInMemory } from '../state/memory.ts'
import { describeState } from './support/state.ts'

describeState('in memory', stateInMemory)

describeState('with budgets in a folder', (limits) => async (onDropKey) => {
  const folder = mkdtempSync(join(tmpdir(), 'blindscore-budgets-'))
  const { chunksRemembered } = limits
  const budgets = await FileBudgets.open(folder, { chunksRemembered, nameOf: (client) => client })
  const state = await stateInMemory(limits, { budgets })(onDropKey)
  return { ...state, close: () => budgets.close() }
})
