import type { Stopping } from '../stats/irls.ts'
import { anovaOf, dropped, stepByAic, type TermRow, type TermsProblem } from '../stats/terms.ts'
import type { Design, DesignRows } from './design.ts'
import { glmProblem } from './fitted.ts'
import type { StudyFile } from './studyFile.ts'

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

function termsProblem(study: StudyFile, design: Design, rows: DesignRows): TermsProblem {
  const terms = study.terms.map((term) => design.inputs.flatMap((input, j) => (input.term === term ? [j + 1] : [])))
  return { problem: glmProblem(study, design, rows), terms }
}

export function termTables(study: StudyFile, design: Design, rows: DesignRows, stopping: Stopping): TermTables {
  const problem = termsProblem(study, design, rows)
  const named = (row: TermRow): NamedRow => ({
    ...row,
    term: row.term === null ? null : (study.terms[row.term] ?? null),
  })
  return { sequential: anovaOf(problem, stopping).map(named), dropped: dropped(problem, stopping).map(named) }
}

/** What is fitted where terms go, and come back, as long as AIC falls (R's `step`). A study keeps one term at least. */
export function stepped(
  study: StudyFile,
  design: Design,
  rows: DesignRows,
  stopping: Stopping,
): { readonly study: StudyFile; readonly design: Design; readonly rows: DesignRows } {
  const left = stepByAic(termsProblem(study, design, rows), stopping).terms.map((term) => study.terms[term] as string)
  if (left.length === 0) return { study, design, rows }
  const stays = ({ term }: { readonly term: string }): boolean => left.includes(term)
  return {
    study: { ...study, terms: left },
    design: { ...design, inputs: design.inputs.filter(stays) },
    rows: { ...rows, columns: rows.columns.filter((_, j) => stays(design.inputs[j] as { readonly term: string })) },
  }
}
