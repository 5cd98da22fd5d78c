import type { Test } from './characters.ts'

/**
 * A pattern's parts as a program for a machine that follows all alternatives at once (Thompson 1968; with groups and Perl's
 * preferences as Pike has it, in Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009).
 */

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

/** The parts of a pattern, before they are a program. */
export type Part =
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

const mostInstructions = 5000

/** The program of a pattern, or null where it would be too long. */
export function programOf(pattern: Part): readonly Instruction[] | null {
  const instructions: Instruction[] = []
  emit({ kind: 'group', number: 0, part: pattern }, instructions)
  instructions.push({ op: 'match' })
  return instructions.length > mostInstructions + 1 ? null : instructions
}

/** Writes the instructions of a part. */
function emit(part: Part, program: Instruction[]): void {
  // What is too long already is not made longer.
  if (program.length > mostInstructions) return
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
