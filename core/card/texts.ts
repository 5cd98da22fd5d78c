import { formatDate, isDatePattern } from './dates.ts'
import { type Expression, longestText } from './expression.ts'
import { allMatches, codePoints, Matcher } from './match.ts'
import { numberFormatter } from './numberFormat.ts'
import { compilePattern, type Program } from './pattern.ts'
import { countTerm, type Words, wordSplitter } from './words.ts'

/** Operations of expressions that carry a pattern: their values from the values of their arguments, none missing. */

export type Patterned = Extract<Expression, { op: 'matches' | 'replace' | 'formatNumber' | 'formatDate' | 'countTerm' }>

export function isPatterned(expression: Extract<Expression, { op: string }>): expression is Patterned {
  return 'pattern' in expression || expression.op === 'countTerm'
}

/** An operation ready for use; null where its pattern is not read. */
export function textOperation(
  expression: Patterned,
): ((args: readonly (number | string)[]) => number | string | null) | null {
  switch (expression.op) {
    case 'matches':
    case 'replace': {
      const program = compilePattern(expression.pattern)
      if (typeof program === 'string') return null
      return expression.op === 'matches'
        ? ([x]) => hasMatch(program, String(x))
        : ([x]) => replaced(program, String(x), expression)
    }
    case 'formatNumber': {
      const format = numberFormatter(expression.pattern)
      return format && (([x]) => (typeof x === 'number' ? format(x) : null))
    }
    case 'formatDate':
      return isDatePattern(expression.pattern)
        ? ([days, seconds]) =>
            typeof days === 'number' && typeof seconds === 'number'
              ? formatDate(days, seconds, expression.pattern)
              : null
        : null
    case 'countTerm': {
      const split = splitterOf(expression.words)
      return split && (([x]) => count(split(String(x)), expression.term))
    }
  }
}

function hasMatch(program: Program, text: string): number | null {
  const matcher = new Matcher(program, codePoints(text))
  const found = matcher.find(0) !== null
  return !found && matcher.exhausted ? null : found ? 1 : 0
}

/** A table that is applied until it changes nothing is applied no more often than this. */
const mostRounds = 100

function replaced(
  program: Program,
  text: string,
  { by, repeat }: Extract<Patterned, { op: 'replace' }>,
): string | null {
  let now = text
  for (let round = 0; round < mostRounds; round++) {
    const next = replacedOnce(program, now, by)
    if (next === null || next.length > longestText) return null
    if (repeat !== true || next === now) return next
    now = next
  }
  return null
}

function replacedOnce(program: Program, text: string, by: readonly (string | number)[]): string | null {
  const characters = codePoints(text)
  const matches = allMatches(program, characters)
  if (matches === null) return null
  const cut = (from: number, to: number): string =>
    characters
      .slice(from, to)
      .map((c) => String.fromCodePoint(c))
      .join('')
  let result = ''
  let from = 0
  for (const match of matches) {
    result += cut(from, match[0] as number)
    for (const part of by) {
      if (typeof part === 'string') result += part
      else if ((match[2 * part] ?? -1) >= 0) result += cut(match[2 * part] as number, match[2 * part + 1] as number)
    }
    from = match[1] as number
  }
  return result + cut(from, characters.length)
}

/** Splitters by what they split at: the columns of a model's terms share one, and the words of a record's text. */
const splitters = new Map<string, ReturnType<typeof wordSplitter>>()
const mostSplitters = 50

function splitterOf(words: Words): ReturnType<typeof wordSplitter> {
  const key = JSON.stringify([words.by, words.pattern])
  if (!splitters.has(key)) {
    if (splitters.size >= mostSplitters) splitters.clear()
    splitters.set(key, wordSplitter(words))
  }
  return splitters.get(key) ?? null
}

function count(words: readonly string[] | null, term: readonly string[]): number | null {
  return words === null ? null : countTerm(words, term)
}

/** Characters of a text from a place on, the first being 1; null for a place below 1 or fewer than no characters. */
export function substring(text: string, start: number, length: number): string | null {
  if (!(start >= 1 && length >= 0)) return null
  const first = Math.trunc(start) - 1
  return Array.from(text)
    .slice(first, first + Math.trunc(length))
    .join('')
}
