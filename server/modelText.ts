import * as z from 'zod/mini'
import { card } from '../core/card/card.ts'
import type { ScoredModel } from '../model/verdict.ts'

/** A model's version as it is stored, sealed: the members of its JSON. */
export const modelParts = {
  v: z.literal(1),
  card,
  heads: z.array(
    z.strictObject({ weights: z.array(z.number()), constant: z.string().check(z.regex(/^-?(?:0|[1-9][0-9]*)$/)) }),
  ),
}
const parts = z.strictObject(modelParts)
type ModelParts = z.infer<typeof parts>

export function partsOfModel({ card, heads }: ScoredModel): ModelParts {
  const spelled = heads.map(({ weights, constant }) => ({ weights: Array.from(weights), constant: `${constant}` }))
  return { v: 1, card, heads: spelled }
}

export function modelOfParts({ card, heads }: ModelParts): ScoredModel {
  return {
    card,
    heads: heads.map(({ weights, constant }) => ({
      weights: Float64Array.from(weights),
      constant: BigInt(constant),
    })),
  }
}
