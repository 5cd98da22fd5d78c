import type { Stopping } from '../stats/irls.ts'
import { added, anovaOf, dropped, stepByAic, type TermRow, type TermsProblem } from '../stats/terms.ts'
import { arranged } from './arranged.ts'
import type { Design, DesignRows } from './design.ts'
import { glmProblem } from './fitted.ts'
import { completed, type StudyFile } from './studyFile.ts'

/** What each of a study's terms adds to its fit, and the study that is left where those that add nothing go. */

export interface NamedRow extends Omit<TermRow, 'term'> {
  readonly term: string | null
}

export interface TermTables {
  /** One after the other, as R's `anova` has them. */
  readonly sequential: readonly NamedRow[]
  /** All but one, as R's `drop1` has them. */
  readonly dropped: readonly NamedRow[]
}

/** A study's terms and one more, as R's `add1` has them. */
export interface AddedTable {
  readonly added: readonly NamedRow[]
}

/** A study with its design and the rows of that. */
export interface StudyRows {
  readonly study: StudyFile
  readonly design: Design
  readonly rows: DesignRows
}

function termsProblem(study: StudyFile, design: Design, rows: DesignRows): TermsProblem {
  const terms = design.terms.map(({ inputs }) => inputs.map((place) => place + 1))
  return { problem: glmProblem(study, design, rows), terms, margins: design.terms.map(({ margins }) => margins) }
}

export function termTables(study: StudyFile, design: Design, rows: DesignRows, stopping: Stopping): TermTables {
  const problem = termsProblem(study, design, rows)
  const named = namedBy(design)
  return { sequential: anovaOf(problem, stopping).map(named), dropped: dropped(problem, stopping).map(named) }
}

const namedBy =
  ({ terms }: Design) =>
  (row: TermRow): NamedRow => ({ ...row, term: row.term === null ? null : (terms[row.term]?.term ?? null) })

/** What each term of a study adds to those of a narrower design: all are fitted to the same records. */
export function addedTable(
  { study, design, rows }: StudyRows,
  used: Pick<Design, 'terms'>,
  stopping: Stopping,
): AddedTable {
  const places = used.terms.map(({ term }) => design.terms.findIndex((each) => each.term === term))
  return { added: added(termsProblem(study, design, rows), places, stopping).map(namedBy(design)) }
}

/** What is fitted where terms go, and come back, as long as AIC falls (R's `step`). A study keeps one term at least. */
export function stepped({ study, design, rows }: StudyRows, stopping: Stopping): StudyRows {
  const left = stepByAic(termsProblem(study, design, rows), stopping).terms.map(
    (term) => design.terms[term]?.term ?? '',
  )
  return left.length === 0 ? { study, design, rows } : narrowed({ study, design, rows }, left)
}

/** A study of some of its terms. */
export function narrowed({ study, design, rows }: StudyRows, left: readonly string[]): StudyRows {
  const narrow: StudyFile = { ...study, terms: [...left] }
  const { formula } = completed(narrow)
  const names = new Set(formula.terms.map(({ term }) => term))
  const stays = new Set(design.terms.flatMap(({ term, inputs }) => (names.has(term) ? inputs : [])))
  return {
    study: narrow,
    design: { ...design, ...arranged(formula, design.inputs) },
    rows: { ...rows, columns: rows.columns.filter((_, j) => stays.has(j)) },
  }
}
