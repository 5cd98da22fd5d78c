import { sentenceOf as english } from './en/errors.ts'

/**
 * The sentence of any error, in English: what happened, and what it happened to. `blindscore/words` for programs; its type
 * is written out, so that a program's compiler does not ask for the faults of every room.
 */
export const sentenceOf: (thrown: unknown) => string = english
