import { exp } from '../core/number/elementary.ts'
import type { Coefficient, Summary } from '../stats/summary.ts'
import type { StudyFile } from '../study/studyFile.ts'

/** A fit as a person reads it. Names come from the study, so nothing in them may steer a terminal. */
export function fitText(study: StudyFile, summary: Summary): string {
  const { family, records, rounds, dispersion, deviance, nullDeviance, freedom, nullFreedom, aic } = summary
  const rows = summary.coefficients.map((each) => [plain(each.name), ...cellsOf(each)])
  const statistic = family === 'gaussian' ? 't' : 'z'
  return [
    `${plain(study.title)} (${family}, ${records} records, ${rounds} rounds)`,
    '',
    ...table([['', 'Estimate', 'Std. error', statistic, 'p'], ...rows]),
    '',
    `dispersion ${said(dispersion)}`,
    `null deviance ${said(nullDeviance)} on ${nullFreedom} degrees of freedom`,
    `residual deviance ${said(deviance)} on ${freedom} degrees of freedom`,
    `AIC ${said(aic)}`,
    ...warnings(summary),
    '',
  ].join('\n')
}

function cellsOf({ estimate, error, statistic, lnP }: Coefficient): string[] {
  if (estimate === null) return ['left out: a sum of columns before it', '', '', '']
  return [said(estimate), said(error), statistic === null ? '' : statistic.toFixed(3), lnP === null ? '' : pText(lnP)]
}

const said = (value: number | null): string =>
  value === null ? 'not known here' : String(Number(value.toPrecision(8)))

/** A p-value, also where it is below every double. */
function pText(lnP: number): string {
  if (lnP > -690) return exp(lnP).toPrecision(3)
  const exponent = Math.floor(lnP / Math.LN10)
  return `${exp(lnP - exponent * Math.LN10).toFixed(2)}e${exponent}`
}

/** Predictors so large are where a logit's outcomes are all but told apart, of which R gives no warning by itself. */
const suspicious = 12

function warnings({ family, largestPredictor }: Summary): string[] {
  if (family !== 'binomial' || largestPredictor < suspicious) return []
  return ['', 'Some fitted probabilities are all but 0 or 1: look at the columns with the largest standard errors.']
}

/** The line of R that gives the same, where all columns are the file's own. */
export function lineOfR({ terms, outcome, event, family, derived = [] }: StudyFile): string | null {
  if (derived.some(({ name }) => terms.includes(name))) return null
  const left = event === undefined ? nameInR(outcome.name) : `I(${nameInR(outcome.name)} == ${JSON.stringify(event)})`
  const formula = `${left} ~ ${terms.map(nameInR).join(' + ')}`
  return `summary(glm(${formula}, family = ${family}, data = read.csv("FILE.csv", stringsAsFactors = TRUE)))`
}

const nameInR = (name: string): string =>
  /^[A-Za-z.][A-Za-z0-9._]*$/.test(name) ? name : `\`${name.replaceAll('`', '')}\``

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => (row[c] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** Without control characters, and no longer than a line holds. */
function plain(text: string): string {
  return text.replace(/\p{C}/gu, '�').slice(0, 100)
}
