import { type HandedStage, type HandedTold, stageOf } from './handOverState.ts'
import type { SessionState } from './state.ts'

/** The run that the bar tells of: that of the file that is open, as far as its model, name and count tell; else one that has come to its end. */
export function toldOf(state: SessionState, now: number): HandedTold | null {
  const { file, origin, card, report, handOvers } = state
  const isOwn = file !== null && origin === 'own'
  const found = handOvers?.runs.findLast((run) => {
    const { receipt } = run
    if (!isOwn) return isEnded(stageOf(run, now))
    const { hash } = receipt.card
    return receipt.file.name === file.name && hash === card?.hash && receipt.records.count === report?.scorable
  })
  if (!found) return null
  const stage = stageOf(found, now)
  const records = found.receipt.records.count
  if (stage === 'failed') return { what: 'handedFailed', records }
  return stage === 'waiting' || stage === 'working' || stage === 'ready' ? { what: 'handedBack', stage, records } : null
}

const isEnded = (stage: HandedStage): boolean => stage === 'ready' || stage === 'failed'
