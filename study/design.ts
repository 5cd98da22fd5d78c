import { type Card, type Column, columnAt, type Input } from '../core/card/card.ts'
import { stepsOfText } from '../core/card/steps.ts'
import type { Sha256 } from '../core/number/digest.ts'
import type { ModelColumn, ModelFile } from '../model/modelFile.ts'
import { reviewModel } from '../model/verdict.ts'
import type { ColumnScale } from '../stats/summary.ts'
import { type Arranged, arranged } from './arranged.ts'
import type { Formula } from './formula.ts'
import { columnsByName, completed, namesRead, neededColumns, type StudyFile } from './studyFile.ts'

/**
 * From a study to the card by which a file's rows become whole numbers: the reader, with all its checks, repairs and
 * expressions, makes a design of a file as it makes records for a scoring server.
 */

/** Which columns a reader is to read: those that explain, the outcome, or both. */
export type Part = 'explaining' | 'outcome' | 'both'

export interface Design extends Arranged<DesignInput> {
  readonly card: Card
  /** Columns that are added to predictors as they are, those that say how much a record counts and how many failures it has, and the outcome; where they are read. */
  readonly offsets: readonly DesignInput[]
  readonly weights: DesignInput | null
  readonly failures: DesignInput | null
  readonly outcome: DesignInput | null
  /** The places among the card's inputs of all of these, in this order: what is read of a file. */
  readonly places: readonly number[]
}

export interface DesignInput extends ColumnScale {
  /** What its coefficient is called where it is not called as the input. */
  readonly shown?: string
  /** Its place among the card's inputs. */
  readonly at: number
  /** The term that it is of, and of a category the level. */
  readonly term: string
  readonly level?: string
  /** X: it is an integer in [0, max], of which each step is so many. */
  readonly max: number
  readonly unit: number
}

/** Throws `model/…` for columns that no card can have. */
export async function designOf(study: StudyFile, part: Part, sha256: Sha256): Promise<Design> {
  const { study: plain, formula } = completed(study)
  return designFrom((await reviewModel(readingModel(plain, part), sha256)).card, plain, part, formula)
}

/** The same of a card that has the study's columns among others. */
export function designFrom(card: Card, study: StudyFile, part: Part, formula?: Formula): Design {
  const explains = part !== 'outcome'
  const all = explains ? study.terms.flatMap((term) => inputsOfTerm(card, term)) : []
  const { inputs, terms, polynomials } = explains && formula ? arranged(formula, all) : plainly(all)
  const offsets = explains ? (study.offsets ?? []).flatMap((name) => inputsOfTerm(card, name)) : []
  const only = (name: string | undefined): DesignInput | null =>
    name === undefined ? null : (inputsOfTerm(card, name)[0] ?? null)
  const weights = explains ? only(study.weights) : null
  const failures = explains ? only(study.failures) : null
  const outcome = part === 'explaining' ? null : only(study.outcome.name)
  const read = [...inputs, ...offsets, ...[weights, failures, outcome].filter((each) => each !== null)]
  return { card, inputs, terms, polynomials, offsets, weights, failures, outcome, places: read.map(({ at }) => at) }
}

function plainly(inputs: readonly DesignInput[]): Arranged<DesignInput> {
  const names = [...new Set(inputs.map(({ term }) => term))]
  const placesOf = (name: string) => inputs.flatMap(({ term }, j) => (term === name ? [j] : []))
  return {
    inputs,
    terms: names.map((term) => ({ term, inputs: placesOf(term), margins: [] })),
    polynomials: [],
  }
}

/** A design's columns of a file's records. */
export interface DesignRows {
  /** In the order of the design's inputs. */
  readonly columns: readonly Float64Array<ArrayBuffer>[]
  /** Σ of the offsets, and weights, in their own units; of successes and failures, weights are trials. */
  readonly offset?: Float64Array
  readonly weights?: Float64Array
  /** In whole steps above the minimum, or shares of trials; empty where the outcome is not read. */
  readonly outcomes: Float64Array<ArrayBuffer>
}

/** `read` are the columns at the design's places. */
export function designRows(
  { inputs, offsets, weights, failures, outcome }: Design,
  read: readonly Float64Array<ArrayBuffer>[],
): DesignRows {
  const columns = read.slice(0, inputs.length)
  const others = read.slice(inputs.length)
  const added = offsets.map((input, j) => inOwnUnit(others[j] as Float64Array, input))
  const counted = weights && inOwnUnit(others[offsets.length] as Float64Array, weights)
  const told = outcome ? (others.at(-1) as Float64Array<ArrayBuffer>) : new Float64Array(0)
  const failed = failures && inOwnUnit(others[offsets.length] as Float64Array, failures)
  return {
    columns,
    ...(added.length > 0 && {
      offset: (added[0] as Float64Array).map((_, i) => added.reduce((sum, each) => sum + (each[i] as number), 0)),
    }),
    ...(counted && { weights: counted }),
    ...trialsOf(outcome && outcome.unit !== 1 ? told.map((k) => k / outcome.unit) : told, failed),
  }
}

/** Where failures are counted, outcomes are the successes: shares of their trials, which say how much a record counts; 0 of none. */
function trialsOf(
  outcomes: Float64Array<ArrayBuffer>,
  failures: Float64Array | null,
): Pick<DesignRows, 'outcomes' | 'weights'> {
  if (failures === null) return { outcomes }
  const trials = outcomes.map((successes, i) => successes + (failures[i] as number))
  return { outcomes: outcomes.map((successes, i) => successes / Math.max(1, trials[i] as number)), weights: trials }
}

/** Whole steps as the numbers that they are of: the doubles nearest to those. */
export function inOwnUnit(steps: Float64Array, { shift, units }: ColumnScale): Float64Array<ArrayBuffer> {
  return Float64Array.from(steps, (k) => (k + shift) / units)
}

const nameOf = (card: Card, { column }: Input): string => columnAt(card, column)?.name ?? ''

function inputsOfTerm(card: Card, term: string): DesignInput[] {
  return card.inputs.flatMap((input, at): DesignInput[] => {
    if (nameOf(card, input) !== term) return []
    const column = columnAt(card, input.column) as Column
    const unit = input.unit ?? 1
    if (input.kind === 'level' && column.type === 'category') {
      const level = column.levels[input.level] ?? ''
      return [{ at, term, level, name: `${term}${level}`, shift: 0, units: unit, max: input.max * unit, unit }]
    }
    const { min, places } = column as Extract<Column, { type: 'number' }>
    const units = Number(`1e${places}`) * unit
    return [{ at, term, name: term, shift: stepsOfText(min, places) * unit, units, max: input.max * unit, unit }]
  })
}

/** What an outcome of 0 in the design is, and one more than that. */
export function outcomeScale({ outcome, family }: StudyFile): { readonly origin: number; readonly step: number } {
  if (outcome.type === 'category' || family === 'binomial' || family === 'poisson') return { origin: 0, step: 1 }
  return { origin: outcome.range?.[0] ?? 0, step: outcome.type === 'integer' ? 1 : (outcome.step ?? 1) }
}

/**
 * A model whose card encodes just these columns. Its weights are of no account: they are such that each column counts as
 * much as another, so that every card that can encode the columns at all fits its bit budget.
 */
function readingModel(study: StudyFile, part: Part): ModelFile {
  const needed = part === 'outcome' ? { features: [], derived: [] } : neededColumns(study, namesRead(study))
  const columns = columnsByName(study)
  const named = part === 'outcome' ? [] : namesRead(study).map((name) => columns.get(name) as ModelColumn)
  const weighed = named.flatMap((column) =>
    column.type === 'category' ? column.levels.slice(1).map((level) => levelTerm(column, level)) : [numberTerm(column)],
  )
  const { outcome, event = '' } = study
  const ofOutcome = outcome.type === 'category' ? levelTerm(outcome, event) : numberTerm(outcome)
  return {
    format: 'blindscore-model/1',
    id: study.id,
    version: '1',
    title: study.title,
    description: study.description,
    features: part === 'explaining' ? needed.features : [...needed.features, outcome],
    ...(needed.derived.length > 0 && { derived: needed.derived }),
    heads: [{ intercept: 0, terms: part === 'explaining' ? weighed : [...weighed, ofOutcome] }],
    link: 'identity',
    tolerance: 1e-3,
  }
}

const levelTerm = ({ name }: ModelColumn, level: string) => ({ feature: name, level, weight: 1 })

function numberTerm(column: Exclude<ModelColumn, { type: 'category' }>) {
  const [min = 0, max = 1] = column.range ?? []
  return { feature: column.name, weight: max > min ? 1 / (max - min) : 1 }
}
