import { pValueText } from '../../stats/pValue.ts'
import type { NamedRow } from '../../study/terms.ts'
import { FigureTable } from './FigureTable.tsx'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useWords } from './useWords.ts'

interface TermTableProps {
  readonly title: string
  readonly rows: readonly NamedRow[]
  /** What the model is called that others are compared with. */
  readonly none: string
}

/** What each term adds, or would take away. */
export function TermTable({ title, rows, none }: TermTableProps) {
  const { fit: words } = useOutcomeWords()
  const { numbers } = useWords()
  const brief = (value: number | null): string => (value === null ? '' : numbers.brief(value))
  const { term, coefficients, deviance, freedomLeft, devianceLeft, aic, statistic, p } = words.tables.columns
  return (
    <>
      <h4>{title}</h4>
      <FigureTable
        title={title}
        head={[term, coefficients, deviance, freedomLeft, devianceLeft, aic, statistic, p]}
        rows={rows.map((row) => [
          row.term ?? none,
          ...(row.term === null ? ['', ''] : [brief(row.coefficients), brief(row.deviance)]),
          brief(row.freedomLeft),
          brief(row.devianceLeft),
          brief(row.aic),
          brief(row.statistic),
          row.lnP === null ? '' : pValueText(row.lnP),
        ])}
      />
    </>
  )
}
