import type { NoFacts } from '../../core/errors.ts'

/** What became of a PMML file on its way to a model file, and the facts that a sentence about it needs. */
export interface PmmlNotes {
  baselineStrata: NoFacts
  baselineAbsent: NoFacts
  baselineOfStrata: { readonly strata: number }
  baselinePublic: { readonly shown: number; readonly count: number }
  scoresPerTrial: NoFacts
  thresholdOfCounts: NoFacts
  countsOfZero: NoFacts
  logitsNormalised: NoFacts
  reasonsLeftOut: NoFacts
  reasonsAsked: { readonly characteristics: number }
  defaultsRefused: NoFacts
  outputsLeftOut: {
    readonly outputs: readonly { readonly name: string; readonly feature: string }[]
    readonly count: number
  }
  outputsPublic: { readonly outputs: readonly string[] }
  predictorOf: { readonly category: string; readonly other: string }
  probabilityOf: { readonly category: string; readonly other: string }
  rangesWide: { readonly columns: readonly string[]; readonly count: number }
  derivedPublic: { readonly count: number }
  resultsUnchecked: { readonly results: readonly string[] }
  recordsUnchecked: { readonly checked: number; readonly count: number }
}
