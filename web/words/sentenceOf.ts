import { sayer } from '../../words/sentences.ts'
import type { Language } from './language.ts'

/** The sentence of any error, in a language. */
export function sentenceOf({ errors }: Pick<Language, 'errors'>, thrown: unknown): string {
  return sayer(errors.sentences, errors.unknownFault)(thrown)
}
