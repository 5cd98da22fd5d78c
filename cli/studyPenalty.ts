import type { PenalisedSummary, Wanted } from '../study/penalised.ts'
import type { StudyFile } from '../study/studyFile.ts'
import { UsageError } from './command.ts'
import { integer } from './options.ts'
import { plain, said, table } from './studyText.ts'

/** A fit with a penalty, as it is asked for and as a person reads it. */

interface Said {
  readonly penalty?: string | undefined
  readonly lambda?: string | undefined
  readonly folds?: string | undefined
  readonly seed?: string | undefined
  readonly anova?: boolean | undefined
  readonly add1?: readonly string[] | undefined
  readonly step?: boolean | undefined
  readonly 'as-r'?: boolean | undefined
}

/** What is asked for; null where it is a fit without a penalty. Throws {@link UsageError}. */
export function penaltyOf(values: Said): Wanted | null {
  const { penalty, lambda, folds, seed } = values
  if (penalty === undefined) {
    if (lambda ?? folds ?? seed) throw new UsageError('--lambda, --folds and --seed are of a --penalty.')
    return null
  }
  if (values.anova || values.add1 || values.step || values['as-r'])
    throw new UsageError('--anova, --add1, --step and --as-r are of fits without a penalty.')
  return {
    alpha: alphaOf(penalty),
    lambda: lambdaOf(lambda),
    folds: integer('folds', folds ?? '10', 3, 100),
    seed: integer('seed', seed ?? '1', 0, 2 ** 32 - 1),
  }
}

function alphaOf(penalty: string): number {
  if (penalty === 'ridge') return 0
  if (penalty === 'lasso') return 1
  const alpha = /^elastic=(0?\.\d+)$/.exec(penalty)?.[1]
  if (alpha === undefined) throw new UsageError('--penalty is ridge, lasso, or elastic=ALPHA with 0 < ALPHA < 1.')
  return Number(alpha)
}

function lambdaOf(lambda = 'cv'): Wanted['lambda'] {
  if (lambda === 'cv') return 'best'
  if (lambda === 'cv-1se') return 'simplest'
  const value = Number(lambda)
  if (!(value > 0 && Number.isFinite(value))) throw new UsageError('--lambda takes a number above 0, cv or cv-1se.')
  return value
}

export function penalisedText(study: StudyFile, fit: PenalisedSummary): string {
  const { alpha, lambda, records, coefficients, deviance, nullDeviance, violation, path, validated } = fit
  const mark = (i: number): string =>
    [i === validated?.best ? 'least error' : '', i === validated?.simplest ? 'simplest' : ''].filter(Boolean).join(', ')
  return [
    `${plain(study.title)} (${study.family}, α = ${alpha}, λ = ${said(lambda)}, ${records} records)`,
    '',
    ...table([
      ['', 'Estimate'],
      ...coefficients.map(({ name, estimate }) => [plain(name), estimate === 0 ? '0' : said(estimate)]),
    ]),
    '',
    `null deviance ${said(nullDeviance)}`,
    `residual deviance ${said(deviance)}`,
    `conditions of the optimum hold within ${violation.toExponential(0)} of the steepest slope`,
    ...(validated === null
      ? []
      : [
          '',
          `Cross-validated in ${validated.folds} parts`,
          ...table([
            ['λ', 'coefficients', 'explained', 'error', 'standard error', ''],
            ...path.map(({ lambda: each, nonzero, share, error = 0, spread = 0 }, i) => [
              said(each),
              String(nonzero),
              `${(100 * share).toFixed(2)} %`,
              said(error),
              said(spread),
              mark(i),
            ]),
          ]),
        ]),
    '',
  ].join('\n')
}
