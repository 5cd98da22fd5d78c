import { stateInMemory } from '../state/memory.ts'
import { describeState } from './support/state.ts'

describeState('in memory', stateInMemory)
