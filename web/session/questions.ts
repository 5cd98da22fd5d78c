import { givenValues } from '../../reader/givenValues.ts'
import { headerInDoubt, rowNamesInDoubt, unnamedInDoubt } from '../../reader/matching.ts'
import { noColumn, type Plan, planOf as planOfFile } from '../../reader/plan.ts'
import { isBusy } from './runState.ts'
import type { Fit, SessionState } from './state.ts'

/** What of a file waits for a person's word, and the plan by which it is read once nothing does. */

/** The name of the column that feeds a feature. */
export function columnName({ preview, matches }: Pick<SessionState, 'preview' | 'matches'>, feature: number): string {
  return preview?.header[matches[feature]?.column ?? -1] ?? ''
}

const isAscii = (text: string): boolean => !/[\u0080-\uffff]/.test(text)

/**
 * The encoding was guessed and nobody has said that the letters are right. A guess that is certain is taken by itself where the
 * model's columns and their values have no other letters than those of ASCII: then it changes nothing that is scored.
 */
export function encodingWaits({ card, preview, matches, guess, encodingSaid }: SessionState): boolean {
  if (guess === null || encodingSaid || preview === null) return false
  if (!guess.certain) return true
  return (
    card?.features.some((feature, i) => {
      const header = preview.header[matches[i]?.column ?? -1] ?? ''
      return !isAscii(header) || (feature.type === 'category' && !feature.levels.every(isAscii))
    }) ?? false
  )
}

/** The first line may be a record, and nobody has said yet that it is none. */
export function headerWaits(state: SessionState): boolean {
  const { card, preview, matches, headerSaid, fits } = state
  if (preview === null || headerSaid) return false
  if (card !== null) return headerInDoubt(card, preview, matches)
  // Without a model it is a record where it has no column of any.
  return preview.headerMayBeRecord && modelAsked(state) && (fits?.models.every(({ matched }) => matched === 0) ?? false)
}

/** What stands before each row's cells may be no name of it, and nobody has said yet what it is. */
export function rowNamesWait({ card, preview, matches, headerSaid }: SessionState): boolean {
  return card !== null && preview !== null && !headerSaid && rowNamesInDoubt(card, preview, matches)
}

/** Whether somebody has to say that a column without a name is one. */
export function unnamedWaits({ card, preview, matches, table, headerSaid }: SessionState): boolean {
  if (card === null || preview === null || table !== null || headerSaid) return false
  return unnamedInDoubt(card, preview, matches)
}

/** Whether somebody has to say how the file is written before anything of it is checked. */
export function formatWaits(state: SessionState): boolean {
  if (state.confirmDecimal || encodingWaits(state)) return true
  return headerWaits(state) || rowNamesWait(state) || unnamedWaits(state)
}

/** The models whose every column the present file has. */
export function wholeFits({ fits, preview }: Pick<SessionState, 'fits' | 'preview'>): readonly Fit[] {
  if (fits === null || fits.preview !== preview) return []
  return fits.models.filter(({ matched, total }) => matched === total && total > 0)
}

/** Whether a person has to say which model is meant: the file's columns fit several, or none as a whole. */
export function modelAsked(state: Pick<SessionState, 'fits' | 'preview' | 'modelSaid'>): boolean {
  const { fits, preview, modelSaid } = state
  return !modelSaid && fits !== null && fits.preview === preview && wholeFits(state).length !== 1
}

/** The plan, once every feature has its column and nothing waits for the person's word. */
export function planOf(state: SessionState): Plan | null {
  const { card, preview, table, matches, repairs, totals, tables } = state
  if (modelAsked(state)) return null
  if (!card || !preview || matches.length === 0 || formatWaits(state)) return null
  const given = givenValues(repairs)
  const columns = matches.flatMap(({ feature, column }) => column ?? (given.has(feature) ? noColumn : []))
  if (columns.length !== card.features.length) return null
  return {
    ...planOfFile(card, preview, columns, table),
    repairs,
    ...(totals && { totals: 'score' }),
    ...(tables && { tables: 'score' }),
  }
}

export function canRun(state: SessionState): boolean {
  const { report, agreed } = state
  if (!report || report.scorable === 0 || report.doubts.length > 0 || !planOf(state) || isBusy(state)) return false
  return report.leftOut === 0 || agreed
}
