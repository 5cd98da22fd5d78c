import { useMemo } from 'react'
import { families } from '../../stats/families.ts'
import { chartsOf } from '../../validation/charts.ts'
import { coefficientRows, coefficientsCsv, type Fitted } from '../session/fitting.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { ChartFigure } from './ChartFigure.tsx'
import { LineOfR } from './LineOfR.tsx'
import styles from './Outcomes.module.css'
import { TermTable } from './TermTable.tsx'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useWords } from './useWords.ts'

/** Predictors so large are where a logit's outcomes are all but told apart, of which R gives no warning by itself. */
const suspicious = 12

type Plain = Extract<Fitted, { kind: 'plain' }>

/** A fit: its coefficients, how well it tells the records that it was made of, and its files. */
export function FittedModel({ fitted, name }: { readonly fitted: Plain; readonly name: string }) {
  const { fit: words, report } = useOutcomeWords()
  const { summary, figures, model, leftOut, formula, lineOfR } = fitted
  const { numbers } = useWords()
  const charts = useMemo(() => chartsOf(figures, report), [figures, report])
  const { discrimination, accuracy } = figures
  const figure = (value: number | null) => <Data>{value === null ? '' : numbers.brief(value)}</Data>
  const save = (text: string, ending: string, type: string): void =>
    saveFile(new Blob([text], { type }), siblingName(name, ending))
  return (
    <>
      <h3>
        <Data>{formula}</Data>
      </h3>
      <Facts
        facts={[
          { name: words.records, value: <Data>{numbers.integer(summary.records)}</Data> },
          { name: words.leftOut, value: <Data>{numbers.integer(leftOut)}</Data> },
          { name: words.deviance(summary.freedom), value: figure(summary.deviance) },
          { name: words.nullDeviance(summary.nullFreedom), value: figure(summary.nullDeviance) },
          { name: words.dispersion, value: figure(summary.dispersion) },
          { name: words.aic, value: figure(summary.aic) },
          { name: words.rounds, value: figure(summary.rounds) },
          ...(discrimination ? [{ name: words.auc, value: figure(discrimination.auc) }] : []),
          ...(accuracy ? [{ name: words.r2, value: figure(accuracy.r2) }] : []),
        ]}
      />
      {families[summary.family].outcomes === 'shares' && summary.largestPredictor >= suspicious && (
        <p>{words.separated}</p>
      )}
      {summary.warnings.map((warning) => (
        <p key={warning}>{words.warnings[warning]}</p>
      ))}
      <Coefficients fitted={fitted} />
      <TermTable rows={fitted.tables.sequential} title={words.tables.sequential} none={words.tables.none} />
      <TermTable rows={fitted.tables.dropped} title={words.tables.dropped} none={words.tables.all} />
      <p className={styles.about}>{words.sameRecords}</p>
      <div className={styles.charts}>
        {charts.map((chart) => (
          <ChartFigure key={chart.title} chart={chart} />
        ))}
      </div>
      <div className={styles.fields}>
        <Button primary onPress={() => save(model, 'model.json', 'application/json')}>
          {words.saveModel}
        </Button>
        <Button onPress={() => save(coefficientsCsv(summary), 'coefficients.csv', 'text/csv')}>{words.saveCsv}</Button>
      </div>
      <p className={styles.about}>{words.ranges}</p>
      <LineOfR line={lineOfR} />
    </>
  )
}

export function Coefficients({ fitted: { summary } }: { readonly fitted: Pick<Plain, 'summary'> }) {
  const { fit: words } = useOutcomeWords()
  const { numbers } = useWords()
  const rows = useMemo(() => coefficientRows(summary), [summary])
  const brief = (value: number | null): string => (value === null ? '' : numbers.brief(value))
  const { term, estimate, error, statistic, p, interval, profile } = words.columns
  const isProfiled = rows.some((row) => row.profile !== null)
  const ends = isProfiled ? [interval, profile] : [interval]
  return (
    <Scroller label={words.coefficients} className={grid.scroller ?? ''}>
      <table className={grid.grid} aria-label={words.coefficients}>
        <thead>
          <tr>
            <th scope="col">{term}</th>
            {[estimate, error, statistic[families[summary.family].dispersed ? 't' : 'z'], p, ...ends].map((text) => (
              <th key={text} scope="col" className={grid.number}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody translate="no">
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              {row.estimate === null ? (
                <td colSpan={4 + ends.length} className={grid.number}>
                  {words.aliased}
                </td>
              ) : (
                <>
                  <td className={grid.number}>{brief(row.estimate)}</td>
                  <td className={grid.number}>{brief(row.error)}</td>
                  <td className={grid.number}>{brief(row.statistic)}</td>
                  <td className={grid.number}>{row.p}</td>
                  <td className={grid.number}>{row.interval?.map(brief).join(' – ')}</td>
                  {isProfiled && (
                    <td className={grid.number}>
                      {row.profile?.map((end) => (end === null ? words.open : brief(end))).join(' – ')}
                    </td>
                  )}
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
