import {
  anyOf,
  ascii,
  between,
  type Classes,
  caseless,
  code,
  not,
  oneOf,
  properties,
  type Test,
  unicode,
} from './characters.ts'
import { type Assertion, type Part, type Program, programOf } from './program.ts'

/**
 * Regular expressions of which matching takes time in proportion to the text: the part of PCRE without look-around,
 * references to groups, possessive and atomic parts, which need none of it to be tried twice.
 *
 * Characters are Unicode code points. \d, \w, \s and \b are those of ASCII, unless the pattern begins with (?u);
 * (?i) ignores case. A point is any character but a line feed; ^ and $ are the text's ends, $ also before a last line feed.
 */

/** Why a pattern is not read. */
export type PatternProblem = 'syntax' | 'unsupported' | 'size'

const mostRepeats = 1000
const deepest = 100

/** The program of a pattern, or why there is none. */
export function compilePattern(pattern: string): Program | PatternProblem {
  try {
    const parser = new Parser(pattern)
    const instructions = programOf(parser.parse())
    return instructions === null ? 'size' : { instructions, groups: parser.groups, isWord: parser.isWord }
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.problem
    throw thrown
  }
}

class Refusal extends Error {
  readonly problem: PatternProblem
  constructor(problem: PatternProblem) {
    super(problem)
    this.problem = problem
  }
}

function refuse(problem: PatternProblem): never {
  throw new Refusal(problem)
}

const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', e: '\x1b', a: '\x07' }

class Parser {
  groups = 1
  readonly #characters: readonly string[]
  #at = 0
  #depth = 0
  #ignoresCase = false
  #sets: Classes = ascii

  constructor(pattern: string) {
    this.#characters = Array.from(pattern)
    this.#flags()
  }

  get isWord(): Test {
    return this.#sets.w
  }

  parse(): Part {
    const part = this.#choice()
    if (this.#at < this.#characters.length) refuse('syntax')
    return part
  }

  get #next(): string | undefined {
    return this.#characters[this.#at]
  }

  #take(text: string): boolean {
    const found = [...text].every((character, i) => this.#characters[this.#at + i] === character)
    if (found) this.#at += text.length
    return found
  }

  /** (?i), (?u) and the like, at the very beginning. */
  #flags(): void {
    const found = /^\(\?([iu]+)\)/.exec(this.#characters.slice(0, 8).join(''))
    if (found === null) return
    this.#at = found[0].length
    this.#ignoresCase = found[1]?.includes('i') ?? false
    if (found[1]?.includes('u')) this.#sets = unicode
  }

  #choice(): Part {
    if (++this.#depth > deepest) refuse('size')
    const parts = [this.#sequence()]
    while (this.#take('|')) parts.push(this.#sequence())
    this.#depth--
    return parts.length === 1 ? (parts[0] as Part) : { kind: 'choice', parts }
  }

  #sequence(): Part {
    const parts: Part[] = []
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')')
      parts.push(this.#repeated(this.#atom()))
    return { kind: 'sequence', parts }
  }

  #repeated(part: Part): Part {
    const bounds = this.#bounds()
    if (bounds === undefined) return part
    const [least, most] = bounds
    const lazy = this.#take('?')
    // A second quantifier is a possessive one, or an error.
    if (!lazy && this.#next === '+') refuse('unsupported')
    if (this.#next === '*' || this.#next === '?') refuse('syntax')
    if (least > most) refuse('syntax')
    if (least > mostRepeats || (Number.isFinite(most) && most > mostRepeats)) refuse('size')
    return { kind: 'repeat', part, least, most, lazy }
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY]
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY]
    if (this.#take('?')) return [0, 1]
    const found = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.#characters.slice(this.#at, this.#at + 16).join(''))
    if (found === null) return undefined
    this.#at += found[0].length
    const least = Number(found[1])
    if (found[2] === undefined) return [least, least]
    return [least, found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])]
  }

  #atom(): Part {
    const character = this.#next as string
    this.#at++
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return { kind: 'character', test: this.#class() }
      case '.':
        return { kind: 'character', test: (c) => c !== 10 }
      case '^':
        return { kind: 'assert', what: 'start' }
      case '$':
        return { kind: 'assert', what: 'end' }
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        return refuse('syntax')
      default:
        return { kind: 'character', test: this.#cased(oneOf(character)) }
    }
  }

  #group(): Part {
    if (this.#take('?')) {
      if (!this.#take(':')) refuse('unsupported')
      const part = this.#choice()
      return this.#take(')') ? part : refuse('syntax')
    }
    const number = this.groups++
    const part = this.#choice()
    return this.#take(')') ? { kind: 'group', number, part } : refuse('syntax')
  }

  #escape(): Part {
    const assertions: Readonly<Record<string, Assertion>> = {
      b: 'boundary',
      B: 'noBoundary',
      A: 'start',
      Z: 'end',
      z: 'veryEnd',
    }
    const what = assertions[this.#next ?? '']
    if (what !== undefined) {
      this.#at++
      return { kind: 'assert', what }
    }
    return { kind: 'character', test: this.#escaped() }
  }

  /** The set of an escape, the backslash read. */
  #escaped(): Test {
    const character = this.#next ?? refuse('syntax')
    this.#at++
    const lower = character.toLowerCase()
    if (lower === 'd' || lower === 'w' || lower === 's') {
      const test = this.#sets[lower]
      return character === lower ? test : not(test)
    }
    if (lower === 'p') return this.#property(character === 'P')
    if (character === 'x' || character === 'u') return this.#hexadecimal(character)
    const control = controls[character]
    if (control !== undefined) return oneOf(control)
    // Digits are references to groups, and letters mean something that is not read.
    if (/[0-9a-z]/i.test(character)) refuse('unsupported')
    return this.#cased(oneOf(character))
  }

  #property(negated: boolean): Test {
    const found = /^(?:\{(\w{1,20})\}|([A-Z]))/.exec(this.#characters.slice(this.#at, this.#at + 24).join(''))
    const name = found?.[1] ?? found?.[2] ?? ''
    const own = name === 'Alpha' || name === 'Punct' ? this.#sets[name] : properties[name]
    const test = this.#cased(own ?? refuse('unsupported'))
    this.#at += found?.[0].length ?? 0
    return negated ? not(test) : test
  }

  #hexadecimal(kind: string): Test {
    const rest = this.#characters.slice(this.#at, this.#at + 10).join('')
    const found = (kind === 'x' ? /^(?:\{([0-9a-f]{1,6})\}|([0-9a-f]{2}))/i : /^()([0-9a-f]{4})/i).exec(rest)
    if (found === null) refuse('syntax')
    this.#at += found[0].length
    const value = Number.parseInt(found[1] || (found[2] as string), 16)
    return this.#cased((c) => c === value)
  }

  #class(): Test {
    const negated = this.#take('^')
    const tests: Test[] = []
    // A bracket that stands first is itself.
    for (let first = true; first || this.#next !== ']'; first = false) {
      if (this.#next === undefined) refuse('syntax')
      tests.push(this.#member())
    }
    this.#at++
    const test = anyOf(...tests)
    return negated ? not(test) : test
  }

  #member(): Test {
    const low = this.#next as string
    if (low === '[' && this.#characters[this.#at + 1] === ':') refuse('unsupported')
    this.#at++
    if (low === '\\') {
      if (this.#take('b')) return oneOf('\b')
      return this.#escaped()
    }
    const [dash, high] = [this.#next, this.#characters[this.#at + 1]]
    if (dash !== '-' || high === undefined || high === ']') return this.#cased(oneOf(low))
    if (high === '\\' || high === '[') refuse('unsupported')
    this.#at += 2
    if (code(low) > code(high)) refuse('syntax')
    return this.#cased(between(low, high))
  }

  /** A set as it counts: with what differs in case alone, where case is ignored. */
  #cased(test: Test): Test {
    return this.#ignoresCase ? caseless(test) : test
  }
}
