import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { confusionAt } from '../../stats/validation.ts'
import { type Figures, figuresOf, type ScoredRows } from '../../validation/compare.ts'
import { checkedPairs, outcomeFacts } from '../../validation/readPairs.ts'

/** What was compared last, for thresholds that are moved. */
let held: ScoredRows | null = null

const api = {
  facts: (...args: Parameters<typeof outcomeFacts>) => outcomeFacts(...args),
  /** Throws what `checkedPairs` and `figuresOf` throw. */
  compare: async (
    ...args: [...Parameters<typeof checkedPairs>, threshold: number | null]
  ): Promise<Figures & { readonly leftOut: number }> => {
    const [file, columns, meaning, levels, threshold] = args
    held = null
    const { rows, leftOut } = await checkedPairs(file, columns, meaning, levels)
    held = rows
    return { ...figuresOf(rows, meaning !== 'amounts', threshold ?? middleOf(rows.scores)), leftOut }
  },
  /** The counts at another threshold. */
  at: (threshold: number) => held && confusionAt(threshold, held.scores, held.outcomes),
}

/** Halfway between the least and the largest score; of what may be probabilities, one half. */
function middleOf(scores: Float64Array): number {
  let [least, largest] = [0, 1]
  for (const score of scores) {
    least = Math.min(least, score)
    largest = Math.max(largest, score)
  }
  return (least + largest) / 2
}

export type ValidateApi = typeof api
serveIsolated(api)
