import type { HandOversState } from './handOverState.ts'

/** The database of receipts on this device (`handOverStore.ts`). */
export const receiptsPlace = 'blindscore handed over'

export const noHandOvers: HandOversState = { runs: [], refused: null, work: { what: 'none' } }

/** Whether this device may have receipts; looking makes no database where there is none. */
export async function handedBefore(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some(({ name }) => name === receiptsPlace)
  } catch {
    return false
  }
}
