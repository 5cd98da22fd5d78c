import { allMatches, codePoints } from './match.ts'
import { compilePattern, type Program } from './pattern.ts'

/** Texts as lists of words, and how often a term of one word or more is among them. */

/** Where words are: matched by a pattern, or between matches of one, without the punctuation round them. */
export type Words = { readonly by: 'words' | 'separators'; readonly pattern: string }

/** What splits texts into words; null for a pattern that is not read. The last text's words are kept: many terms ask. */
export function wordSplitter({ by, pattern }: Words): ((text: string) => readonly string[] | null) | null {
  const program = compilePattern(pattern)
  if (typeof program === 'string') return null
  let [last, words]: [string | undefined, readonly string[] | null] = [undefined, null]
  return (text) => {
    if (text !== last) {
      words = by === 'words' ? matched(program, text) : separated(program, text)
      last = text
    }
    return words
  }
}

function matched(program: Program, text: string): string[] | null {
  const characters = codePoints(text)
  return allMatches(program, characters)?.map((match) => textOf(characters, match[0], match[1])) ?? null
}

function separated(program: Program, text: string): string[] | null {
  const characters = codePoints(text)
  const matches = allMatches(program, characters)
  if (matches === null) return null
  const starts = [0, ...matches.map((match) => match[1] as number)]
  const ends = [...matches.map((match) => match[0] as number), characters.length]
  return starts
    .map((start, i) => textOf(characters, start, ends[i]).replace(/^\p{P}+|\p{P}+$/gu, ''))
    .filter((word) => word !== '')
}

function textOf(characters: readonly number[], from: number | undefined, to: number | undefined): string {
  let text = ''
  for (let i = from ?? 0; i < (to ?? 0); i++) text += String.fromCodePoint(characters[i] as number)
  return text
}

/** At how many places of a list the words of a term stand one after the other. */
export function countTerm(words: readonly string[], term: readonly string[]): number {
  let count = 0
  for (let i = 0; i + term.length <= words.length; i++) if (term.every((word, k) => words[i + k] === word)) count++
  return term.length === 0 ? 0 : count
}
