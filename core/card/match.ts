import type { Assertion, Program } from './pattern.ts'

/** A program of `pattern.ts` at work on a text: all of its threads advance one character at a time. */

/** A match: where each group begins and ends, -1 where it has no part in it; group 0 is the whole. */
export type Match = readonly number[]

/** What one evaluation may take: instructions of threads. Far above what a pattern of a page needs for a page of text. */
const mostSteps = 5_000_000

/** Threads in the order of their preference, each at an instruction, with the places of groups that it noted. */
class Threads {
  readonly at: number[] = []
  readonly places: Match[] = []
  /** Per instruction, the last step in which a thread came to it. */
  readonly #seen: Float64Array
  #step = 0

  constructor(size: number) {
    this.#seen = new Float64Array(size)
  }

  /** No thread is left, for another step. */
  clear(): void {
    this.at.length = 0
    this.places.length = 0
    this.#step++
  }

  /** Whether this is the first thread of the step to come to an instruction: a later one is preferred less. */
  comesTo(at: number): boolean {
    if (this.#seen[at] === this.#step) return false
    this.#seen[at] = this.#step
    return true
  }
}

/** Finds the matches of a program in one text, from the left. */
export class Matcher {
  readonly #program: Program
  readonly #characters: readonly number[]
  readonly #threads: readonly [Threads, Threads]
  readonly #nowhere: Match
  #steps = 0

  constructor(program: Program, characters: readonly number[]) {
    this.#program = program
    this.#characters = characters
    const size = program.instructions.length
    this.#threads = [new Threads(size), new Threads(size)]
    this.#nowhere = new Array<number>(2 * program.groups).fill(-1)
  }

  /** Whether the work was more than one evaluation may take: then a match that was not found may be there. */
  get exhausted(): boolean {
    return this.#steps > mostSteps
  }

  /** The leftmost match from `from` on, the preferred of those; null for none. */
  find(from: number): Match | null {
    const { instructions } = this.#program
    let [now, next] = this.#threads
    let best: Match | null = null
    now.clear()
    for (let i = from; ; i++) {
      // What begins later is preferred less, and not at all once something has matched.
      if (best === null) this.#add(now, 0, i, this.#nowhere)
      if (now.at.length === 0 && best !== null) return best
      const character = this.#characters[i]
      next.clear()
      for (const [t, at] of now.at.entries()) {
        const instruction = instructions[at]
        const places = now.places[t] as Match
        if (instruction?.op === 'match') {
          best = places
          break
        }
        if (instruction?.op === 'character' && character !== undefined && instruction.test(character))
          this.#add(next, at + 1, i + 1, places)
      }
      if (character === undefined || this.exhausted) return best
      ;[now, next] = [next, now]
    }
  }

  /** Follows a thread to the instructions that take a character, the preferred branch first. */
  #add(threads: Threads, from: number, i: number, places: Match): void {
    const stack: [number, Match][] = [[from, places]]
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [at, own] = top
      if (!threads.comesTo(at) || ++this.#steps > mostSteps) continue
      const instruction = this.#program.instructions[at]
      switch (instruction?.op) {
        case 'jump':
          stack.push([instruction.to, own])
          break
        case 'split':
          stack.push([instruction.second, own], [instruction.first, own])
          break
        case 'save':
          stack.push([at + 1, own.map((place, slot) => (slot === instruction.slot ? i : place))])
          break
        case 'assert':
          if (this.#holds(instruction.what, i)) stack.push([at + 1, own])
          break
        default:
          threads.at.push(at)
          threads.places.push(own)
      }
    }
  }

  #holds(what: Assertion, i: number): boolean {
    const characters = this.#characters
    const { length } = characters
    switch (what) {
      case 'start':
        return i === 0
      case 'veryEnd':
        return i === length
      case 'end':
        return i === length || (i === length - 1 && characters[i] === 10)
      default: {
        const isWord = (at: number): boolean => at >= 0 && at < length && this.#program.isWord(characters[at] as number)
        return (isWord(i - 1) !== isWord(i)) === (what === 'boundary')
      }
    }
  }
}

/** The code points of a text. */
export function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) as number)
}

/** All matches in a text, an empty one advancing by a character; null where that is too much work. */
export function allMatches(program: Program, characters: readonly number[]): Match[] | null {
  const matcher = new Matcher(program, characters)
  const matches: Match[] = []
  for (let from = 0; from <= characters.length; ) {
    const match = matcher.find(from)
    if (matcher.exhausted) return null
    if (match === null) break
    matches.push(match)
    const end = match[1] as number
    from = end === match[0] ? end + 1 : end
  }
  return matches
}
