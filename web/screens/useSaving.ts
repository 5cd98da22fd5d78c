import type { Card } from '../../core/card/card.ts'
import { scoresFitSheet } from '../../reader/sheetSize.ts'
import type { Saveable, SessionState } from '../session/state.ts'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { useSession, useSessionState } from './useSession.ts'
import { type Task, useTask } from './useTask.ts'
import { useLanguageId, useWords } from './useWords.ts'

export interface Saving {
  /** The file's rows with their scores. */
  readonly whole: Task<[]>
  /** The same as a workbook; null where a sheet does not hold so much. */
  readonly workbook: Task<[]> | null
  /** The scores alone: for a file that is no longer what was scored. */
  readonly alone: Task<[]>
}

type Scored = Pick<SessionState, 'scores' | 'file' | 'report' | 'threshold' | 'preview'>

/**
 * Saves the scores of what is found at the press: a result, or where that is null those that the page shows. As a workbook where
 * `known` says beforehand which they are.
 */
export function useSaving(find: () => Saveable | null, known?: Saveable | null): Saving {
  const session = useSession()
  const language = useLanguageId()
  const { about } = useWords().scores
  const fits = useSessionState(
    (state) => known !== undefined && fitsWorkbook(known?.of ?? state, known?.card ?? state.card),
  )
  const save = async (
    ending: string,
    make: (result: Saveable | null, of: Scored, card: Card | null) => Promise<Blob>,
  ): Promise<void> => {
    const result = find()
    const of = result?.of ?? session.state
    saveFile(await make(result, of, result?.card ?? session.state.card), siblingName(of.file?.name ?? '', ending))
    if (of.scores) session.results.noteSaved(of.scores)
  }
  const workbook = useTask(() =>
    save('scores.xlsx', (result, { file, report, threshold }, card) => {
      const sheets = about({ card, file: file?.name ?? '', report, threshold })
      return session.scoresFile(result, language, sheets)
    }),
  )
  return {
    whole: useTask(() => save('scores.csv', (result) => session.scoresFile(result, language))),
    workbook: fits ? workbook : null,
    alone: useTask(() => save('scores.csv', (result) => session.scoresAlone(result))),
  }
}

function fitsWorkbook({ report, preview }: Scored, card: Card | null): boolean {
  return (
    report !== null && preview !== null && card !== null && scoresFitSheet(card, report.rows, preview.header.length)
  )
}
