import type { ModelColumn } from '../model/modelFile.ts'
import { fail } from './faults.ts'
import { nameInR } from './nameInR.ts'
import { type Derived, derivedOf, levelsOf, type NumberColumn, type Part, powerOf, productOf } from './powers.ts'

/**
 * Terms as R's formulas write them: a column, `I(x^2)`, `poly(x, 3)`, `poly(x, 3, raw = TRUE)`, and products of these with `:`
 * between. Each becomes columns of the file, or derived ones, so that what reads, seals, fits and serves knows nothing of it.
 */
export interface Formula {
  /** By the number of their factors, as R has them. */
  readonly terms: readonly FormulaTerm[]
  /** Columns that the terms add to those of the study. */
  readonly derived: readonly Derived[]
}

export interface FormulaTerm {
  readonly term: string
  readonly factors: readonly Factor[]
  readonly cells: readonly Cell[]
  /** The terms, by place, that are this one less one factor. */
  readonly margins: readonly number[]
}

/** What of a term has one coefficient. */
export interface Cell {
  /** The column, and of a category the level. */
  readonly column: string
  readonly level?: string
  /** What the coefficient is called where it is not called as the column. */
  readonly shown: string
  /** The names of its parts: of each factor one. */
  readonly parts: readonly string[]
}

export interface Factor {
  /** As R writes it. */
  readonly text: string
  readonly column: string
  /** Of a polynomial; 0 for a column as it is. */
  readonly degree: number
  readonly orthogonal: boolean
  /** `parts` and what their coefficients are called. */
  readonly parts: readonly Part[]
  readonly shown: readonly string[]
}

/** The most columns of a design beside the intercept: beyond, an exact fit takes minutes. */
export const mostTerms = 100

/** Throws `study/invalid` for terms that are none of these columns. */
export function formulaOf(terms: readonly string[], columns: ReadonlyMap<string, ModelColumn>): Formula {
  const ordered = asR(terms.map((term) => factorsOf(term, columns)))
  const derived = new Map<string, Derived>()
  const seen = new Set<string>()
  const found = ordered.map((factors): FormulaTerm => {
    const term = nameOf(factors)
    const cells = cellsOf(factors, columns)
    for (const { cell, part } of cells) {
      const key = JSON.stringify([cell.column, cell.level])
      if (seen.has(key)) fail('study/invalid', 'studyTermTwice', { term })
      seen.add(key)
      if (part === null) continue
      if (columns.has(part.name)) fail('study/invalid', 'studyTermTwice', { term })
      derived.set(part.name, derivedOf(part))
    }
    const margins = marginsOf(term, factors, ordered)
    return { term, factors, cells: cells.map(({ cell }) => cell), margins }
  })
  if (found.reduce((sum, { cells }) => sum + new Set(cells.map(({ column }) => column)).size, 0) > mostTerms)
    fail('study/invalid', 'studyTermsMost', { most: mostTerms })
  return { terms: found, derived: [...derived.values()] }
}

const nameOf = (factors: readonly Factor[]): string => factors.map(({ text }) => text).join(':')

/** In R's order: terms by the number of their factors, and those by where they are met first. */
function asR(terms: readonly (readonly Factor[])[]): (readonly Factor[])[] {
  const met = [...new Set(terms.flat().map(({ text }) => text))]
  const at = ({ text }: Factor): number => met.indexOf(text)
  return terms.map((factors) => [...factors].sort((a, b) => at(a) - at(b))).sort((a, b) => a.length - b.length)
}

function marginsOf(term: string, factors: readonly Factor[], all: readonly (readonly Factor[])[]): number[] {
  if (factors.length === 1) return []
  const names = all.map(nameOf)
  return factors.map((factor) => {
    const margin = nameOf(factors.filter((each) => each !== factor))
    const place = names.indexOf(margin)
    if (place < 0) fail('study/invalid', 'studyMargin', { term, margin })
    return place
  })
}

const product = /(?:`[^`]*`|\((?:`[^`]*`|\([^()]*\)|[^()`])*\)|[^:`(])+/g

function factorsOf(term: string, columns: ReadonlyMap<string, ModelColumn>): Factor[] {
  const texts = columns.has(term) ? [term] : (term.match(product) ?? [])
  const factors = texts.map((text) => factorOf(term, text.trim(), columns))
  if (factors.length === 0 || (!columns.has(term) && texts.join(':') !== term))
    fail('study/invalid', 'studyTerm', { term })
  // A product with itself is none in R.
  if (new Set(factors.map(({ column }) => column)).size < factors.length)
    fail('study/invalid', 'studyTermTwice', { term })
  return factors
}

function factorOf(term: string, text: string, columns: ReadonlyMap<string, ModelColumn>): Factor {
  const [, powered, exponent] = /^I\((.+)\^([2-9])\)$/.exec(text) ?? []
  const [, of, degree, raw] = /^poly\((.+?), *([1-9])(, *raw *= *(?:TRUE|T))?\)$/.exec(text) ?? []
  const written = columns.has(text) ? text : (powered ?? of ?? text)
  const name = columns.has(written) ? written : written.replace(/^`([^`]*)`$/, '$1')
  const column = columns.get(name)
  if (column === undefined) fail('study/invalid', 'studyTerm', { term })
  if (column.type !== 'category') requireSteps(column)
  if (written === text) {
    const parts = column.type === 'category' ? levelsOf(column) : [powerOf(column, 1, false)]
    return { text: name, column: name, degree: 0, orthogonal: false, parts, shown: parts.map((part) => part.name) }
  }
  if (column.type === 'category') fail('study/invalid', 'studyNoPower', { column: name })
  return exponent === undefined
    ? polynomialOf(column, Number(degree), raw === undefined)
    : squareOf(powerOf(column, Number(exponent), false), name)
}

const squareOf = (part: Part, column: string): Factor => ({
  text: part.name,
  column,
  degree: 0,
  orthogonal: false,
  parts: [part],
  shown: [part.name],
})

function polynomialOf(column: NumberColumn, degree: number, orthogonal: boolean): Factor {
  const text = `poly(${nameInR(column.name)}, ${degree}${orthogonal ? '' : ', raw = TRUE'})`
  const parts = Array.from({ length: degree }, (_, k) => powerOf(column, k + 1, orthogonal))
  const shown = parts.map((_, k) => (degree === 1 ? text : `${text}${k + 1}`))
  return { text, column: column.name, degree, orthogonal, parts, shown }
}

/** Throws `study/invalid` for a number that is not in steps, of which nothing can be known before a record is read. */
export function requireSteps(column: NumberColumn): void {
  const stepped = column.type === 'integer' || column.step !== undefined
  if (column.range === undefined || !stepped) fail('study/invalid', 'studyRange', { column: column.name })
}

/** The products of the factors' parts, those of the first one first as R has them; none is made of a column as it is. */
function cellsOf(
  factors: readonly Factor[],
  columns: ReadonlyMap<string, ModelColumn>,
): { readonly cell: Cell; readonly part: Part | null }[] {
  const [only] = factors
  const column = factors.length === 1 ? columns.get(only?.column ?? '') : undefined
  if (only && only.degree === 0 && column?.type === 'category')
    return column.levels.slice(1).map((level, l) => {
      const name = only.parts[l]?.name ?? ''
      return { cell: { column: only.column, level, shown: name, parts: [name] }, part: null }
    })
  return tuplesOf(factors.map(({ parts }) => parts.length)).map((places) => {
    const parts = factors.map((factor, f) => factor.parts[places[f] as number] as Part)
    const part = productOf(parts)
    const shown = factors.map((factor, f) => factor.shown[places[f] as number] as string).join(':')
    const cell = { column: part.name, shown, parts: parts.map(({ name }) => name) }
    return { cell, part: columns.has(part.name) && parts.length === 1 ? null : part }
  })
}

/** All ways to take one of each, the first counting fastest. */
function tuplesOf(counts: readonly number[]): number[][] {
  return counts.reduce<number[][]>(
    (tuples, count) => Array.from({ length: count }, (_, i) => tuples.map((tuple) => [...tuple, i])).flat(),
    [[]],
  )
}
