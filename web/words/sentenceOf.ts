import { sayer, type Table } from '../../words/sentences.ts'
import type { Language } from './language.ts'

/** What each language says by now beside its usual sentences. */
const further = new Map<Language['errors'], Table>()

/** Has a language say more. */
export function sayAlso({ errors }: Pick<Language, 'errors'>, sentences: Table): void {
  further.set(errors, { ...further.get(errors), ...sentences })
}

/** The sentence of any error, in a language. */
export function sentenceOf({ errors }: Pick<Language, 'errors'>, thrown: unknown): string {
  return sayer({ ...errors.sentences, ...further.get(errors) }, errors.unknownFault)(thrown)
}
