import type { Card } from '../core/card/card.ts'
import type { ModelFeature } from '../model/modelFile.ts'
import { reviewModel } from '../model/verdict.ts'
import { sha256 } from '../platform/digest.ts'
import { fail } from '../reader/faults.ts'
import { readFileRows } from '../reader/fileRows.ts'
import { makeJudge } from '../reader/judge.ts'
import type { FileSource } from '../reader/source.ts'
import { prepare } from './prepare.ts'

/** A scored file's scores and outcomes, as the numbers that its cells say. */
export interface ScoredRows {
  readonly scores: Float64Array
  /** 1 for the event and 0 for all else, or amounts. */
  readonly outcomes: Float64Array
}

export async function readScoredRows(
  input: FileSource,
  columns: { readonly score: string; readonly outcome: string; readonly event: string | undefined },
  say: (line: string) => void,
): Promise<ScoredRows> {
  const asked = {
    columns: new Map(),
    marks: new Map(),
    near: 'refuse',
    totals: false,
    hiddenRows: false,
    format: {},
  } as const
  const { file, plan, report } = await prepare(input, await cardOf(columns), asked, say, 'compared')
  if (report.scorable === 0) fail('run/nothing-to-score', 'nothingToScore')
  const scores = new Float64Array(report.scorable)
  const outcomes = new Float64Array(report.scorable)
  const judge = makeJudge(plan)
  const integers = new Float64Array(plan.card.inputs.length)
  let at = 0
  for await (const { records } of readFileRows(file, plan)) {
    for (const record of records) {
      if (judge.judge(record, integers, 1, 0).length > 0) continue
      const [score, outcome] = judge.encoder.values
      scores[at] = Number(score)
      outcomes[at] = columns.event === undefined ? Number(outcome) : outcome === columns.event ? 1 : 0
      at += 1
    }
  }
  return { scores, outcomes }
}

/** The card of a model that weighs these two columns: the reader takes files by cards. */
async function cardOf({ score, outcome, event }: Parameters<typeof readScoredRows>[1]): Promise<Card> {
  const features: ModelFeature[] = [
    { name: score, type: 'number' },
    event === undefined
      ? { name: outcome, type: 'number' }
      : { name: outcome, type: 'category', levels: [event], unknown: 'reference' },
  ]
  const terms = [
    { feature: score, weight: 1 },
    { feature: outcome, weight: 1, ...(event !== undefined && { level: event }) },
  ]
  const file = { id: 'scored', version: '1', title: 'scored', description: '', link: 'identity' } as const
  const model = {
    ...file,
    format: 'blindscore-model/1' as const,
    features,
    heads: [{ intercept: 0, terms }],
    tolerance: 1e-3,
  }
  return (await reviewModel(model, sha256)).card
}
