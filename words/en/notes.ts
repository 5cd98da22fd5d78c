import type { FormatNotes } from '../../formats/notes.ts'
import type { OnnxNotes } from '../../formats/onnx/notes.ts'
import type { PmmlNotes } from '../../formats/pmml/notes.ts'
import type { ModelNotes, NoteOf } from '../../model/notes.ts'
import { type NoteSentences, noteText as textOf } from '../sentences.ts'
import { nodeText } from './onnx.ts'

const model: NoteSentences<ModelNotes> = {
  rangesAssumed: (facts) =>
    `No range is stated for ${columnsText(facts)}, nor for all that they are made of. The one chosen is wide, which costs ` +
    'bytes, and together with the step it shows how large the largest weights are, to a power of ten. State the ' +
    'ranges of the features in the model file or in NAME.ranges.json.',
  powersNarrow: ({ powers, count }) =>
    `Records will be refused where a power or a product leaves the range that was chosen for it, as it can: ${powers
      .map((power) => `${power.column}, where ${power.features.join(' or ')} is beyond ±${power.within}`)
      .join('; ')}${count > powers.length ? `; and ${count - powers.length} more` : ''}. State the ranges of these ` +
    'features in the model file or in NAME.ranges.json.',
  recordsAbsent: () =>
    'The file holds no verification records, so nothing shows that its numbers are the ones that were meant.',
}

const pmml: NoteSentences<PmmlNotes> = {
  baselineStrata: () => 'The baseline hazard has strata: scores are hazard ratios within a stratum, without survival.',
  baselineAbsent: () => 'The file has no baseline hazard: scores are hazard ratios, without survival.',
  baselineOfStrata: ({ strata }) =>
    `The baseline cumulative hazard${strata === 1 ? ' becomes' : `s of the ${strata} strata become`} public: each score is the cumulative hazard at the record's own time${strata === 1 ? '' : ' and stratum'}.`,
  baselinePublic: ({ shown, count }) =>
    `The baseline cumulative hazard becomes public: survival is given at ${shown} of its ${count} times.`,
  scoresPerTrial: () =>
    'Scores are per trial: the number of trials (trialsVariable, trialsValue) does not multiply them.',
  thresholdOfCounts: () =>
    'The threshold stands in for counts of zero. Densities are used as they are, also below it: cutting them off there would make each mean and variance public.',
  countsOfZero: () =>
    'Counts of zero under the threshold 0 make a category impossible. A record in which every category is impossible is given to those with the fewest such counts.',
  logitsNormalised: () =>
    'Each category has a logistic predictor of its own; the probabilities are divided by their sum.',
  reasonsLeftOut: () => 'Reason codes are left out: a characteristic lacks a reason code or a baseline score.',
  reasonsAsked: ({ characteristics }) =>
    `Reason codes are asked for: each of the ${characteristics} characteristics adds a predictor that is scored and opened.`,
  defaultsRefused: () =>
    'Records that the model cannot score are refused, not given the default value or the prior probabilities of Targets.',
  outputsLeftOut: ({ outputs, count }) =>
    `Output fields that are not given: ${outputs.map(({ name, feature }) => `${name} (${feature})`).join(', ')}${count > outputs.length ? ', …' : ''}.`,
  outputsPublic: ({ outputs }) =>
    `Computed in the browser from the scores, so that its constants are public: ${outputs.slice(0, 5).join(', ')}${outputs.length > 5 ? ', …' : ''}.`,
  predictorOf: ({ category, other }) =>
    `The file gives no probabilities (normalizationMethod="none"): the score is the predictor of "${category}", and which value of it decides for "${other}" is not said.`,
  probabilityOf: ({ category, other }) =>
    `The score is the probability of "${category}"; that of "${other}" is what is left of 1.`,
  rangesWide: (facts) =>
    `No range is stated for ${columnsText(facts)}: a wide one is chosen. An Interval in the DataDictionary, or a range in NAME.ranges.json, would save bytes.`,
  derivedPublic: ({ count }) =>
    `${count} derived columns are computed in the browser and are public, their constants included.`,
  resultsUnchecked: ({ results }) => `Verification results that are not checked: ${results.join(', ')}.`,
  recordsUnchecked: ({ checked, count }) => `Of ${count} verification records the first ${checked} are checked.`,
}

const onnx: NoteSentences<OnnxNotes> = {
  columnsNamed: ({ input, first, last }) =>
    `The file does not name the columns of "${input}". They are called ${first} to ${last}, in order; state a JSON list of names in the metadata "feature_names", or as "columns" in NAME.ranges.json, to change that.`,
  inputsLeftOut: ({ inputs }) => `Not needed for the prediction, and left out: ${quoted(inputs)}.`,
  floatCategories: ({ node }) =>
    `${nodeText(node)} takes floating-point numbers as categories; they are compared by their whole part.`,
  secondScore: ({ node }) => `The score of ${nodeText(node)} is the second column of its scores.`,
  outputUnlinked: ({ output }) => `The output "${output}" is left out: no link makes it from sealed sums.`,
  outputSpare: ({ output, carriers }) =>
    `The output "${output}" is left out: ${quoted(carriers)} carries the prediction.`,
  allClasses: () =>
    'The graph gives some of the classes; the scores have all of them, since they share one denominator.',
  probabilityOfClass: ({ name }) => `The score is the probability of "${name}".`,
  probabilityOfTwo: ({ name }) =>
    `The score is the probability of "${name ?? 'the second class'}"; the other class has the rest.`,
  decisionOfTwo: ({ name }) =>
    `The score is the decision value of "${name ?? 'the second class'}": above 0 it is that class, else the other.`,
  singlePrecision: ({ bound }) =>
    'Coefficients and inputs of this model are single precision (float32). Inputs and public columns are rounded as ONNX ' +
    'rounds them; the weighted sums are exact here, and in ONNX rounded at every step. ONNX may therefore differ from the ' +
    `scores here by up to ${bound.toExponential(1)} times the sum of |weight × value| over a record, before the link.`,
}

function columnsText({ columns, count }: { readonly columns: readonly string[]; readonly count: number }): string {
  return `${columns.join(', ')}${count > columns.length ? ` and ${count - columns.length} more` : ''}`
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

type AllNotes = ModelNotes & FormatNotes

/** The sentences of all that a model's vendor should know. */
export const modelNotes: NoteSentences<AllNotes> = { ...model, ...pmml, ...onnx }

/** What the vendor of a model must know of it, in English. */
export function noteText(note: NoteOf<AllNotes>): string {
  return textOf(modelNotes, note)
}
