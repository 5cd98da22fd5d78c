import { devianceAtOffset } from '../stats/glm.ts'
import { type Coefficient, intercept } from '../stats/summary.ts'
import { type Adaptation, slope } from './adaptationFile.ts'
import type { Design, DesignRows } from './design.ts'
import { fitHere, glmProblem } from './fitted.ts'
import { checkCells, checkOutcomes, checkSize } from './limits.ts'
import { fitPenalised, type Wanted } from './penalised.ts'
import type { StudyFile } from './studyFile.ts'

/** The changes of a vendor's model, fitted on the customer's side; `applied.ts` puts them into the model on the vendor's. */

export interface Changes {
  readonly records: number
  /** The intercept's first; errors are null where there is a penalty. */
  readonly coefficients: readonly Pick<Coefficient, 'name' | 'estimate' | 'error'>[]
  /** Of the vendor's model as it is, and with the changes. */
  readonly devianceBefore: number
  readonly deviance: number | null
  readonly lambda: number | null
}

/**
 * Throws `study/records` and `study/columns` for too few rows, `study/cells` where changes would tell of a few of them, and
 * `study/fit` where outcomes are told apart.
 */
export function changesOf(study: StudyFile, design: Design, rows: DesignRows, penalty: Wanted | null): Changes {
  checkRows(study, design, rows)
  const devianceBefore = devianceAtOffset(glmProblem(study, design, rows))
  if (penalty === null) {
    const { records, coefficients, deviance } = fitHere(study, design, rows, 'optimum', 'offset')
    return { records, coefficients, devianceBefore, deviance, lambda: null }
  }
  const { records, coefficients, deviance, lambda } = fitPenalised(study, design, rows, penalty)
  return {
    records,
    coefficients: coefficients.map((each) => ({ ...each, error: null })),
    devianceBefore,
    deviance,
    lambda,
  }
}

function checkRows(study: StudyFile, design: Design, rows: DesignRows): void {
  const { inputs } = design
  const { columns } = rows
  const { outcomes } = glmProblem(study, design, rows)
  checkSize(outcomes.length, inputs.length + 1)
  checkCells(
    columns,
    inputs.map(({ name }) => name),
  )
  // Whatever family they are fitted by.
  if (!outcomes.every((y) => y === 0 || y === 1)) return
  const all = { name: intercept, max: 1, unit: 1 }
  checkOutcomes([all, ...inputs], [new Float64Array(outcomes.length).fill(1), ...columns], outcomes)
}

const digits = 6
const rounded = (value: number | null): number => Number((value ?? 0).toPrecision(digits))

/** What the vendor gets: the changes to six digits, and nothing else that the fit was made of. */
export function adaptationOf(
  card: { readonly id: string; readonly version: string },
  { inputs }: Design,
  { coefficients }: Changes,
): Adaptation {
  const estimates = new Map(coefficients.map(({ name, estimate }) => [name, rounded(estimate)]))
  return {
    format: 'blindscore-adaptation/1',
    model: card.id,
    version: card.version,
    intercept: estimates.get(intercept) ?? 0,
    slope: estimates.get(slope) ?? 0,
    terms: inputs
      .filter(({ term }) => term !== slope)
      .map(({ name, term, level }) => ({
        feature: term,
        ...(level !== undefined && { level }),
        weight: estimates.get(name) ?? 0,
      })),
  }
}
