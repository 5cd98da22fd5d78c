import type { LinkProblem } from '../../core/card/link.ts'
import type { ModelFaults, VerificationFault } from '../../model/faults.ts'
import type { ShapeFault, ShapeReason } from '../../model/shape.ts'
import type { Sentences } from '../sentences.ts'
import { expectedText } from './expected.ts'

export const model: Sentences<ModelFaults> = {
  modelJson: ({ line }) => `The model file is not valid JSON${line === null ? '' : `, from line ${line} on`}.`,
  memberTwice: ({ name, line }) => `The member "${name}" stands twice in one object of the file, on line ${line}.`,
  modelFormat: ({ format }) =>
    `This JSON is no model file that is known here: it ${format === null ? 'has no "format"' : `says "format": "${format}"`}, and a model file "format": "blindscore-model/1". Write one with an exporter of formats/exporters, or export PMML or ONNX.`,
  modelShape: (fault) => `The model file is not as it should be at ${shapeText(fault)}.`,
  notACard: ({ isModel }) =>
    isModel
      ? 'This is a model file, which its vendor keeps. What is wanted is the card that a server publishes of it: /v1/models/ID.'
      : 'This is not the card of a model as a server publishes it: /v1/models/ID.',
  cardShape: (fault) => `Its card is not valid at ${shapeText(fault)}.`,
  aliasTwice: ({ column, alias, other }) =>
    `The alias "${alias}" of the feature "${column}" is a name of the feature "${other}" as well: one column of a file would feed both.`,
  nameTwice: ({ name }) => `The name "${name}" stands twice.`,
  rangeReversed: ({ column }) => `The range of "${column}" ends below its start.`,
  rangeStep: ({ column }) => `An end of the range of "${column}" is not a multiple of its step.`,
  rangeSteps: ({ column, bits }) =>
    `"${column}" has more than 2^${bits} steps in its range, or between an end of it and zero. Narrow or shift the range, or declare a coarser step.`,
  stepPower: ({ column }) => `The step of "${column}" is not a power of ten.`,
  cardStep: ({ column, exponent, most }) =>
    `"${column}" needs a step of 10^${exponent}: its step or an end of its range is too fine or too coarse for a card, which holds 10^-${most} to 10^${most}.`,
  missingLevel: ({ column }) => `The value for missing cells of "${column}" is not one of its levels.`,
  unknownLevel: ({ column }) => `The level for unknown cells of "${column}" is not one of its levels.`,
  missingNumber: ({ column }) => `The value for missing cells of "${column}" is not a number.`,
  missingRange: ({ column }) => `The value for missing cells of "${column}" is outside its range.`,
  missingStep: ({ column }) => `The value for missing cells of "${column}" is not a multiple of its step.`,
  missingKept: ({ column }) =>
    `A term names "${column}", whose missing values are kept. Give it a value for missing cells, or refuse them.`,
  nothingWeighed: ({ columns }) => `The model weighs none of its ${columns} columns.`,
  termFeature: ({ term, feature }) => `Term ${term} names the feature "${feature}", which the file does not describe.`,
  termNeedsLevel: ({ term, feature }) => `Term ${term} needs a level: "${feature}" is a category.`,
  termLevel: ({ term, feature, level }) => `Term ${term}: "${feature}" has no level "${level}".`,
  termLevelTwice: ({ term, feature, level }) => `Term ${term} repeats the level "${level}" of "${feature}".`,
  termOfNumber: ({ term, feature }) => `Term ${term} has a level, but "${feature}" is a number.`,
  termTwice: ({ term, feature }) => `Term ${term} repeats the feature "${feature}".`,
  link: linkText,
  responseCount: ({ given, named }) => `The link gives ${given} responses; the file names ${named}.`,
  reasonHeads: () => 'The characteristics of "reasons" are not those of the heads with the role "reason".',
  reasonColumn: ({ head, column }) => `The reason "${head}" names "${column}", which is not a category of the file.`,
  reasonCode: ({ head, level }) => `The reason "${head}" has no code for the level "${level}".`,
  roundingBudget: ({ column }) =>
    `Rounding alone takes more than three quarters of the tolerance, most of it for "${column}". Declare a finer step or a narrower range for it, or loosen the tolerance.`,
  weightBits: ({ column, ...unstated }) =>
    `The weight of "${column}" needs more than 53 bits at this tolerance. ${rangeCure(unstated) ?? 'Narrow its range, or loosen the tolerance.'}`,
  noRecordFits: ({ bits, column, ...unstated }) =>
    `No record fits a ${bits}-bit key at this tolerance: "${column}" takes the most room. ${rangeCure(unstated) ?? 'Narrow its range, declare a coarser step, or loosen the tolerance.'}`,
  scaleBits: ({ bits }) => `The tolerance needs a scale of 2^${bits}, which a card cannot hold.`,
  stepTooFine: ({ column, exponent }) =>
    `The tolerance needs a step below 10^${exponent} for "${column}", finer than a card or a double can hold. Give its range in a larger unit or nearer to zero, declare its step, or loosen the tolerance.`,
  packedPath: ({ head }) => `Packed records do not come out right for the head "${head}".`,
  verificationRecord: ({ record, why }) => `Verification record ${record} fails: ${verificationText(why)}.`,
}

/** What cures a budget that columns without a range use up; null where every range is stated. */
function rangeCure({
  unstated,
  count,
}: {
  readonly unstated: readonly string[]
  readonly count: number
}): string | null {
  if (count === 0) return null
  const names = unstated.map((name) => `"${name}"`).join(', ')
  const more = count > unstated.length ? ` and ${count - unstated.length} more` : ''
  return `State the range of ${names}${more}, in the model file or in NAME.ranges.json beside it, or loosen the tolerance.`
}

function linkText(problem: LinkProblem): string {
  switch (problem.why) {
    case 'joint':
      return `The link "${problem.link}" joins several heads.`
    case 'survivalHeads':
      return 'A survival link has one head.'
    case 'baseline':
      return 'The times of the baseline do not ascend, or its cumulative hazard falls.'
    case 'cumulativeHeads':
      return 'A cumulative link without thresholds has one head less than categories.'
    case 'thresholdHeads':
      return 'A cumulative link with thresholds has one head, and one threshold less than categories.'
    case 'thresholds':
      return 'The thresholds do not ascend.'
  }
}

function verificationText(fault: VerificationFault): string {
  switch (fault.what) {
    case 'absent':
      return 'it is not there'
    case 'stranger':
      return `it has "${fault.name}", which is not a feature`
    case 'cell':
      return `"${fault.name}" cannot be encoded (${fault.code}): ${expectedText(fault.expected)}`
    case 'predictorCount':
      return `it needs ${fault.count} predictors`
    case 'predictor':
      return `the predictor of "${fault.name}" differs by more than the tolerance`
    case 'responseCount':
      return `it needs ${fault.count} responses`
    case 'response':
      return `the response "${fault.name}" is not what the link gives`
    case 'labelName':
      return 'its label is not the name of a response'
    case 'label':
      return 'its label is not the largest response'
  }
}

/** A fault of shape as `place: reason`. */
export function shapeText({ path, name, reasons }: ShapeFault): string {
  const place = path.join('.').slice(0, 400) || 'the file'
  return `${place}${name === null ? '' : ` ("${name}")`}: ${reasons.map(reasonText).join('; or ')}`
}

function reasonText(reason: ShapeReason): string {
  switch (reason.why) {
    case 'stranger':
      return `there is no member "${reason.member}"`
    case 'type':
      return `${reason.expected} expected`
    case 'choice':
      return `one of ${reason.choices.join(', ')} expected`
    case 'most':
      return `at most ${reason.limit} ${unitOf(reason.of)}`
    case 'least':
      return `${reason.inclusive ? 'at least' : 'more than'} ${reason.limit} ${unitOf(reason.of)}`
    case 'form':
      return 'the text is not of the form that it must have'
    case 'kind':
      return 'of no kind that is known'
    case 'name':
      return 'a name that is not allowed'
    case 'other':
      return 'not as it should be'
  }
}

function unitOf(of: string): string {
  return of === 'string' ? 'characters' : of === 'array' ? 'members' : ''
}
