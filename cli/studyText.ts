import { families } from '../stats/families.ts'
import type { GlmWarning } from '../stats/glm.ts'
import { pValueText } from '../stats/pValue.ts'
import type { Coefficient, Summary } from '../stats/summary.ts'
import type { StudyComponents } from '../study/components.ts'
import type { StudyFile } from '../study/studyFile.ts'
import type { AddedTable, NamedRow, TermTables } from '../study/terms.ts'

/** A fit as a person reads it. Names come from the study, so nothing in them may steer a terminal. */
export function fitText(study: StudyFile, summary: Summary): string {
  const { family, link, records, rounds, dispersion, deviance, nullDeviance, freedom, nullFreedom, aic } = summary
  const profiled = summary.coefficients.some(({ profile }) => profile !== undefined)
  const rows = summary.coefficients.map((each) => [
    plain(each.name),
    ...cellsOf(each),
    ...(profiled ? endsOf(each) : []),
  ])
  const statistic = families[family].dispersed ? 't' : 'z'
  return [
    `${plain(study.title)} (${family}, ${link}, ${records} records, ${rounds} rounds)`,
    '',
    ...table([['', 'Estimate', 'Std. error', statistic, 'p', ...(profiled ? profileHead : [])], ...rows]),
    '',
    `dispersion ${said(dispersion)}`,
    `null deviance ${said(nullDeviance)} on ${nullFreedom} degrees of freedom`,
    `residual deviance ${said(deviance)} on ${freedom} degrees of freedom`,
    `AIC ${said(aic)}`,
    ...warnings(summary),
    '',
  ].join('\n')
}

/** Principal components: how much each has, and of which columns. */
export function componentsText(study: StudyFile, { records, scaled, columns, components }: StudyComponents): string {
  const names = components.map((_, k) => `PC${k + 1}`)
  return [
    `${plain(study.title)} (principal components${scaled ? ' of scaled columns' : ''}, ${records} records)`,
    '',
    ...table([
      ['', ...names],
      ['standard deviation', ...components.map(({ deviation }) => deviation.toPrecision(5))],
      ['share of variance', ...components.map(({ share }) => share.toFixed(4))],
      ...columns.map(({ name }, j) => [
        plain(name),
        ...components.map(({ loadings }) => (loadings[j] ?? 0).toFixed(4)),
      ]),
    ]),
    '',
  ].join('\n')
}

/** What each term adds, or would. */
export function termsText({ sequential, dropped, added }: Partial<TermTables & AddedTable>): string {
  const block = (title: string, rows: readonly NamedRow[], none: string): string[] => [
    '',
    title,
    ...table([
      ['', 'df', 'deviance', 'df left', 'deviance left', 'AIC', 'statistic', 'p'],
      ...rows.map((row) => [row.term === null ? none : plain(row.term), ...termCells(row)]),
    ]),
  ]
  return [
    ...(sequential ? block('Terms one after the other', sequential, 'none') : []),
    ...(dropped ? block('Without one term', dropped, 'all') : []),
    ...(added ? block('With one term more', added, 'none more') : []),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function termCells({
  term,
  coefficients,
  deviance,
  freedomLeft,
  devianceLeft,
  aic,
  statistic,
  lnP,
}: NamedRow): string[] {
  return [
    term === null ? '' : String(coefficients),
    term === null ? '' : said(deviance),
    String(freedomLeft),
    said(devianceLeft),
    said(aic),
    statistic === null ? '' : statistic.toFixed(3),
    lnP === null ? '' : pValueText(lnP),
  ]
}

function cellsOf({ estimate, error, statistic, lnP }: Coefficient): string[] {
  if (estimate === null) return ['left out: a sum of columns before it', '', '', '']
  return [
    said(estimate),
    said(error),
    statistic === null ? '' : statistic.toFixed(3),
    lnP === null ? '' : pValueText(lnP),
  ]
}

/** Of its profile-likelihood interval. */
const profileHead = ['profile 2.5 %', '97.5 %']
const endsOf = ({ profile }: Coefficient): string[] =>
  [0, 1].map((side) => (profile === undefined ? '' : profile[side] == null ? 'none' : said(profile[side])))

export const said = (value: number | null): string =>
  value === null ? 'not known here' : String(Number(value.toPrecision(8)))

/** Predictors so large are where a logit's outcomes are all but told apart, of which R gives no warning by itself. */
const suspicious = 12

const warningTexts: Readonly<Record<GlmWarning, string>> = {
  notConverged: 'R stops here, and the deviance still changed: these are not the estimates of the optimum.',
  boundary:
    'The last step had to be shortened, since a whole one has no means: the optimum may be at the end of what there is.',
  extremeProbabilities: 'Some fitted probabilities are 0 or 1 to the last digits.',
  zeroRates: 'Some fitted rates are 0 to the last digits.',
  perfect: 'Nothing is left of the outcomes: errors are 0, and nothing is tested.',
}

function warnings({ family, largestPredictor, warnings: met }: Summary): string[] {
  const apart =
    families[family].outcomes === 'shares' && largestPredictor >= suspicious && !met.includes('extremeProbabilities')
  const lines = [
    ...met.map((warning) => warningTexts[warning]),
    ...(apart
      ? ['Some fitted probabilities are all but 0 or 1: look at the columns with the largest standard errors.']
      : []),
  ]
  return lines.length === 0 ? [] : ['', ...lines]
}

export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => (row[c] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** Without control characters, and no longer than a line holds. */
export function plain(text: string): string {
  return text.replace(/\p{C}/gu, '�').slice(0, 100)
}
