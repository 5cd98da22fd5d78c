import { type Fail, type NoFacts, throwError } from '../core/errors.ts'

/** Why a model cannot be fitted, and the facts that a sentence about it needs. */
export interface StatsFaults {
  /** Some combination of the columns tells the outcomes apart, so that a coefficient has no finite estimate. */
  noFiniteFit: { readonly rounds: number }
  /** Every record has the same outcome. */
  oneOutcome: NoFacts
  /** Outcomes, or means that are them, that the family and the link do not have. */
  outcomesBeyond: NoFacts
  /** Already the first estimate has means that the family does not have. */
  noStart: NoFacts
  /** Records have no more different values than an orthogonal polynomial's degree. */
  polynomialDegree: { readonly degree: number }
  /** A power is a sum of columns before it, and a higher one of the same polynomial is not. */
  polynomialApart: NoFacts
  noFreedom: { readonly records: number; readonly columns: number }
}

export const fail: Fail<StatsFaults> = throwError
