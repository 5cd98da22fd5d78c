import type { Expression } from '../core/expression.ts'

/**
 * The model file as importers write it: Blindscore JSON with derived columns, more links and verification records that
 * may state responses only. Weights stand in heads and nowhere else; features and derived columns are public.
 */

export interface NumberColumnFeature {
  readonly name: string
  readonly label?: string
  readonly type: 'number' | 'integer'
  /** Inclusive. Without one the compiler picks a wide default range. */
  readonly range?: readonly [number, number]
  readonly step?: number
  /** A value outside the range. 'refuse' when absent. */
  readonly outside?: 'refuse' | 'clamp' | 'missing'
  /** A cell that is no number. 'refuse' when absent. */
  readonly invalid?: 'refuse' | 'missing'
  readonly missing?: MissingPolicy<number>
}

export interface CategoryColumnFeature {
  readonly name: string
  readonly label?: string
  readonly type: 'category'
  readonly levels: readonly string[]
  readonly unknown?: UnknownPolicy
  readonly missing?: MissingPolicy<string>
}

/** 'keep' lets missing reach expressions; then no term may name the column. */
export type MissingPolicy<T> = 'refuse' | 'keep' | { readonly impute: T }
/** A text that is no level: an error, all indicators 0 (the text itself still reaches expressions), or missing. */
export type UnknownPolicy = 'refuse' | 'reference' | 'missing' | { readonly level: string }

export type DerivedColumn =
  | {
      readonly name: string
      readonly label?: string
      readonly type: 'number'
      readonly expression: Expression
      /** Without one it is proven from the ranges of what the expression uses. */
      readonly range?: readonly [number, number]
      readonly step?: number
      readonly missing?: MissingPolicy<number>
    }
  | {
      readonly name: string
      readonly label?: string
      readonly type: 'category'
      readonly expression: Expression
      readonly levels: readonly string[]
      readonly unknown?: UnknownPolicy
      readonly missing?: MissingPolicy<string>
    }

export type CumulativeFunction = 'logit' | 'probit' | 'cloglog' | 'loglog' | 'cauchit'

export type ExtendedLink =
  | 'identity'
  | 'logit'
  | 'probit'
  | 'cloglog'
  | 'loglog'
  | 'cauchit'
  | 'log'
  /** μ = 1 − exp(η). */
  | 'logc'
  | 'inverse'
  | 'inverse-square'
  | 'softmax'
  | 'argmax'
  | 'normalised'
  /** μ = η^(1/power). */
  | { readonly power: number }
  /** μ = 1 / (c·(exp(−η) − 1)). */
  | { readonly negativeBinomial: number }
  /** μ = 1 / (1 + (1 + λη)^(−1/λ)), λ not 0. */
  | { readonly oddsPower: number }
  /** k−1 heads: P(Y ≤ category j) = F(η_j). */
  | { readonly cumulative: CumulativeFunction; readonly categories: readonly string[] }
  /** exp(η), then exp(−H0(t)·exp(η)) at the listed times. */
  | { readonly survival: { readonly baseline: readonly (readonly [time: number, hazard: number])[] } }

export interface ExtendedTerm {
  readonly feature: string
  readonly level?: string
  readonly weight: number
}

export interface ExtendedHead {
  readonly name?: string
  readonly intercept: number
  readonly terms: readonly ExtendedTerm[]
  /** A reason head is no response: it is how many points a characteristic lost or gained against its baseline. */
  readonly role?: 'reason'
}

/**
 * A scorecard's reason codes. A code's points are the sum of the reason heads whose characteristic has that code for
 * the record; codes rank by points, largest first, and those below zero are left out. The baselines and the direction
 * (points above or below) are inside the heads, so neither is public.
 */
export interface Reasons {
  readonly characteristics: readonly {
    /** The reason head's name. */
    readonly head: string
    /** The derived category that says which attribute holds. */
    readonly column: string
    /** Per level of that column, its code. */
    readonly codes: readonly (readonly [level: string, code: string])[]
  }[]
}

export interface ExtendedVerification {
  readonly record: Readonly<Record<string, string | number>>
  readonly predictors?: readonly number[]
  /** In the order of the responses; null where the source states none. */
  readonly responses?: readonly (number | null)[]
  /** The expected label, where the source states one. */
  readonly label?: string
  /** Relative tolerance per response, and the size below which an expected value counts as zero. */
  readonly precision?: number
  readonly zeroThreshold?: number
}

export interface ExtendedModel {
  readonly format: 'blindscore-model/1'
  readonly id: string
  readonly version: string
  readonly title: string
  readonly description: string
  readonly outcome?: string
  readonly quality?: { readonly metric: string; readonly value: number; readonly on?: string }
  readonly features: readonly (NumberColumnFeature | CategoryColumnFeature)[]
  readonly derived?: readonly DerivedColumn[]
  readonly heads: readonly ExtendedHead[]
  readonly link: ExtendedLink
  readonly responses?: readonly string[]
  readonly label?: boolean
  readonly reasons?: Reasons
  readonly verification?: readonly ExtendedVerification[]
}

/** What a reader gives: the model file, and what its vendor must know about the translation. */
export interface ImportedModel {
  readonly model: ExtendedModel
  readonly notes: readonly string[]
}
