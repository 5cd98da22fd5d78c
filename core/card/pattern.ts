/**
 * Regular expressions of which matching takes time in proportion to the text: the part of PCRE without look-around,
 * references to groups, possessive and atomic parts, which need none of it to be tried twice.
 *
 * A pattern is parsed into a program for a machine that follows all alternatives at once (Thompson 1968; with groups
 * and Perl's preferences as Pike has it, in Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009).
 * Characters are Unicode code points. \d, \w, \s and \b are those of ASCII, unless the pattern begins with (?u);
 * (?i) ignores case. A point is any character but a line feed; ^ and $ are the text's ends, $ also before a last line feed.
 */

/** Whether a character is one of a set. */
type Test = (character: number) => boolean

export type Instruction =
  | { readonly op: 'character'; readonly test: Test }
  /** Goes on at both, the first preferred. */
  | { readonly op: 'split'; readonly first: number; readonly second: number }
  | { readonly op: 'jump'; readonly to: number }
  /** Notes where a group begins (even) or ends (odd). */
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly what: Assertion }
  | { readonly op: 'match' }

export type Assertion = 'start' | 'end' | 'veryEnd' | 'boundary' | 'noBoundary'

export interface Program {
  readonly instructions: readonly Instruction[]
  readonly groups: number
  /** What a word's characters are, for \b. */
  readonly isWord: Test
}

/** Why a pattern is not read. */
export type PatternProblem = 'syntax' | 'unsupported' | 'size'

const mostInstructions = 5000
const mostRepeats = 1000
const deepest = 100

/** The parts of a pattern, before they are a program. */
type Part =
  | { readonly kind: 'character'; readonly test: Test }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'group'; readonly number: number; readonly part: Part }
  | {
      readonly kind: 'repeat'
      readonly part: Part
      readonly least: number
      readonly most: number
      readonly lazy: boolean
    }

/** The program of a pattern, or why there is none. */
export function compilePattern(pattern: string): Program | PatternProblem {
  try {
    const parser = new Parser(pattern)
    const part = parser.parse()
    const instructions: Instruction[] = []
    emit({ kind: 'group', number: 0, part }, instructions)
    instructions.push({ op: 'match' })
    return { instructions, groups: parser.groups, isWord: parser.isWord }
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

const code = (character: string): number => character.codePointAt(0) ?? 0
const between = (first: string, last: string): Test => {
  const [low, high] = [code(first), code(last)]
  return (c) => c >= low && c <= high
}
const anyOf =
  (...tests: readonly Test[]): Test =>
  (c) =>
    tests.some((test) => test(c))
const not =
  (test: Test): Test =>
  (c) =>
    !test(c)
const oneOf = (characters: string): Test => {
  const codes = new Set(Array.from(characters, code))
  return (c) => codes.has(c)
}
/** General categories of Unicode, by what an engine's own regular expressions know of them. */
const property =
  (expression: RegExp): Test =>
  (c) =>
    expression.test(String.fromCodePoint(c))

const ascii = {
  d: between('0', '9'),
  w: anyOf(between('a', 'z'), between('A', 'Z'), between('0', '9'), oneOf('_')),
  s: oneOf(' \t\n\v\f\r'),
}
const unicode = { d: property(/\p{Nd}/u), w: property(/[\p{L}\p{N}\p{M}_]/u), s: property(/\s/u) }
const properties: Readonly<Record<string, Test>> = {
  L: property(/\p{L}/u),
  Lu: property(/\p{Lu}/u),
  Ll: property(/\p{Ll}/u),
  N: property(/\p{N}/u),
  Nd: property(/\p{Nd}/u),
  P: property(/\p{P}/u),
  S: property(/\p{S}/u),
  Z: property(/\p{Z}/u),
  Alpha: ascii.w,
  Punct: property(/[!-/:-@[-`{-~]/u),
}
const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', e: '\x1b', a: '\x07' }

class Parser {
  groups = 1
  readonly #characters: readonly string[]
  #at = 0
  #depth = 0
  #ignoresCase = false
  #sets = ascii

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
        return this.#cased(this.#class())
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
        return this.#cased(oneOf(character))
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
    return this.#cased(this.#escaped())
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
    return oneOf(character)
  }

  #property(negated: boolean): Test {
    const found = /^(?:\{(\w{1,20})\}|([A-Z]))/.exec(this.#characters.slice(this.#at, this.#at + 24).join(''))
    const test = properties[found?.[1] ?? found?.[2] ?? ''] ?? refuse('unsupported')
    this.#at += found?.[0].length ?? 0
    return negated ? not(test) : test
  }

  #hexadecimal(kind: string): Test {
    const rest = this.#characters.slice(this.#at, this.#at + 10).join('')
    const found = (kind === 'x' ? /^(?:\{([0-9a-f]{1,6})\}|([0-9a-f]{2}))/i : /^()([0-9a-f]{4})/i).exec(rest)
    if (found === null) refuse('syntax')
    this.#at += found[0].length
    const value = Number.parseInt(found[1] || (found[2] as string), 16)
    return (c) => c === value
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
    return negated ? not(this.#ignoresCase ? caseless(test) : test) : test
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
    if (dash !== '-' || high === undefined || high === ']') return oneOf(low)
    if (high === '\\' || high === '[') refuse('unsupported')
    this.#at += 2
    if (code(low) > code(high)) refuse('syntax')
    return between(low, high)
  }

  #cased(test: Test): Part {
    return { kind: 'character', test: this.#ignoresCase ? caseless(test) : test }
  }
}

function caseless(test: Test): Test {
  return (c) => {
    const character = String.fromCodePoint(c)
    return test(c) || test(code(character.toLowerCase())) || test(code(character.toUpperCase()))
  }
}

/** Writes the instructions of a part. */
function emit(part: Part, program: Instruction[]): void {
  if (program.length > mostInstructions) refuse('size')
  switch (part.kind) {
    case 'character':
      program.push({ op: 'character', test: part.test })
      return
    case 'assert':
      program.push({ op: 'assert', what: part.what })
      return
    case 'sequence':
      for (const each of part.parts) emit(each, program)
      return
    case 'group':
      program.push({ op: 'save', slot: 2 * part.number })
      emit(part.part, program)
      program.push({ op: 'save', slot: 2 * part.number + 1 })
      return
    case 'choice':
      emitChoice(part.parts, program)
      return
    case 'repeat':
      emitRepeat(part, program)
  }
}

function emitChoice(parts: readonly Part[], program: Instruction[]): void {
  const ends: number[] = []
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1) {
      emit(part, program)
      continue
    }
    const split = program.length
    program.push({ op: 'match' })
    emit(part, program)
    ends.push(program.length)
    program.push({ op: 'match' })
    program[split] = { op: 'split', first: split + 1, second: program.length }
  }
  for (const end of ends) program[end] = { op: 'jump', to: program.length }
}

function emitRepeat(part: Extract<Part, { kind: 'repeat' }>, program: Instruction[]): void {
  const choose = (go: number, leave: number): Instruction =>
    part.lazy ? { op: 'split', first: leave, second: go } : { op: 'split', first: go, second: leave }
  for (let i = 0; i < part.least; i++) emit(part.part, program)
  if (!Number.isFinite(part.most)) {
    const start = program.length
    program.push({ op: 'match' })
    emit(part.part, program)
    program.push({ op: 'jump', to: start })
    program[start] = choose(start + 1, program.length)
    return
  }
  const splits: number[] = []
  for (let i = part.least; i < part.most; i++) {
    splits.push(program.length)
    program.push({ op: 'match' })
    emit(part.part, program)
  }
  for (const split of splits) program[split] = choose(split + 1, program.length)
}
