import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

export interface Resumable {
  readonly scored: number
  readonly scorable: number
  readonly file: string
  readonly model: string
}

/** A run that did not come to its end. */
export const resumableRun = {
  title: 'A run to resume',
  scored: ({ scored, scorable, file, model }: Resumable): Parts<'file'> => [
    `${numbers.integer(scored)} of ${counted(scorable, 'record')} of `,
    { file },
    ` were scored with ${model} before the run broke off. The answers are kept on this device, sealed.`,
  ],
  otherKey: (fingerprint: string) => `They open with the key ${fingerprint}: restore it from its backup.`,
  fits: 'This is the file: resume it below.',
  dropIt: 'Drop the same file, and read it as you did then, to go on from there.',
  discard: 'Discard it',
}
