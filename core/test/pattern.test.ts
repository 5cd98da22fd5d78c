import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allMatches, codePoints } from '../card/match.ts'
import { compilePattern } from '../card/pattern.ts'
import { runs } from './dial.ts'

/** The matches of a pattern, as texts, with their groups. */
function matches(pattern: string, text: string): (string | null)[][] {
  const program = compilePattern(pattern)
  if (typeof program === 'string') throw new Error(program)
  const characters = codePoints(text)
  const cut = (from: number | undefined, to: number | undefined): string | null =>
    from === undefined || to === undefined || from < 0 ? null : String.fromCodePoint(...characters.slice(from, to))
  return (allMatches(program, characters) ?? []).map((match) =>
    Array.from({ length: program.groups }, (_, g) => cut(match[2 * g], match[2 * g + 1])),
  )
}

/** The same by the engine's own regular expressions. */
function engine(pattern: string, text: string): (string | null)[][] {
  return Array.from(text.matchAll(new RegExp(pattern, 'gu')), (match) => Array.from(match, (group) => group ?? null))
}

/** Patterns of which both have the same grammar and the same preferences. */
const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '\\b', 'ä', '\\.')
const pattern = fc.letrec<{ part: string; choice: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small' },
    atom,
    fc
      .tuple(
        atom.filter((each) => each !== '\\b'),
        fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '*?', '+?', '??'),
      )
      .map((t) => t.join('')),
    tie('choice').map((inner) => `(${inner})`),
    fc.tuple(tie('part'), tie('part')).map((parts) => parts.join('')),
  ),
  choice: fc.oneof(
    tie('part'),
    fc.tuple(tie('part'), tie('part')).map((parts) => parts.join('|')),
  ),
})).choice

describe('a pattern', () => {
  it('matches what the engine’s own regular expressions match, group by group', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.array(fc.constantFrom('a', 'b', 'c', '1', ' ', '.', 'ä', '\n', '😀'), { maxLength: 12 }),
        (p, parts) => {
          const text = parts.join('')
          expect(matches(p, text), JSON.stringify([p, text])).toEqual(engine(p, text))
        },
      ),
      runs(3000),
    )
  })

  it.each<[string, string, string[]]>([
    ['(?i)iris-', 'Iris-setosa IRIS-x', ['Iris-', 'IRIS-']],
    ['\\b(a|the)\\b', 'a man, the other', ['a', 'the']],
    ['\\w+', 'naïve 3', ['na', 've', '3']],
    ['(?u)\\b\\w\\w+\\b', 'naïve é ab', ['naïve', 'ab']],
    ['^x$', 'x\n', ['x']],
    ['\\Ax\\z', 'x\n', []],
    ['[[]+', '[[', ['[[']],
    ['[]a]', ']', [']']],
    ['\\x41\\x{42}\\u0043', 'ABC', ['ABC']],
    ['\\p{P}+', 'a.,b', ['.,']],
    ['a{0}b', 'ab', ['b']],
    ['a{,2}', 'a{,2}', ['a{,2}']],
  ])('%s in %j', (p, text, expected) => {
    expect(matches(p, text).map(([whole]) => whole)).toEqual(expected)
  })

  it.each([
    ['(?=a)', 'unsupported'],
    ['(?<!a)b', 'unsupported'],
    ['(?>a)', 'unsupported'],
    ['(a)\\1', 'unsupported'],
    ['a++', 'unsupported'],
    ['[[:alpha:]]', 'unsupported'],
    ['(', 'syntax'],
    ['a)', 'syntax'],
    ['[a', 'syntax'],
    ['*a', 'syntax'],
    ['a**', 'syntax'],
    ['a{3,2}', 'syntax'],
    ['\\', 'syntax'],
    ['a{9999}', 'size'],
    ['((a{500}){500}){500}', 'size'],
    ['('.repeat(5000) + ')'.repeat(5000), 'size'],
  ])('%s is refused: %s', (p, problem) => {
    expect(compilePattern(p)).toBe(problem)
  })

  it('takes time in proportion to the text, where trying twice would take for ever', () => {
    const program = compilePattern('(a|a)*(a|aa)+b')
    if (typeof program === 'string') throw new Error(program)
    expect(allMatches(program, codePoints('a'.repeat(10_000)))).toEqual([])
  })

  it('stops at a limit of work and says so', () => {
    const program = compilePattern(`(${'a?'.repeat(900)})*b`)
    if (typeof program === 'string') throw new Error(program)
    expect(allMatches(program, codePoints('a'.repeat(10_000)))).toBeNull()
  })
})
