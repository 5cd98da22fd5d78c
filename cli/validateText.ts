import type { Card } from '../core/card/card.ts'
import type { Accuracy, Confusion, Discrimination, Group } from '../stats/validation.ts'

/** A validation as a person reads it: lines for a terminal, and one file to print. Names come from files: nothing in them steers either. */

type Quality = Card['quality']

export interface Validation {
  readonly score: string
  readonly outcome: string
  readonly event: string | null
  /** What the model's vendor says of it. */
  readonly claim: Quality | null
  readonly discrimination: Discrimination | null
  readonly confusion: Confusion | null
  readonly brier: number | null
  readonly accuracy: Accuracy | null
}

export function validationText(found: Validation): string {
  return `${sectionsOf(found)
    .map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n')}\n`
}

interface Section {
  readonly title: string
  readonly lines: readonly string[]
}

function sectionsOf({
  score,
  outcome,
  event,
  claim,
  discrimination,
  confusion,
  brier,
  accuracy,
}: Validation): Section[] {
  const title = `"${plain(score)}" against "${plain(outcome)}"${event === null ? '' : ` = "${plain(event)}"`}`
  return [
    { title, lines: [...claimLines(claim, discrimination, accuracy)] },
    ...(discrimination ? discriminationSections(discrimination) : []),
    ...(confusion
      ? [{ title: `At the threshold ${digits(confusion.threshold)}`, lines: confusionLines(confusion) }]
      : []),
    ...(brier === null ? [] : [{ title: 'As probabilities', lines: [`Brier score ${digits(brier)}`] }]),
    ...(accuracy ? [{ title: `${accuracy.records} amounts`, lines: accuracyLines(accuracy) }] : []),
  ]
}

/** The vendor's figure beside the one on these records, where they are of the same kind. */
function claimLines(claim: Quality | null, found: Discrimination | null, accuracy: Accuracy | null): string[] {
  const own =
    found !== null
      ? `AUC ${digits(found.auc)} on these records (${digits(found.interval[0])} to ${digits(found.interval[1])})`
      : `squared correlation ${digits(accuracy?.squaredCorrelation ?? 0)} on these records`
  if (!claim) return [own]
  const on = claim.on === undefined ? '' : ` on ${plain(claim.on)}`
  return [`The vendor says: ${plain(claim.metric)} ${digits(claim.value)}${on}.`, own]
}

function discriminationSections({ records, events, auc, error, interval, lift }: Discrimination): Section[] {
  return [
    {
      title: `${records} records, ${events} of them events`,
      lines: [
        `AUC ${digits(auc)}, standard error ${digits(error)} (DeLong), 95 %: ${interval.map(digits).join(' to ')}`,
      ],
    },
    {
      title: 'Tenths by descending score: records, mean score, share of events, lift',
      lines: lift.map((group) => groupLine(group, events / records)),
    },
  ]
}

const groupLine = ({ records, meanScore, rate }: Group, overall: number): string =>
  [
    String(records).padStart(7),
    digits(meanScore).padStart(11),
    digits(rate).padStart(11),
    digits(rate / overall).padStart(11),
  ].join(' ')

function confusionLines({ truePositives, falsePositives, trueNegatives, falseNegatives }: Confusion): string[] {
  const share = (part: number, whole: number): string => (whole === 0 ? 'none' : digits(part / whole))
  return [
    `${truePositives} events and ${falsePositives} others are at or above it, ${falseNegatives} events and ${trueNegatives} others below`,
    `sensitivity ${share(truePositives, truePositives + falseNegatives)}, specificity ${share(trueNegatives, trueNegatives + falsePositives)}, precision ${share(truePositives, truePositives + falsePositives)}`,
  ]
}

function accuracyLines({ r2, squaredCorrelation, rootMeanSquare, meanAbsolute, bias, quantiles }: Accuracy): string[] {
  return [
    `R² ${digits(r2)}, squared correlation ${digits(squaredCorrelation)}`,
    `root mean square error ${digits(rootMeanSquare)}, mean absolute error ${digits(meanAbsolute)}`,
    `outcome less score: mean ${digits(bias)}; at 5, 25, 50, 75, 95 %: ${quantiles.map(digits).join(', ')}`,
  ]
}

const digits = (value: number): string => String(Number(value.toPrecision(4)))

function plain(text: string): string {
  return text.replace(/\p{C}/gu, '�').slice(0, 200)
}

/** One file without a script and without anything from elsewhere. */
export function validationPage(found: Validation): string {
  const sections = sectionsOf(found).map(
    ({ title, lines }) => `<h2>${escaped(title)}</h2>\n<pre>${lines.map(escaped).join('\n')}</pre>`,
  )
  const plots = found.discrimination ? [rocPlot(found.discrimination), calibrationPlot(found.discrimination)] : []
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Validation</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}svg{width:20rem;height:20rem;margin-right:1rem}@media print{svg{break-inside:avoid}}</style>
<h1>Validation</h1>
${[...sections, ...plots].join('\n')}
</html>
`
}

function rocPlot({ roc }: Discrimination): string {
  const points = roc.map(([x, y]) => `${place(x)},${place(1 - y)}`).join(' ')
  return plot(
    'ROC: true positive rate by false positive rate',
    `<polyline points="${points}" fill="none" stroke="#0b6e6e" stroke-width="2"/>`,
  )
}

function calibrationPlot({ lift }: Discrimination): string {
  const inside = lift.filter(({ meanScore }) => meanScore >= 0 && meanScore <= 1)
  const dots = inside.map(
    ({ meanScore, rate }) => `<circle cx="${place(meanScore)}" cy="${place(1 - rate)}" r="4" fill="#b3680a"/>`,
  )
  return plot('Calibration: share of events by mean score, in tenths', dots.join(''))
}

const place = (share: number): string => (10 + 280 * share).toFixed(1)

function plot(title: string, marks: string): string {
  return `<svg viewBox="0 0 300 300" role="img" aria-label="${escaped(title)}"><title>${escaped(title)}</title><rect x="10" y="10" width="280" height="280" fill="none" stroke="#888"/><line x1="10" y1="290" x2="290" y2="10" stroke="#888" stroke-dasharray="4"/>${marks}</svg>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
