import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

export interface Earlier {
  readonly file: string
  readonly model: string
  readonly records: number
  /** How many there were to score, where that is more. */
  readonly of: number | null
  /** In milliseconds since 1970. */
  readonly at: number
  readonly saved: boolean
}

/** What this tab scored before. */
export const results = {
  title: 'Scored before in this tab',
  until: 'Here until you let it go or close the tab.',
  result: ({ file, model, records, of, at, saved }: Earlier): Parts<'file'> => [
    `${of === null ? counted(records, 'record') : `${numbers.integer(records)} of ${counted(of, 'record')}`} of `,
    { file },
    ` with ${model} at ${numbers.clock(new Date(at))}${saved ? ', downloaded.' : '. Not downloaded yet.'}`,
  ],
  show: 'Show',
  download: 'Save these scores',
  letGo: 'Let go',
  letGoUnsaved: 'Let go without a download',
}

/** Before the same records are scored with the same model again. */
export const scoredBefore = {
  title: 'Scored already',
  about: ({ file, model, records, at }: Pick<Earlier, 'file' | 'model' | 'records' | 'at'>): Parts<'file'> => [
    `${counted(records, 'record')} of `,
    { file },
    ` were scored with ${model} at ${numbers.clock(new Date(at))}, read as they are now. The scores would be the same.`,
  ],
  show: 'Show those scores',
  again: 'Score them again',
}
