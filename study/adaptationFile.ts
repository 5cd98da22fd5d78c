import * as z from 'zod/mini'
import { intercept } from '../stats/summary.ts'
import { fail } from './faults.ts'
import { shapedJson } from './json.ts'

/** The changes of a model as they go from the customer to the vendor. */
const adaptation = z.strictObject({
  format: z.literal('blindscore-adaptation/1'),
  /** The model's id and version, which the changes are of. */
  model: z.string().check(z.maxLength(200)),
  version: z.string().check(z.maxLength(200)),
  /** What is added to the intercept. */
  intercept: z.number(),
  /** What is added to a slope of 1 on the vendor's predictor. */
  slope: z.number(),
  /** What is added to weights. */
  terms: z
    .array(
      z.strictObject({
        feature: z.string().check(z.maxLength(200)),
        level: z.optional(z.string().check(z.maxLength(400))),
        weight: z.number(),
      }),
    )
    .check(z.maxLength(100)),
})

export type Adaptation = z.infer<typeof adaptation>

/** What a change of the slope on the vendor's predictor is called among coefficients, as `(Intercept)` is. */
export const slope = '(Slope)'

/** Every number of it, by what it is added to. */
export const numbersIn = (told: Adaptation): { readonly name: string; readonly value: number }[] => [
  { name: intercept, value: told.intercept },
  { name: slope, value: told.slope },
  ...told.terms.map(({ feature, level, weight }) => ({ name: `${feature}${level ?? ''}`, value: weight })),
]

/** Throws `study/invalid`. */
export function readAdaptation(text: string): Adaptation {
  return shapedJson(adaptation, text) ?? fail('study/invalid', 'adaptFile')
}
