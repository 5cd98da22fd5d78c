import type { Polynomial } from '../stats/polynomials.ts'
import { fail } from './faults.ts'
import type { Cell, Formula } from './formula.ts'

/** A term, by the places of its inputs among those that explain, and of the terms that are it less one factor. */
export interface DesignTerm {
  readonly term: string
  readonly inputs: readonly number[]
  readonly margins: readonly number[]
}

export interface Arranged<Input> {
  /** The inputs that explain, in the order of the study's terms. */
  readonly inputs: readonly Input[]
  readonly terms: readonly DesignTerm[]
  /** Orthogonal ones: their coefficients are shown instead of those of powers. */
  readonly polynomials: readonly Polynomial[]
}

interface NamedInput {
  readonly name: string
  readonly term: string
  readonly level?: string
  /** What its coefficient is called where it is not called as the input. */
  readonly shown?: string
}

/** The inputs of a formula's terms in their order, and which of them are of a polynomial. */
export function arranged<Input extends NamedInput>(formula: Formula, all: readonly Input[]): Arranged<Input> {
  const known = new Map(all.map((input) => [keyOf(input.term, input.level), input]))
  const inputs: Input[] = []
  const terms = formula.terms.map(({ term, cells, margins }): DesignTerm => {
    const places = cells.map(({ column, level, shown }) => {
      const input = known.get(keyOf(column, level)) as Input
      return inputs.push(shown === input.name ? input : { ...input, shown }) - 1
    })
    return { term, inputs: places, margins }
  })
  return { inputs, terms, polynomials: polynomialsOf(formula) }
}

const keyOf = (column: string, level: string | undefined): string => JSON.stringify([column, level])

/** Orthogonal ones, by the places of their coefficients, of which the intercept's is the first. */
function polynomialsOf({ terms }: Formula): Polynomial[] {
  const cells = terms.flatMap((term) => term.cells)
  const partsKey = (parts: readonly string[]): string => JSON.stringify([...parts].sort())
  const placeOf = new Map<string, number>(cells.map(({ parts }, j) => [partsKey(parts), j + 1]))
  placeOf.set(partsKey([]), 0)
  return terms.flatMap(({ factors: [factor, ...others] }): Polynomial[] => {
    if (factor === undefined || others.length > 0 || !factor.orthogonal) return []
    const names = factor.parts.map(({ name }) => name)
    const rests = [[], ...cells.flatMap((cell) => restOf(cell, names[0] as string))]
    const blocks = rests.map((rest) =>
      [[], ...names.map((name) => [name])].map((power) => placeOf.get(partsKey([...rest, ...power])) as number),
    )
    return [{ powers: blocks[0] ?? [], blocks }]
  })
}

/** The other parts of a cell that has this one among several. */
const restOf = ({ parts }: Cell, part: string): string[][] =>
  parts.length > 1 && parts.includes(part) ? [parts.filter((each) => each !== part)] : []

/** Throws `study/invalid` for polynomials whose coefficients are by what is in the records. */
export function requirePowers({ polynomials, terms }: Pick<Arranged<unknown>, 'polynomials' | 'terms'>): void {
  const [first] = polynomials
  if (first === undefined) return
  const place = (first.powers[1] as number) - 1
  const term = terms.find(({ inputs }) => inputs.includes(place))?.term ?? ''
  fail('study/invalid', 'studyOrthogonal', { term })
}
