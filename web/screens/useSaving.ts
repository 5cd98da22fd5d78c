import type { Result } from '../session/state.ts'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { useSession } from './useSession.ts'
import { type Task, useTask } from './useTask.ts'

export interface Saving {
  /** The file's rows with their scores. */
  readonly whole: Task<[]>
  /** The scores alone: for a file that is no longer what was scored. */
  readonly alone: Task<[]>
}

/** Saves the scores of an earlier result, or those that the page shows. */
export function useSaving(result: Result | null): Saving {
  const session = useSession()
  const save = async (make: () => Promise<Blob>): Promise<void> => {
    const { scores, file } = result?.of ?? session.state
    saveFile(await make(), siblingName(file?.name ?? '', 'scores.csv'))
    if (scores) session.results.noteSaved(scores)
  }
  return {
    whole: useTask(() => save(() => session.scoresFile(result))),
    alone: useTask(() => save(() => session.scoresAlone(result))),
  }
}
