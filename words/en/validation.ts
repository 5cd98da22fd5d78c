import type { Confusion } from '../../stats/validation.ts'

/** How well scores told outcomes, for the page, the command line and the report alike. */

const digits = (value: number): string => String(Number(value.toPrecision(4)))
const span = ([from, to]: readonly [number, number]): string => `${digits(from)} to ${digits(to)}`
const share = (part: number, whole: number): string => (whole === 0 ? 'none' : digits(part / whole))
const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`
const few = (values: readonly number[]): string => values.map(digits).join(', ')

export const validation = {
  title: 'Validation',
  digits,
  against: (score: string, outcome: string, event: string | null) =>
    `"${score}" against "${outcome}"${event === null ? '' : ` = "${event}"`}`,
  file: (file: string) => `File: ${file}`,
  model: (model: string) => `Model: ${model}`,
  leftOut: (rows: number) =>
    `${rows} ${rows === 1 ? 'row' : 'rows'} left out, without a score or an outcome that can be read`,
  claim: (metric: string, value: number, on: string | undefined) =>
    `The vendor says: ${metric} ${digits(value)}${on === undefined ? '' : ` on ${on}`}.`,
  own: (value: number, interval: readonly [number, number] | null) =>
    `On these records: ${digits(value)}${interval === null ? '' : ` (95 %: ${span(interval)})`}.`,
  verdict: {
    within: 'The claim lies within that interval: these records do not contradict it.',
    above: 'The claim lies above that interval: the model does worse on these records than its vendor says.',
    below: 'The claim lies below that interval: the model does better on these records than its vendor says.',
  },
  noClaim: 'The vendor claims nothing that there is a figure for.',
  auc: (value: number, interval: readonly [number, number] | null) =>
    `AUC ${digits(value)} on these records${interval === null ? '' : ` (${span(interval)})`}`,
  correlation: (value: number) => `squared correlation ${digits(value)} on these records`,
  records: (records: number, events: number) => `${counted(records, 'record')}, ${events} of them events`,
  area: (auc: number, error: number | null, interval: readonly [number, number] | null) =>
    error === null || interval === null
      ? `AUC ${digits(auc)}; an interval takes two events and two others`
      : `AUC ${digits(auc)}, standard error ${digits(error)} (DeLong), 95 %: ${span(interval)}`,
  noWidth:
    'DeLong’s interval has no width where all events stand alike beside all others: it says nothing of other records.',
  tenths: 'Tenths by descending score',
  tenthOf: {
    records: 'Records',
    score: 'Mean score',
    rate: 'Share of events',
    interval: '95 %',
    lift: 'Lift',
    amount: 'Mean outcome',
  },
  threshold: (value: number) => `At the threshold ${digits(value)}`,
  confusion: ({ truePositives, falsePositives, trueNegatives, falseNegatives }: Confusion): readonly string[] => [
    `${counted(truePositives, 'event')} and ${counted(falsePositives, 'other')} are at or above it, ${counted(falseNegatives, 'event')} and ${counted(trueNegatives, 'other')} below`,
    `sensitivity ${share(truePositives, truePositives + falseNegatives)}, specificity ${share(trueNegatives, trueNegatives + falsePositives)}, precision ${share(truePositives, truePositives + falsePositives)}`,
  ],
  probabilities: 'As probabilities',
  brier: (value: number) => `Brier score ${digits(value)}`,
  amounts: (records: number) => counted(records, 'amount'),
  explained: (r2: number, squaredCorrelation: number) =>
    `R² ${digits(r2)}, squared correlation ${digits(squaredCorrelation)}`,
  errors: (rootMeanSquare: number, meanAbsolute: number) =>
    `root mean square error ${digits(rootMeanSquare)}, mean absolute error ${digits(meanAbsolute)}`,
  residuals: (bias: number, quantiles: readonly number[]) =>
    `outcome less score: mean ${digits(bias)}; at 5, 25, 50, 75, 95 %: ${few(quantiles)}`,
  charts: {
    roc: {
      title: 'ROC',
      x: 'False positive rate',
      y: 'True positive rate',
      about: (points: readonly (readonly [number, number])[]) =>
        `ROC: ${points.map(([x, y]) => `true positive rate ${digits(y)} at a false positive rate of ${digits(x)}`).join('; ')}.`,
    },
    calibration: {
      title: 'Calibration',
      x: 'Mean score',
      y: 'Outcome',
      about: (points: readonly (readonly [number, number])[]) =>
        `Calibration, in tenths: ${points.map(([x, y]) => `score ${digits(x)}, outcome ${digits(y)}`).join('; ')}.`,
    },
    lift: {
      title: 'Lift',
      x: 'Tenth by descending score',
      y: 'Lift',
      about: (lifts: readonly number[]) => `Lift of each tenth by descending score: ${few(lifts)}.`,
    },
    residuals: {
      title: 'Residuals',
      x: 'Outcome less score',
      y: 'Records',
      about: (from: number, to: number, counts: readonly number[]) =>
        `Outcome less score from ${digits(from)} to ${digits(to)}, records in ${counts.length} bars: ${counts.join(', ')}.`,
    },
  },
}
