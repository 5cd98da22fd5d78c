import type { HandedTold } from '../session/handOverState.ts'
import { useHandOverWords } from './useHandOver.ts'

/** What the bar says of a run that was handed over. */
export function HandedBar({ told }: { readonly told: HandedTold }) {
  const { bar: words } = useHandOverWords()
  return words[told.what === 'handedFailed' ? 'failed' : told.stage](told.records)
}
